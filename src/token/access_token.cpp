#include "token/access_token.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "model/consent.h"
#include "token/strict_json.h"

namespace gatehouse::token {
namespace {

namespace json = boost::json;

constexpr std::string_view kOpaque = "gtho_";
constexpr std::string_view kSigned = "eyJ";
constexpr std::string_view kType = "at+jwt";
constexpr std::string_view kDetail = "gatehouse_resource";
constexpr Duration kSkew = std::chrono::seconds(60);
constexpr std::int64_t kLatest = 100'000'000'000;
constexpr std::size_t kMostResources = 200;

std::string bound_to(std::string_view key_id) { return "gatehouse access token 1 " + std::string(key_id); }
std::int64_t seconds(Instant at) { return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count(); }

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) { out_ += '{'; }
  std::string& name(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_.append("\"").append(name).append("\":");
    return out_;
  }
  void text(std::string_view member, std::string_view value) { append_json_text(value, name(member)); }
  void key(std::string_view member, const Key& value) {
    if (value != Key{}) text(member, as_view(value));
  }
  void number(std::string_view member, std::int64_t value) { name(member) += std::to_string(value); }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
};

std::string joined(const ScopeSet& scopes) {
  std::string text;
  for (const ScopeIndex scope : scopes.list()) text.append(text.empty() ? "" : " ").append(scope_name(scope));
  return text;
}

template <class Items, class Write>
void write_list(Writer& writer, std::string_view name, const Items& items, const Write& write) {
  if (items.empty()) return;
  std::string& out = writer.name(name);
  out += '[';
  for (const auto& item : items) {
    if (out.back() != '[') out += ',';
    write(item, out);
  }
  out += ']';
}

void write_actors(const std::vector<std::string>& actors, std::size_t from, std::string& out) {
  Writer writer(out);
  writer.text("sub", actors[from]);
  if (from + 1 < actors.size()) write_actors(actors, from + 1, writer.name("act"));
  writer.end();
}

ScopeSet scopes_of(std::string_view text) {
  ScopeSet scopes;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    // One that this program does not know opens nothing.
    if (const auto scope = find_scope(one)) scopes.add(*scope);
  }
  return scopes;
}

bool read_key(const json::object& claims, std::string_view name, bool required, Key& out) {
  if (!claims.contains(json::string_view(name.data(), name.size()))) return !required;
  const auto key = to_key(text_member(claims, name));
  if (key) out = *key;
  return key.has_value();
}

bool read_resources(const json::object& claims, std::vector<ResourceClaim>& out) {
  const auto* list = claims.if_contains("authorization_details");
  if (!list) return true;
  // An empty list would read as "not narrowed".
  if (!list->is_array() || list->get_array().empty() || list->get_array().size() > kMostResources) return false;
  for (const json::value& one : list->get_array()) {
    if (!one.is_object() || text_member(one.get_object(), "type") != kDetail) return false;
    const json::object& detail = one.get_object();
    ResourceClaim claim;
    claim.site = SiteId(text_member(detail, "site"));
    claim.id = text_member(detail, "resource_id");
    claim.name = text_member(detail, "identifier");
    if (claim.site.empty() || claim.id.empty()) return false;
    if (const auto* actions = detail.if_contains("actions")) {
      if (!actions->is_array()) return false;
      claim.scopes.emplace();
      for (const json::value& action : actions->get_array()) {
        if (!action.is_string()) return false;
        if (const auto scope = find_scope(std::string_view(action.get_string()))) claim.scopes->add(*scope);
      }
    }
    out.push_back(std::move(claim));
  }
  return true;
}

bool read_ancestry(const json::object& claims, AccessClaims& out) {
  if (const auto* list = claims.if_contains("ancestors")) {
    if (!list->is_array() || list->get_array().size() > kMostAncestors) return false;
    for (const json::value& one : list->get_array()) {
      const auto key = one.is_string() ? to_key(std::string_view(one.get_string())) : std::nullopt;
      if (!key) return false;
      out.ancestors.push_back(*key);
    }
  }
  const json::value* act = claims.if_contains("act");
  while (act) {
    if (!act->is_object() || out.actors.size() > kMostAncestors) return false;
    out.actors.push_back(text_member(act->get_object(), "sub"));
    act = act->get_object().if_contains("act");
  }
  return true;
}

