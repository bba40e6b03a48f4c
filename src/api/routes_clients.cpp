#include "admin/access_keys.h"
#include "admin/clients.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

/// The one answer in which a secret stands.
Result<Reply> with_secret(Result<admin::CreatedToken> created, int status) {
  if (!created) return created.error();
  admin::Document document = std::move(created.value().document);
  if (!created.value().token.empty()) document["client_secret"] = created.value().token.expose();
  return reply(std::move(document), status);
}

Result<Reply> create(Call& call) {
  admin::CreateToken request;
  request.account = call.text("account");
  request.name = call.text("name");
  request.scopes = call.texts("scopes");
  request.role = call.text("role");
  request.resources = call.texts("resources");
  GH_TRY(request.expires_at, call.instant("expires_at"));
  GH_TRY(request.expires_in, call.duration("expires_in"));
  request.permanent = call.flag("permanent");
  if (!request.expires_at && !request.expires_in && !request.permanent) request.expires_in = std::chrono::hours(24 * 365);
  GH_TRY(request.rotate_every, call.duration("rotate_every"));
  GH_TRY(request.overlap, call.duration("overlap"));
  request.owner = call.text("owner");
  request.requested_by = call.text("requested_by");
  request.allow_ips = call.texts("allow_ips");
  request.rate = call.text("rate");
  request.key_set = call.text("jwks");
  return with_secret(admin::create_client(call.services, call.caller, std::move(request)), 201);
}

Result<Reply> list(Call& call) {
  admin::TokenFilter filter;
  filter.account = call.text("account");
  filter.state = call.text("state");
  GH_TRY(filter.expiring_within, call.duration("expiring_within"));
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_clients(call.services, call.caller, std::move(filter), page));
}

Result<Reply> show(Call& call) { return reply(admin::show_client(call.services, call.caller, call.at("client"))); }

Result<Reply> rotate(Call& call) {
  GH_TRY(const std::optional<Duration> overlap, call.duration("overlap"));
  return with_secret(admin::rotate_client(call.services, call.caller, call.at("client"), overlap, call.text("jwks")), 200);
}

Result<Reply> revoke(Call& call) {
  return reply(admin::revoke_client(call.services, call.caller, call.at("client"), call.text("reason")));
}

Result<Reply> list_keys(Call& call) { return reply(admin::list_access_keys(call.services)); }
Result<Reply> rotate_keys(Call& call) {
  return reply(admin::rotate_access_keys(call.services, call.caller, call.flag("at_once")));
}

std::vector<Field> create_fields() {
  return {{"account", Type::kText, true, "Its service account, by handle."},
          {"name", Type::kText, true, "What people call it."},
          {"scopes", Type::kTexts, false, "Atlassian's scope names; left out: those that the role needs."},
          {"role", Type::kText, false, "Access role over the whole boundary."},
          {"resources", Type::kTexts, true, "Its boundary: acme/A, acme/* or acme/A=viewer."},
          {"expires_at", Type::kInstant, false, "Its exact end; by default a year from now."},
          {"expires_in", Type::kDuration, false, "Its end, counted from now."},
          {"permanent", Type::kBoolean, false, "No end; a rotation policy is then needed."},
          {"rotate_every", Type::kDuration, false, "How often its secret is to be rotated; else the account's."},
          {"overlap", Type::kDuration, false, "How long the old secret still works after the first use of a new one."},
          {"owner", Type::kText, false, "Who answers for it, by e-mail address."},
          {"requested_by", Type::kText, false,
           "Who asked for it; somebody else than the caller needs an organization administrator."},
          {"allow_ips", Type::kTexts, false, "Addresses or networks that it and its access tokens may be used from."},
          {"rate", Type::kText, false, "The limit of all its access tokens together, such as 10/s."},
          {"jwks", Type::kText, false,
           "It signs with keys of its own (private_key_jwt) and has no secret: their public key set, as text."}};
}

}  // namespace

std::vector<Route> client_routes() {
  const std::vector<Field> filters{{"account", Type::kText, false, "Of this service account."},
                                   {"state", Type::kText, false, "Only these.", {"live", "paused", "revoked", "expired"}},
                                   {"expiring_within", Type::kDuration, false, "That end from now on within this time."}};
  const std::vector<Field> rotation{
      {"overlap", Type::kDuration, false, "How long the old secret still works after the first use of the new one."},
      {"jwks", Type::kText, false, "Of a client with keys: the new public key set, which replaces the old one at once."}};
  const std::vector<Field> at_once{
      {"at_once", Type::kBoolean, false, "The old keys are good for nothing from now on: all access tokens end."}};
  return {
      {"POST",
       "/api/v1/clients",
       "createClient",
       "client",
       "Create an OAuth client of a service account; its secret stands in this answer and never again.",
       Need::kMakeToken,
       {},
       create_fields(),
       "NewClient",
       201,
       create},
      {"GET",
       "/api/v1/clients",
       "listClients",
       "client",
       "List the OAuth clients, ended ones too.",
       Need::kSee,
       with_paging(filters),
       {},
       "Client[]",
       200,
       list},
      {"GET", "/api/v1/clients/{client}", "showClient", "client", "Show one.", Need::kSee, {}, {}, "Client", 200, show},
      {"POST",
       "/api/v1/clients/{client}/rotate",
       "rotateClient",
       "client",
       "Make a successor of its secret, or replace its keys.",
       Need::kMakeSecret,
       {},
       rotation,
       "RotatedClient",
       200,
       rotate},
      {"POST",
       "/api/v1/clients/{client}/revoke",
       "revokeClient",
       "client",
       "End it and all its access tokens for ever; in force on this node when answered.",
       Need::kChangeOwn,
       {},
       reason_field(),
       "Client",
       200,
       revoke},
      {"GET",
       "/api/v1/access-keys",
       "listAccessKeys",
       "client",
       "List the keys that access tokens are made with.",
       Need::kAuditor,
       {},
       {},
       "AccessKey[]",
       200,
       list_keys},
      {"POST",
       "/api/v1/access-keys/rotate",
       "rotateAccessKeys",
       "client",
       "Replace them; the old ones are good until the last token that they made has ended.",
       Need::kGiveAuthority,
       {},
       at_once,
       "AccessKey[]",
       200,
       rotate_keys},
  };
}

}  // namespace gatehouse::api
