#include "admin/pause.h"
#include "admin/tokens.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

/// The one answer in which a secret stands.
Result<Reply> with_secret(Result<admin::CreatedToken> created, int status) {
  if (!created) return created.error();
  admin::Document document = std::move(created.value().document);
  if (!created.value().token.empty()) document["token"] = created.value().token.expose();
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
  GH_TRY(request.rotate_every, call.duration("rotate_every"));
  GH_TRY(request.overlap, call.duration("overlap"));
  request.rotated_by = call.text("rotated_by");
  request.self_rotate = call.flag("self_rotate");
  request.self_rotate_ips = call.texts("self_rotate_ips");
  request.self_rotate_times = call.integer("self_rotate_times").value_or(0);
  request.owner = call.text("owner");
  request.requested_by = call.text("requested_by");
  request.hand_to = call.text("for");
  request.allow_ips = call.texts("allow_ips");
  request.rate = call.text("rate");
  request.relaxed_queries = call.flag("relaxed_queries");
  request.propose = call.texts("propose");
  GH_TRY(request.propose_until, call.instant("propose_until"));
  return with_secret(admin::create_token(call.services, call.caller, request), 201);
}

Result<Reply> list(Call& call) {
  admin::TokenFilter filter;
  filter.account = call.text("account");
  filter.owner = call.text("owner");
  filter.state = call.text("state");
  filter.resource = call.text("resource");
  GH_TRY(filter.expiring_within, call.duration("expiring_within"));
  filter.waiting = call.flag("waiting");
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_tokens(call.services, call.caller, filter, page));
}

Result<Reply> show(Call& call) { return reply(admin::show_token(call.services, call.caller, call.at("token"))); }

Result<Reply> narrow(Call& call) {
  admin::NarrowToken request;
  if (call.has("scopes")) request.scopes = call.texts("scopes");
  if (call.has("resources")) request.resources = call.texts("resources");
  if (call.has("allow_ips")) request.allow_ips = call.texts("allow_ips");
  request.role = call.maybe_text("role");
  request.rate = call.maybe_text("rate");
  GH_TRY(request.expires_at, call.instant("expires_at"));
  return reply(admin::narrow_token(call.services, call.caller, call.at("token"), request));
}

Result<Reply> rotate(Call& call) {
  GH_TRY(const std::optional<Duration> overlap, call.duration("overlap"));
  return with_secret(admin::rotate_token(call.services, call.caller, call.at("token"), overlap), 200);
}

Result<Reply> pause(Call& call) {
  GH_TRY(const admin::PauseRequest request, pause_of(call));
  if (call.has("resource"))
    return reply(
        admin::pause_resource(call.services, call.caller, PausedFor::kToken, call.at("token"), call.text("resource"), request));
  return reply(admin::pause_token(call.services, call.caller, call.at("token"), request));
}

Result<Reply> resume(Call& call) {
  if (call.has("resource"))
    return reply(admin::resume_resource(call.services, call.caller, PausedFor::kToken, call.at("token"), call.text("resource")));
  return reply(admin::resume_token(call.services, call.caller, call.at("token")));
}
Result<Reply> transfer(Call& call) {
  return reply(admin::transfer_token(call.services, call.caller, call.at("token"), call.text("to")));
}
Result<Reply> revoke(Call& call) {
  return reply(admin::revoke_token(call.services, call.caller, call.at("token"), call.text("reason")));
}

std::vector<Field> create_fields() {
  return {
      {"account", Type::kText, true, "Its service account, by handle."},
      {"name", Type::kText, true, "What people call it."},
      {"scopes", Type::kTexts, false, "Atlassian's scope names; left out: those that the role needs."},
      {"role", Type::kText, false, "Access role over the whole boundary."},
      {"resources", Type::kTexts, true,
       "Its boundary: acme/A, acme/* or acme/A=viewer. What is not granted yet waits for its grant."},
      {"expires_at", Type::kInstant, false, "Its exact end. One of expires_at, expires_in and permanent is needed."},
      {"expires_in", Type::kDuration, false, "Its end, counted from now."},
      {"permanent", Type::kBoolean, false, "No end; a rotation policy is then needed."},
      {"rotate_every", Type::kDuration, false, "How often it is to be rotated; else the account's."},
      {"overlap", Type::kDuration, false,
       "How long the old secret still works after the first use of a new one; else the policy's."},
      {"rotated_by", Type::kText, false, "Who is expected to rotate it; owner by default.", {"owner", "agent"}},
      {"self_rotate", Type::kBoolean, false, "It may make its own successor (POST /v1/self/rotate on the gateway)."},
      {"self_rotate_ips", Type::kTexts, false, "From these addresses or networks alone; left out: wherever it may be used."},
      {"self_rotate_times", Type::kInteger, false, "So many times at most; left out: as often as it likes."},
      {"owner", Type::kText, false, "Who answers for it, by e-mail address; by default whom it is for, else who asked."},
      {"requested_by", Type::kText, false,
       "Who asked for it, by e-mail address: somebody else than the caller needs an "
       "organization administrator."},
      {"for", Type::kText, false,
       "Hand it over: this person takes the secret, once, within a day, and the caller never sees it. Without role and end for "
       "an outsider: viewer, for 7d."},
      {"allow_ips", Type::kTexts, false, "Addresses or networks it may be used from; left out: anywhere."},
      {"rate", Type::kText, false, "Its own limit, such as 10/s."},
      {"relaxed_queries", Type::kBoolean, false, "JQL may name what lies outside; that reveals whether it exists."},
      {"propose", Type::kTexts, false,
       "The boundary that it is to have from propose_until on; until then its requests are judged by it, and not blocked."},
      {"propose_until", Type::kInstant, false, "From then on the proposed boundary is its boundary."}};
}

}  // namespace