std::optional<AccessClaims> read_claims(std::string_view text, std::string_view issuer, Instant now) {
  const auto claims = parse_strict(text);
  if (!claims || text_member(*claims, "iss") != issuer || issuer.empty()) return std::nullopt;
  AccessClaims out;
  out.audience = text_member(*claims, "aud");
  const bool for_us = out.audience == issuer || (out.audience.size() > issuer.size() + 1 && out.audience.starts_with(issuer) &&
                                                 out.audience[issuer.size()] == '/');
  const auto from = number_member(*claims, "iat", kLatest);
  const auto until = number_member(*claims, "exp", kLatest);
  if (!for_us || !from || !until || *until <= *from || claims->contains("crit")) return std::nullopt;
  out.issued_at = Instant(std::chrono::seconds(*from));
  out.expires_at = Instant(std::chrono::seconds(*until));
  if (out.issued_at > now + kSkew || out.expires_at - out.issued_at > kLongestAccess) return std::nullopt;
  out.subject = text_member(*claims, "sub");
  if (claims->contains("scope")) out.scopes = scopes_of(text_member(*claims, "scope"));
  const bool named = read_key(*claims, "jti", true, out.id) && read_key(*claims, "client_id", true, out.client) &&
                     read_key(*claims, "secret_id", true, out.secret) && read_key(*claims, "consent", false, out.consent) &&
                     read_key(*claims, "family", false, out.family);
  if (!named || out.subject.empty() || !read_resources(*claims, out.resources) || !read_ancestry(*claims, out))
    return std::nullopt;
  return out;
}

std::optional<std::string> opened(std::string_view text, const AccessKeys& keys, Instant now) {
  text.remove_prefix(kOpaque.size());
  if (text.size() <= kIdLength) return std::nullopt;
  const AccessKey* key = keys.find(text.substr(0, kIdLength), now);
  if (!key || key->form != AccessForm::kOpaque) return std::nullopt;
  const auto sealed = from_base64url(text.substr(kIdLength));
  if (!sealed) return std::nullopt;
  const auto plain = crypto::aead_open(key->secret, sealed.value(), bound_to(key->id));
  if (!plain) return std::nullopt;
  return std::string(as_text(*plain));
}

std::optional<std::string> verified(std::string_view text, const AccessKeys& keys, Instant now) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  const auto head_bytes = from_base64url(text.substr(0, first));
  const auto head = head_bytes ? parse_strict(as_text(head_bytes.value())) : std::nullopt;
  // Ours have these three and no other: no `jwk`, `jku`, `x5u` or `crit` can be asked for.
  if (!head || head->size() != 3 || text_member(*head, "typ") != kType) return std::nullopt;
  const AccessKey* key = keys.find(text_member(*head, "kid"), now);
  if (!key || !key->signing || text_member(*head, "alg") != to_string(key->form)) return std::nullopt;
  const auto signature = from_base64url(text.substr(second + 1));
  if (!signature || !key->signing->public_key().verifies_jose(text.substr(0, second), signature.value())) return std::nullopt;
  const auto claims = from_base64url(text.substr(first + 1, second - first - 1));
  if (!claims) return std::nullopt;
  return std::string(as_text(claims.value()));
}

/// What both name: the narrower of each pair.
std::vector<BoundaryEntry> both(const std::vector<BoundaryEntry>& boundary, const std::vector<ResourceClaim>& wanted) {
  std::vector<BoundaryEntry> out;
  for (const ResourceClaim& claim : wanted) {
    for (const BoundaryEntry& entry : boundary) {
      if (entry.resource.site != claim.site) continue;
      BoundaryEntry kept = entry;
      if (entry.resource.whole_site()) {
        kept.resource.id = claim.id;
        const std::size_t slash = claim.name.find('/');
        kept.resource.key = slash == std::string::npos ? claim.name : claim.name.substr(slash + 1);
      } else if (claim.id != "*" && entry.resource.id != claim.id) {
        continue;
      }
      if (std::find(out.begin(), out.end(), kept) == out.end()) out.push_back(std::move(kept));
    }
  }
  return out;
}

std::vector<ResourceClaim> as_claims(const std::vector<BoundaryEntry>& boundary) {
  std::vector<ResourceClaim> out;
  for (const BoundaryEntry& entry : boundary)
    out.push_back({entry.resource.site, entry.resource.id, entry.resource.key, std::nullopt});
  return out;
}

}  // namespace

std::string_view subject_of(const LiveCredential& credential) noexcept {
  if (!credential.account) return {};
  std::string_view id = credential.account->account.id.value;
  if (credential.kind == CredentialKind::kApp && id.starts_with(kPerson)) id.remove_prefix(kPerson.size());
  return id;
}

bool looks_like_access_token(std::string_view text) noexcept { return text.starts_with(kOpaque) || text.starts_with(kSigned); }

