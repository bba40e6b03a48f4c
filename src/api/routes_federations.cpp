#include "admin/federations.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> add(Call& call) {
  admin::AddFederation request;
  request.token.account = call.text("account");
  request.token.name = call.text("name");
  request.token.scopes = call.texts("scopes");
  request.token.role = call.text("role");
  request.token.resources = call.texts("resources");
  GH_TRY(request.token.expires_at, call.instant("expires_at"));
  GH_TRY(request.token.expires_in, call.duration("expires_in"));
  if (!request.token.expires_at && !request.token.expires_in) request.token.expires_in = std::chrono::hours(24 * 365);
  request.token.allow_ips = call.texts("allow_ips");
  request.token.owner = call.text("owner");
  request.issuer = call.text("issuer");
  request.audience = call.text("audience");
  request.subject = call.text("subject");
  request.claims = call.texts("claims");
  request.key_set = call.text("jwks");
  auto added = admin::add_federation(call.services, call.caller, std::move(request));
  if (!added) return added.error();
  return reply(std::move(added.value().document), 201);
}

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_federations(call.services, call.caller, page));
}

Result<Reply> remove(Call& call) { return reply(admin::remove_federation(call.services, call.caller, call.at("federation"))); }

}  // namespace

std::vector<Route> federation_routes() {
  const std::vector<Field> fields{
      {"account", Type::kText, true, "Its service account, by handle."},
      {"name", Type::kText, false, "What people call it; by default issuer and subject."},
      {"issuer", Type::kText, true, "Whose tokens are trusted, such as https://token.actions.githubusercontent.com."},
      {"audience", Type::kText, true, "What their `aud` must be."},
      {"subject", Type::kText, true, "What their `sub` must be: exact, or with * that crosses neither / nor :."},
      {"claims", Type::kTexts, false, "Further conditions, NAME=PATTERN: numeric ids of repository and owner are best."},
      {"jwks", Type::kText, false, "The issuer's public key set as text, where it is not to be fetched from the issuer."},
      {"scopes", Type::kTexts, false, "Atlassian's scope names; left out: those that the role needs."},
      {"role", Type::kText, false, "Access role over the whole boundary."},
      {"resources", Type::kTexts, true, "Its boundary: acme/A, acme/* or acme/A=viewer."},
      {"expires_at", Type::kInstant, false, "Its exact end; by default a year from now."},
      {"expires_in", Type::kDuration, false, "Its end, counted from now."},
      {"allow_ips", Type::kTexts, false, "Addresses or networks that its tokens may be used from."},
      {"owner", Type::kText, false, "Who answers for it, by e-mail address."}};
  return {
      {"POST",
       "/api/v1/federations",
       "addFederation",
       "federation",
       "Let tokens of an issuer stand for an OAuth client, so that a job needs no stored secret.",
       Need::kMakeToken,
       {},
       fields,
       "NewFederation",
       201,
       add},
      {"GET",
       "/api/v1/federations",
       "listFederations",
       "federation",
       "List them, ended ones too.",
       Need::kSee,
       with_paging({}),
       {},
       "Federation[]",
       200,
       list},
      {"POST",
       "/api/v1/federations/{federation}/remove",
       "removeFederation",
       "federation",
       "End it, and all access tokens that came of it, for ever.",
       Need::kChangeOwn,
       {},
       {},
       "Federation",
       200,
       remove},
  };
}

}  // namespace gatehouse::api
