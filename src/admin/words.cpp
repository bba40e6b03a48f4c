// The words of the model's enumerations, as the command line, the REST API and the audit log write them.
#include <array>

#include "admin/describe.h"

namespace gatehouse::admin {
namespace {

template <class Value, std::size_t N>
struct Words {
  struct Pair {
    Value value;
    std::string_view word;
  };
  std::array<Pair, N> pairs;

  std::string_view word(Value value) const noexcept {
    for (const Pair& pair : pairs) {
      if (pair.value == value) return pair.word;
    }
    return "unknown";
  }
  Result<Value> value(std::string_view word, std::string field) const {
    std::string known;
    for (const Pair& pair : pairs) {
      if (pair.word == word) return pair.value;
      known += (known.empty() ? "" : ", ") + std::string(pair.word);
    }
    return fail(Errc::kInvalidArgument, "\"" + field + "\" must be one of: " + known + ".", {}, field);
  }
};

constexpr Words<Product, 3> kProducts{
    {{{Product::kJira, "jira"}, {Product::kConfluence, "confluence"}, {Product::kOpenApi, "openapi"}}}};
constexpr Words<UpstreamAuth, 5> kAuths{{{{UpstreamAuth::kNone, "none"},
                                          {UpstreamAuth::kBasic, "basic"},
                                          {UpstreamAuth::kBearer, "bearer"},
                                          {UpstreamAuth::kOAuth2, "oauth2"},
                                          {UpstreamAuth::kHeader, "header"}}}};
constexpr Words<UserRole, 4> kRoles{{{{UserRole::kOrgAdmin, "org-admin"},
                                      {UserRole::kAuditor, "auditor"},
                                      {UserRole::kProjectAdmin, "project-admin"},
                                      {UserRole::kMember, "member"}}}};
constexpr Words<Criticality, 3> kCriticalities{
    {{{Criticality::kLow, "low"}, {Criticality::kNormal, "normal"}, {Criticality::kHigh, "high"}}}};
constexpr Words<SecretState, 4> kSecretStates{{{{SecretState::kRetired, "retired"},
                                                {SecretState::kPending, "pending"},
                                                {SecretState::kCurrent, "current"},
                                                {SecretState::kOverlap, "overlap"}}}};
constexpr Words<CredentialKind, 4> kCredentialKinds{{{{CredentialKind::kApiToken, "api token"},
                                                      {CredentialKind::kOAuthClient, "oauth client"},
                                                      {CredentialKind::kApp, "app"},
                                                      {CredentialKind::kExternal, "external"}}}};

}  // namespace

std::string_view to_string(Product product) noexcept { return kProducts.word(product); }
std::string_view to_string(UpstreamAuth auth) noexcept { return kAuths.word(auth); }
std::string_view to_string(UserRole role) noexcept { return kRoles.word(role); }
std::string_view to_string(Criticality criticality) noexcept { return kCriticalities.word(criticality); }
std::string_view to_string(SecretState state) noexcept { return kSecretStates.word(state); }
std::string_view to_string(CredentialKind kind) noexcept { return kCredentialKinds.word(kind); }
Result<Product> parse_product(std::string_view text) { return kProducts.value(text, "product"); }
Result<UpstreamAuth> parse_auth(std::string_view text) { return kAuths.value(text, "auth"); }
Result<UserRole> parse_user_role(std::string_view text) { return kRoles.value(text, "role"); }
Result<Criticality> parse_criticality(std::string_view text) { return kCriticalities.value(text, "criticality"); }

}  // namespace gatehouse::admin