std::string claims_text(const AccessClaims& claims, std::string_view issuer) {
  std::string out;
  out.reserve(640);
  Writer writer(out);
  writer.text("iss", issuer);
  writer.text("aud", claims.audience);
  writer.text("sub", claims.subject);
  writer.key("client_id", claims.client);
  writer.key("jti", claims.id);
  writer.number("iat", seconds(claims.issued_at));
  writer.number("exp", seconds(claims.expires_at));
  if (claims.scopes) writer.text("scope", joined(*claims.scopes));
  writer.key("secret_id", claims.secret);
  writer.key("consent", claims.consent);
  writer.key("family", claims.family);
  write_list(writer, "authorization_details", claims.resources, [](const ResourceClaim& claim, std::string& at) {
    Writer detail(at);
    detail.text("type", kDetail);
    detail.text("identifier", claim.name);
    detail.text("site", claim.site.value);
    detail.text("resource_id", claim.id);
    if (claim.scopes) {
      std::string& list = detail.name("actions");
      list += '[';
      for (const ScopeIndex scope : claim.scopes->list()) {
        if (list.back() != '[') list += ',';
        append_json_text(scope_name(scope), list);
      }
      list += ']';
    }
    detail.end();
  });
  write_list(writer, "ancestors", claims.ancestors, [](const Key& key, std::string& at) { append_json_text(as_view(key), at); });
  if (!claims.actors.empty()) write_actors(claims.actors, 0, writer.name("act"));
  writer.end();
  return out;
}

Result<SecretString> mint_access_token(const AccessKey& key, const AccessClaims& claims, std::string_view issuer,
                                       Random& random) {
  const std::string text = claims_text(claims, issuer);
  std::string out;
  if (key.form == AccessForm::kOpaque) {
    out = std::string(kOpaque) + key.id + to_base64url(crypto::aead_seal(key.secret, as_bytes(text), bound_to(key.id), random));
  } else {
    std::string head = R"({"typ":"at+jwt","alg":")";
    head.append(to_string(key.form)).append(R"(","kid":")").append(key.id).append("\"}");
    out = to_base64url(as_bytes(head)) + "." + to_base64url(as_bytes(text));
    GH_TRY(const std::vector<std::byte> signature, key.signing->sign_jose(out));
    out += "." + to_base64url(signature);
  }
  if (out.size() > kMostAccessToken)
    return fail(Errc::kInvalidArgument, "The token would be too long: ask for fewer resources at once.");
  return SecretString(std::move(out));
}

std::optional<AccessClaims> open_access_token(std::string_view text, const AccessKeys& keys, std::string_view issuer,
                                              Instant now) {
  if (text.size() > kMostAccessToken || !looks_like_access_token(text)) return std::nullopt;
  const auto claims = text.starts_with(kOpaque) ? opened(text, keys, now) : verified(text, keys, now);
  return claims ? read_claims(*claims, issuer, now) : std::nullopt;
}

LiveCredentialPtr narrowed(const LiveCredentialPtr& client, const LiveCredentialPtr& app, const AccessClaims& claims) {
  auto out = std::make_shared<LiveCredential>();
  out->id = client->id;
  out->kind = client->kind;
  out->state = client->state;
  out->relaxed_queries = client->relaxed_queries;
  out->paused_until = client->paused_until;
  out->expires_at = std::min(client->expires_at, claims.expires_at);
  ScopeSet scopes = client->scopes;
  if (claims.scopes) scopes &= *claims.scopes;
  out->scopes = scopes;
  out->role = *client->role;
  out->account = client->account;
  out->boundary = client->boundary;
  if (app) {
    // A person may have consented to more than the app may by now.
    out->expires_at = std::min(out->expires_at, app->expires_at);
    scopes &= app->scopes;
    out->scopes = scopes;
    out->allow_ips = *app->allow_ips;
    out->boundary = std::make_shared<const std::vector<BoundaryEntry>>(both(*app->boundary, as_claims(*client->boundary)));
  }
  if (!claims.resources.empty())
    out->boundary = std::make_shared<const std::vector<BoundaryEntry>>(both(*out->boundary, claims.resources));
  if (client->proposal->boundary) {
    Proposal proposal = *client->proposal;
    if (!claims.resources.empty())
      proposal.boundary = std::make_shared<const std::vector<BoundaryEntry>>(both(*proposal.boundary, claims.resources));
    out->proposal = proposal;
  }
  out->pauses = *client->pauses;
  out->allow_ips = *client->allow_ips;
  out->rate = client->rate;
  auto narrowing = std::make_shared<Narrowing>();
  narrowing->client = client;
  narrowing->app = app;
  narrowing->token = claims.id;
  narrowing->family = claims.family;
  narrowing->ancestors = claims.ancestors;
  const bool scoped = std::any_of(claims.resources.begin(), claims.resources.end(),
                                  [](const ResourceClaim& claim) { return claim.scopes.has_value(); });
  if (scoped) {
    for (const ResourceClaim& claim : claims.resources)
      narrowing->scoped.push_back({claim.site, claim.id, claim.scopes.value_or(scopes)});
  }
  out->narrowing = std::move(narrowing);
  return out;
}

}  // namespace gatehouse::token