std::vector<Route> token_routes() {
  const std::vector<Field> filters{{"account", Type::kText, false, "Of this service account."},
                                   {"owner", Type::kText, false, "Whose owner this is."},
                                   {"state", Type::kText, false, "Only these.", {"live", "paused", "revoked", "expired"}},
                                   {"resource", Type::kText, false, "Whose boundary names this resource."},
                                   {"expiring_within", Type::kDuration, false, "That end from now on within this time."},
                                   {"waiting", Type::kBoolean, false, "That wait for a grant on one of their resources."}};
  const std::vector<Field> narrowing{
      {"scopes", Type::kTexts, false, "What is kept."},
      {"resources", Type::kTexts, false, "What is kept; acme/A=viewer narrows the access role there."},
      {"role", Type::kText, false, "A narrower access role."},
      {"expires_at", Type::kInstant, false, "An earlier end."},
      {"allow_ips", Type::kTexts, false, "Networks inside of the present ones."},
      {"rate", Type::kText, false, "A lower rate."}};
  const std::vector<Field> to{{"to", Type::kText, true, "The new owner, by e-mail address."}};
  const std::vector<Field> overlap{
      {"overlap", Type::kDuration, false, "How long the old secret still works after the first use of the new one."}};
  return {
      {"POST",
       "/api/v1/tokens",
       "createToken",
       "token",
       "Create an API token; its secret stands in this answer and never again.",
       Need::kMakeToken,
       {},
       create_fields(),
       "NewToken",
       201,
       create},
      {"GET",
       "/api/v1/tokens",
       "listTokens",
       "token",
       "List the tokens, ended ones too.",
       Need::kSee,
       with_paging(filters),
       {},
       "Token[]",
       200,
       list},
      {"GET",
       "/api/v1/tokens/{token}",
       "showToken",
       "token",
       "Show one, by its id or the public id of one of its secrets.",
       Need::kSee,
       {},
       {},
       "Token",
       200,
       show},
      {"POST",
       "/api/v1/tokens/{token}/narrow",
       "narrowToken",
       "token",
       "Take something away from it.",
       Need::kChangeOwn,
       {},
       narrowing,
       "Token",
       200,
       narrow},
      {"POST",
       "/api/v1/tokens/{token}/transfer",
       "transferToken",
       "token",
       "Give it to another owner.",
       Need::kOrgAdmin,
       {},
       to,
       "Token",
       200,
       transfer},
      {"POST",
       "/api/v1/tokens/{token}/rotate",
       "rotateToken",
       "token",
       "Make a successor of its secret.",
       Need::kMakeSecret,
       {},
       overlap,
       "RotatedToken",
       200,
       rotate},
      {"POST",
       "/api/v1/tokens/{token}/pause",
       "pauseToken",
       "token",
       "Refuse every request with it.",
       Need::kPause,
       {},
       resource_pause_fields(),
       "Token",
       200,
       pause},
      {"POST",
       "/api/v1/tokens/{token}/resume",
       "resumeToken",
       "token",
       "End its pause.",
       Need::kPause,
       {},
       resource_resume_fields(),
       "Token",
       200,
       resume},
      {"POST",
       "/api/v1/tokens/{token}/revoke",
       "revokeToken",
       "token",
       "End it for ever; in force on this node when answered.",
       Need::kChangeOwn,
       {},
       reason_field(),
       "Token",
       200,
       revoke},
  };
}

}  // namespace gatehouse::api
