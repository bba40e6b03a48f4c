#include "oauth/code.h"

#include <algorithm>
#include <boost/json.hpp>

#include "oauth/issue.h"
#include "token/strict_json.h"

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLatest = 100'000'000'000'000;

crypto::SealContext context_of(const std::string& id) { return {"authorization_code", id, ""}; }

ScopeSet scopes_of(const std::string& text) {
  ScopeSet scopes;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    if (const auto scope = find_scope(one)) scopes.add(*scope);
  }
  return scopes;
}

}  // namespace

std::string write_wanted(const Narrowed& wanted) {
  json::array resources;
  for (const token::ResourceClaim& claim : wanted.resources) {
    json::object one{{"site", claim.site.value}, {"id", claim.id}, {"name", claim.name}};
    if (claim.scopes) one["scope"] = scope_text(*claim.scopes);
    resources.push_back(std::move(one));
  }
  return json::serialize(
      json::object{{"scope", scope_text(wanted.scopes)}, {"audience", wanted.audience}, {"resources", std::move(resources)}});
}

std::optional<Narrowed> read_wanted(const std::string& text) {
  const auto parsed = token::parse_strict(text);
  const auto* resources = parsed ? parsed->if_contains("resources") : nullptr;
  if (!resources || !resources->is_array()) return std::nullopt;
  Narrowed wanted;
  wanted.scopes = scopes_of(token::text_member(*parsed, "scope"));
  wanted.scopes_named = true;
  wanted.audience = token::text_member(*parsed, "audience");
  for (const json::value& one : resources->get_array()) {
    if (!one.is_object()) return std::nullopt;
    const json::object& object = one.get_object();
    token::ResourceClaim claim{SiteId(token::text_member(object, "site")), token::text_member(object, "id"),
                               token::text_member(object, "name"), std::nullopt};
    if (claim.site.empty() || claim.id.empty()) return std::nullopt;
    if (object.contains("scope")) claim.scopes = scopes_of(token::text_member(object, "scope"));
    wanted.resources.push_back(std::move(claim));
  }
  return wanted;
}

std::string seal_code(Context& context, const Code& code) {
  const json::object content{{"family", code.family},
                             {"client", code.client},
                             {"consent", code.consent},
                             {"user", code.user},
                             {"redirect_uri", code.redirect_uri},
                             {"challenge", code.challenge},
                             {"offline", code.offline},
                             {"wanted", write_wanted(code.wanted)},
                             {"ends_at", code.ends_at.time_since_epoch().count()}};
  return code.id + "." + context.services.sealer.seal(SecretString(json::serialize(content)), context_of(code.id));
}

std::optional<Code> open_code(const Context& context, const std::string& text) {
  if (text.size() <= kIdLength || text[kIdLength] != '.') return std::nullopt;
  Code code;
  code.id = text.substr(0, kIdLength);
  const auto plain = context.services.sealer.open(std::string_view(text).substr(kIdLength + 1), context_of(code.id));
  const auto content = plain ? token::parse_strict(plain.value().expose()) : std::nullopt;
  if (!content) return std::nullopt;
  const auto ends = token::number_member(*content, "ends_at", kLatest);
  auto wanted = read_wanted(token::text_member(*content, "wanted"));
  const auto* offline = content->if_contains("offline");
  if (!ends || !wanted || !offline || !offline->is_bool()) return std::nullopt;
  code.family = token::text_member(*content, "family");
  code.client = token::text_member(*content, "client");
  code.consent = token::text_member(*content, "consent");
  code.user = token::text_member(*content, "user");
  code.redirect_uri = token::text_member(*content, "redirect_uri");
  code.challenge = token::text_member(*content, "challenge");
  code.offline = offline->get_bool();
  code.wanted = std::move(*wanted);
  code.ends_at = Instant(Duration(*ends));
  return code;
}

}  // namespace gatehouse::oauth
