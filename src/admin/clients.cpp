#include "admin/clients.h"

#include <algorithm>
#include <set>

#include "admin/change.h"
#include "admin/find.h"
#include "admin/jwt.h"
#include "token/strict_json.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostKeys = 10;

Error wrong(std::string detail) { return fail(Errc::kInvalidArgument, std::move(detail), {}, "jwks"); }

Document as_client(Document document, std::string_view auth) {
  json::value id = document.at("id");
  document["client_id"] = std::move(id);
  document["auth"] = auth;
  return document;
}

std::string_view word(store::ClientAuth auth) noexcept {
  switch (auth) {
    case store::ClientAuth::kSecret: return "secret";
    case store::ClientAuth::kPrivateKeyJwt: return "private_key_jwt";
    case store::ClientAuth::kNone: return "none";
    case store::ClientAuth::kFederated: return "federated";
  }
  return {};
}

Error no_client() {
  return fail(Errc::kNotFound, "There is no OAuth client of that id. \"gatehouse client list\" shows all.", {}, "client");
}

/// A token's id is not a client's: rotating it here would hand out an API token.
Result<store::OAuthClient> find_client(Services& services, std::string_view id) {
  GH_TRY(const store::Reader reader, services.database.read());
  const auto found = reader->credentials.get(CredentialId(std::string(id)));
  if (!found && found.error().code == Errc::kNotFound) return no_client();
  GH_TRYV(found);
  if (found.value().value.kind != CredentialKind::kOAuthClient) return no_client();
  return reader->oauth.client(found.value().value.id);
}

}  // namespace

Result<void> check_key_set(std::string_view text) {
  const auto parsed = token::parse_strict(text);
  const auto* keys = parsed ? parsed->if_contains("keys") : nullptr;
  if (!keys || !keys->is_array())
    return wrong("The file must be a JSON Web Key Set (RFC 7517), {\"keys\":[…]}, of at most 16 KiB.");
  const json::array& all = keys->get_array();
  if (all.empty() || all.size() > kMostKeys) return wrong("A client has from 1 to 10 keys.");
  std::set<std::string> ids;
  for (const json::value& one : all) {
    if (!one.is_object()) return wrong("Each of \"keys\" must be an object.");
    for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
      if (one.get_object().contains(secret))
        return wrong("A key in it is private, and lies open now: make another one, and give the public half alone.");
    }
    ids.insert(token::text_member(one.get_object(), "kid"));
  }
  if (all.size() > 1 && (ids.size() != all.size() || ids.contains("")))
    return wrong("Where there are several keys each needs a \"kid\" of its own.");
  const auto usable = read_key_set(text);
  if (!usable || usable.value().size() != all.size())
    return wrong(
        "A key in it can't be used: it must be for signing, and P-256 (ES256), Ed25519 (EdDSA) or RSA from 2048 bits (RS256).");
  return success();
}

Result<CreatedToken> create_client(Services& services, const Caller& caller, CreateToken request) {
  request.kind = CredentialKind::kOAuthClient;
  if (!request.hand_to.empty())
    return fail(Errc::kInvalidArgument, "A client's secret is not handed over; create it with --auth private_key_jwt instead.",
                {}, "for");
  const bool self = request.self_rotate || !request.self_rotate_ips.empty() || request.self_rotate_times != 0;
  if (self || request.rotated_by == "agent")
    return fail(Errc::kInvalidArgument, "A client does not rotate itself; only API tokens do.", {}, "self_rotate");
  if (!request.key_set.empty()) {
    GH_TRYV(check_key_set(request.key_set));
  }
  const bool signs = !request.key_set.empty();
  GH_TRY(CreatedToken created, create_token(services, caller, request));
  created.document =
      as_client(std::move(created.document), word(signs ? store::ClientAuth::kPrivateKeyJwt : store::ClientAuth::kSecret));
  return created;
}

Result<Documents> list_clients(Services& services, const Caller& caller, TokenFilter filter, const store::Page& page) {
  filter.kind = CredentialKind::kOAuthClient;
  GH_TRY(Documents documents, list_tokens(services, caller, filter, page));
  GH_TRY(const store::Reader reader, services.database.read());
  for (json::value& one : documents.items) {
    GH_TRY(const auto client, reader->oauth.client(CredentialId(std::string(one.as_object().at("id").as_string()))));
    one = as_client(std::move(one.as_object()), word(client.auth));
  }
  return documents;
}

Result<Document> show_client(Services& services, const Caller& caller, std::string_view client) {
  GH_TRY(const store::OAuthClient found, find_client(services, client));
  GH_TRY(Document document, show_token(services, caller, client));
  return as_client(std::move(document), word(found.auth));
}

Result<CreatedToken> rotate_client(Services& services, const Caller& caller, std::string_view client,
                                   std::optional<Duration> overlap, const std::string& key_set) {
  GH_TRY(store::OAuthClient found, find_client(services, client));
  if (key_set.empty()) {
    GH_TRY(CreatedToken rotated, rotate_token(services, caller, client, overlap));
    rotated.document = as_client(std::move(rotated.document), word(found.auth));
    return rotated;
  }
  if (found.auth != store::ClientAuth::kPrivateKeyJwt)
    return fail(Errc::kConflict, "This client has a secret, not keys. Create another one with --auth private_key_jwt.", {},
                "jwks");
  GH_TRYV(check_key_set(key_set));
  found.key_set = key_set;
  GH_TRY(Document document, change_token(services, caller, policy::Need::kMakeSecret, client, "client.replace_keys", {},
                                         [&found](Credential&, const Editing& in) { return in.at.oauth.put_client(found); }));
  return CreatedToken{as_client(std::move(document), word(found.auth)), {}};
}

Result<Document> revoke_client(Services& services, const Caller& caller, std::string_view client, std::string_view reason) {
  GH_TRY(const store::OAuthClient found, find_client(services, client));
  GH_TRY(Document document, revoke_token(services, caller, client, reason));
  return as_client(std::move(document), word(found.auth));
}

}  // namespace gatehouse::admin
