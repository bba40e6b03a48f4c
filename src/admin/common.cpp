#include "admin/common.h"

namespace gatehouse::admin {

UserId user_of(const Caller& caller) {
  if (caller.actor_kind == "admin_key" || caller.actor_kind == "user") return UserId(caller.actor_id);
  return {};
}

AuditEvent make_event(const Caller& caller, std::string_view action, std::string_view kind, std::string_view id,
                      std::string_view name) {
  AuditEvent event;
  event.action = action;
  event.target_kind = kind;
  event.target_id = id;
  event.target_name = name;
  event.outcome = "done";
  event.caller = caller;
  return event;
}

AuditEvent with_change(AuditEvent event, const Document* before, const Document* after) {
  if (before) event.before_json = boost::json::serialize(*before);
  if (after) event.after_json = boost::json::serialize(*after);
  return event;
}

Result<Pause> make_pause(const PauseRequest& request, Instant now) {
  GH_TRYV(check_note(request.reason, "reason"));
  if (request.until && *request.until <= now) {
    return fail(Errc::kInvalidArgument, "The end of the pause has passed already; give an instant in the future.", {}, "until");
  }
  if (!request.resume_by.empty() && request.resume_by != "owner" && request.resume_by != "org-admin")
    return fail(Errc::kInvalidArgument, "Say owner or org-admin.", {}, "resume_by");
  return Pause{request.reason, request.until, request.resume_by == "owner" ? ResumeBy::kOwner : ResumeBy::kOrgAdmin};
}

Result<void> check_name(std::string_view value, std::string_view field, std::size_t most) {
  if (value.empty())
    return fail(Errc::kInvalidArgument, "\"" + std::string(field) + "\" must not be empty.", {}, std::string(field));
  return check_note(value, field, most);
}

Result<void> check_note(std::string_view value, std::string_view field, std::size_t most) {
  if (value.size() <= most) return success();
  return fail(Errc::kInvalidArgument, "\"" + std::string(field) + "\" is longer than " + std::to_string(most) + " bytes.", {},
              std::string(field));
}

Result<void> check_link(std::string_view value, std::string_view field) {
  GH_TRYV(check_note(value, field));
  if (value.empty() || value.rfind("https://", 0) == 0 || value.rfind("http://", 0) == 0) return success();
  return fail(Errc::kInvalidArgument, "\"" + std::string(field) + "\" must be an address that begins with https://.", {},
              std::string(field));
}

Result<store::Page> make_page(std::string after, std::optional<std::int64_t> limit) {
  if (limit && (*limit < 1 || *limit > 1000))
    return fail(Errc::kInvalidArgument, "\"limit\" must be from 1 to 1000.", {}, "limit");
  return store::Page{std::move(after), static_cast<int>(limit.value_or(100))};
}

}  // namespace gatehouse::admin
