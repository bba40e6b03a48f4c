#include "admin/federations.h"

#include <algorithm>

#include "admin/clients.h"
#include "admin/issuer_keys.h"
#include "token/strict_json.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostClaims = 20;
constexpr std::size_t kLongestPattern = 500;
constexpr int kMostStars = 4;

Error wrong(std::string detail, std::string field) {
  return fail(Errc::kInvalidArgument, std::move(detail), {}, std::move(field));
}

Result<void> check_pattern(std::string_view pattern, std::string_view field) {
  const auto stars = std::count(pattern.begin(), pattern.end(), '*');
  const bool fixed = std::any_of(pattern.begin(), pattern.end(), [](char c) { return c != '*' && c != ':' && c != '/'; });
  if (pattern.empty() || pattern.size() > kLongestPattern || stars > kMostStars || !fixed)
    return wrong("A condition is a text of up to 500 bytes, with up to four * in it and something fixed beside them.",
                 std::string(field));
  return success();
}

std::string claim_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  return {};
}

Document as_federation(Document document, const store::OAuthClient& federation) {
  const auto claims = token::parse_strict(federation.claims);
  json::value id = document.at("id");
  document["client_id"] = std::move(id);
  document["auth"] = "federated";
  document["issuer"] = federation.issuer;
  document["audience"] = federation.audience;
  document["subject"] = federation.subject;
  document["claims"] = claims ? json::value(*claims) : json::value(json::object());
  document["keys"] = federation.key_set.empty() ? "fetched" : "file";
  return document;
}

}  // namespace

/// A star stands for anything up to the next / or :, which must then stand in the pattern too: so each part between them is
/// matched by itself, and what a star has taken is looked at again within its part alone.
bool pattern_matches(std::string_view pattern, std::string_view value) noexcept {
  const auto ends_part = [](char c) { return c == '/' || c == ':'; };
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  std::size_t in_pattern = 0;
  for (std::size_t at = 0; at < value.size();) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      taken = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == value[at]) {
      if (ends_part(value[at])) star = std::string_view::npos;
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos && !ends_part(value[taken])) {
      in_pattern = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

bool federation_matches(const store::OAuthClient& federation, const json::object& claims) {
  if (federation.subject.empty() || !pattern_matches(federation.subject, token::text_member(claims, "sub"))) return false;
  const auto wanted = token::parse_strict(federation.claims);
  if (!wanted) return false;
  return std::all_of(wanted->begin(), wanted->end(), [&claims](const auto& one) {
    const auto* claim = claims.if_contains(one.key());
    const std::string text = claim ? claim_text(*claim) : std::string();
    return !text.empty() && one.value().is_string() && pattern_matches(std::string_view(one.value().get_string()), text);
  });
}

Result<CreatedToken> add_federation(Services& services, const Caller& caller, AddFederation request) {
  GH_TRYV(check_issuer(request.issuer));
  if (request.audience.empty() || request.audience.size() > kLongestPattern)
    return wrong("Name the audience that the job asks its token for; the gateway's own address is a good one.", "audience");
  GH_TRYV(check_pattern(request.subject, "subject"));
  if (request.claims.size() > kMostClaims) return wrong("At most 20 claims.", "claims");
  json::object claims;
  for (const std::string& one : request.claims) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0) return wrong("Write NAME=PATTERN, such as repository_id=123456.", "claims");
    GH_TRYV(check_pattern(std::string_view(one).substr(equals + 1), "claims"));
    if (!claims.emplace(one.substr(0, equals), one.substr(equals + 1)).second) return wrong("A claim stands twice.", "claims");
  }
  if (!request.key_set.empty()) {
    GH_TRYV(check_key_set(request.key_set));
  }
  store::OAuthClient federation;
  federation.auth = store::ClientAuth::kFederated;
  federation.key_set = request.key_set;
  federation.issuer = request.issuer;
  federation.audience = request.audience;
  federation.subject = request.subject;
  federation.claims = json::serialize(claims);
  request.token.kind = CredentialKind::kOAuthClient;
  request.token.federation = federation;
  if (request.token.name.empty()) request.token.name = request.issuer.substr(0, 100) + " " + request.subject.substr(0, 90);
  GH_TRY(CreatedToken created, create_token(services, caller, request.token));
  created.document = as_federation(std::move(created.document), federation);
  return created;
}

Result<Documents> list_federations(Services& services, const Caller& caller, const store::Page& page) {
  TokenFilter filter;
  filter.kind = CredentialKind::kOAuthClient;
  GH_TRY(const Documents clients, list_tokens(services, caller, filter, page));
  GH_TRY(const store::Reader reader, services.database.read());
  Documents documents;
  documents.next = clients.next;
  for (const json::value& one : clients.items) {
    GH_TRY(const auto client, reader->oauth.client(CredentialId(std::string(one.as_object().at("id").as_string()))));
    if (client.auth == store::ClientAuth::kFederated) documents.items.push_back(as_federation(one.as_object(), client));
  }
  return documents;
}

Result<Document> remove_federation(Services& services, const Caller& caller, std::string_view federation) {
  store::OAuthClient found;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const auto client = reader->oauth.client(CredentialId(std::string(federation)));
    if (!client && client.error().code != Errc::kNotFound) return client.error();
    if (!client || client.value().auth != store::ClientAuth::kFederated)
      return fail(Errc::kNotFound, "There is no federation of that id. \"gatehouse federation list\" shows all.", {},
                  "federation");
    found = client.value();
  }
  GH_TRY(Document document, revoke_token(services, caller, federation, {}));
  return as_federation(std::move(document), found);
}

}  // namespace gatehouse::admin
