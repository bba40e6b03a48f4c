// The rotation of a token watched and steered, and its end moved.
#include "admin/rotation.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> show(Call& call) { return reply(admin::show_rotation(call.services, call.caller, call.at("token"))); }

Result<Reply> set(Call& call) {
  admin::RotationRule rule;
  GH_TRY(rule.rotate_every, call.duration("rotate_every"));
  GH_TRY(rule.overlap, call.duration("overlap"));
  rule.rotated_by = call.maybe_text("rotated_by");
  if (call.has("self_rotate")) rule.self_rotate = call.flag("self_rotate");
  if (call.has("self_rotate_ips")) rule.self_rotate_ips = call.texts("self_rotate_ips");
  rule.self_rotate_times = call.integer("self_rotate_times");
  return reply(admin::set_rotation(call.services, call.caller, call.at("token"), rule));
}

Result<Reply> finish(Call& call) {
  admin::FinishRotation request;
  GH_TRY(request.quiet_for, call.duration("quiet_for"));
  request.force = call.flag("force");
  return reply(admin::finish_rotation(call.services, call.caller, call.at("token"), request));
}

Result<Reply> roll_back(Call& call) {
  return reply(admin::roll_back_rotation(call.services, call.caller, call.at("token"), call.text("reason")));
}

Result<Reply> extend_old(Call& call) {
  GH_TRY(const std::optional<Instant> until, call.instant("until"));
  return reply(admin::extend_overlap(call.services, call.caller, call.at("token"), *until));
}

Result<Reply> extend(Call& call) {
  admin::ExtendToken request;
  GH_TRY(request.expires_at, call.instant("expires_at"));
  GH_TRY(request.expires_in, call.duration("expires_in"));
  request.reason = call.text("reason");
  return reply(admin::extend_token(call.services, call.caller, call.at("token"), request));
}

Result<Reply> overdue(Call& call) { return reply(admin::list_overdue(call.services, call.caller)); }

Route change(Need need, std::string_view path, std::string_view operation_id, std::string_view summary, std::vector<Field> body,
             Handler handler) {
  return {"POST", path, operation_id, "token", summary, need, {}, std::move(body), "Token", 200, std::move(handler)};
}

}  // namespace

std::vector<Route> rotation_routes() {
  const std::vector<Field> rule{
      {"rotate_every", Type::kDuration, false, "How often it is to be rotated."},
      {"overlap", Type::kDuration, false, "How long an old secret works after the first use of its successor."},
      {"rotated_by", Type::kText, false, "Who is expected to rotate it.", {"owner", "agent"}},
      {"self_rotate", Type::kBoolean, false, "It may make its own successor."},
      {"self_rotate_ips", Type::kTexts, false, "From these addresses or networks alone; an empty list: wherever it may be used."},
      {"self_rotate_times", Type::kInteger, false, "So many times more; 0: as often as it likes."}};
  const std::vector<Field> finishing{
      {"quiet_for", Type::kDuration, false,
       "The old secret must have been unused for so long; by default twice the account's rhythm, else a day, but at most half "
       "the "
       "overlap."},
      {"force", Type::kBoolean, false, "Whoever still uses it, and whether or not the successor was ever used."}};
  const std::vector<Field> until{{"until", Type::kInstant, true, "Later than the overlap ends now."}};
  const std::vector<Field> later{
      {"expires_at", Type::kInstant, false, "Its new end. One of expires_at and expires_in is needed."},
      {"expires_in", Type::kDuration, false, "Its new end, counted from now."},
      {"reason", Type::kText, false, "Why; stands in the audit log."}};
  return {
      {"GET",
       "/api/v1/tokens/{token}/rotation",
       "showRotation",
       "token",
       "Show how far its rotation has come, and who still uses the old secret.",
       Need::kSee,
       {},
       {},
       "Token",
       200,
       show},
      change(Need::kMakeSecret, "/api/v1/tokens/{token}/rotation", "setRotation",
             "Change its rotation rule; what is left out stays.", rule, set),
      change(Need::kChangeOwn, "/api/v1/tokens/{token}/rotation/finish", "finishRotation",
             "End the old secret before its overlap does.", finishing, finish),
      change(Need::kMakeSecret, "/api/v1/tokens/{token}/rotation/roll-back", "rollBackRotation",
             "Take its rotation back: the old secret stays, the successor ends at once.", reason_field(), roll_back),
      change(Need::kMakeSecret, "/api/v1/tokens/{token}/rotation/extend", "extendOverlap",
             "Let the old secret live on for longer.", until, extend_old),
      change(Need::kMakeSecret, "/api/v1/tokens/{token}/extend", "extendToken",
             "Give a temporary token a later end, within the policy.", later, extend),
      {"GET",
       "/api/v1/rotations/overdue",
       "listOverdue",
       "token",
       "List the tokens whose rotation is overdue, the longest overdue first.",
       Need::kSee,
       {},
       {},
       "Token[]",
       200,
       overdue},
  };
}

}  // namespace gatehouse::api
