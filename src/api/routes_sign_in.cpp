// Sessions and administrator keys of people, and links that let a person in.
#include "admin/directory.h"
#include "admin/own_keys.h"
#include "admin/sessions.h"
#include "admin/sign_in.h"
#include "api/replies.h"
#include "api/routes.h"
#include "token/token.h"

namespace gatehouse::api {
namespace {

constexpr Duration kOwnKeyFor = std::chrono::hours(24 * 30);

/// The public id of the administrator key behind the request; empty where it is a session's bearer.
std::string key_behind(const Call& call) {
  std::string_view bearer = call.request.field("Authorization");
  bearer.remove_prefix(std::min(bearer.size(), std::string_view("Bearer ").size()));
  const auto parsed = token::parse(bearer);
  return parsed ? std::string(parsed->id) : std::string();
}

Result<Reply> list_sessions(Call& call) { return reply(admin::list_sessions(call.services, call.principal.user, "")); }

Result<Reply> end_session(Call& call) {
  GH_TRYV(admin::end_session(call.services, call.caller, call.principal.user, call.at("session")));
  return Reply{204, nullptr};
}

Result<Reply> ended(const Result<std::int64_t>& count) {
  if (!count) return count.error();
  return reply(admin::Document{{"ended", count.value()}});
}

Result<Reply> end_own_sessions(Call& call) {
  return ended(admin::end_sessions(call.services, call.caller, call.principal.user.value, ""));
}

Result<Reply> sign_out(Call& call) { return ended(admin::end_sessions(call.services, call.caller, call.at("user"), "")); }

Result<Reply> make_link(Call& call) {
  GH_TRY(const admin::MadeLink link, admin::reset_link(call.services, call.caller, call.at("user"),
                                                       call.flag("invitation") ? admin::kInvitationFor : admin::kLinkFor));
  return reply(admin::Document{{"path", link.path}, {"expires_at", format_instant(link.ends_at)}}, 201);
}

Result<Reply> list_keys(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_admin_keys(call.services, call.principal, page));
}

Result<Reply> create_key(Call& call) {
  GH_TRY(const auto span, call.duration("expires_in"));
  GH_TRY(const auto at, call.instant("expires_at"));
  if (span && at) return fail(Errc::kInvalidArgument, "Say expires_in or expires_at, not both.", {}, "expires_at");
  const Instant end = at.value_or(call.services.clock.now() + span.value_or(kOwnKeyFor));
  GH_TRY(const admin::CreatedOwnKey made,
         admin::create_own_key(call.services, call.caller, call.principal, call.text("name"), end, key_behind(call)));
  return reply(admin::Document{{"id", made.key.id.value},
                               {"admin_key", made.key.text.expose()},
                               {"name", call.text("name")},
                               {"expires_at", format_instant(made.expires_at)}},
               201);
}

Result<Reply> revoke_key(Call& call) {
  GH_TRYV(admin::revoke_own_key(call.services, call.caller, call.principal, call.at("key")));
  return Reply{204, nullptr};
}

Result<Reply> list_directory_keys(Call& call) { return reply(admin::list_directory_keys(call.services)); }

Result<Reply> create_directory_key(Call& call) {
  GH_TRY(const admin::CreatedDirectoryKey made, admin::create_directory_key(call.services, call.caller, call.text("name")));
  return reply(admin::Document{{"id", made.id}, {"directory_key", made.text.expose()}, {"name", call.text("name")}}, 201);
}

Result<Reply> revoke_directory_key(Call& call) {
  GH_TRYV(admin::revoke_directory_key(call.services, call.caller, call.at("key")));
  return Reply{204, nullptr};
}

}  // namespace

std::vector<Route> directory_routes() {
  return {
      {"GET",
       "/api/v1/directory-keys",
       "listDirectoryKeys",
       "directory-key",
       "List the keys of the company's directory (SCIM).",
       Need::kAuditor,
       {},
       {},
       "DirectoryKey[]",
       200,
       list_directory_keys},
      {"POST",
       "/api/v1/directory-keys",
       "createDirectoryKey",
       "directory-key",
       "Make a key with which the company's directory keeps people and groups here (SCIM).",
       Need::kGiveAuthority,
       {},
       {{"name", Type::kText, true, "Which directory: Okta, Entra …"}},
       "CreatedDirectoryKey",
       201,
       create_directory_key},
      {"POST",
       "/api/v1/directory-keys/{key}/revoke",
       "revokeDirectoryKey",
       "directory-key",
       "End a key of the directory at once.",
       Need::kOrgAdmin,
       {},
       {},
       "",
       204,
       revoke_directory_key},
  };
}

std::vector<Route> sign_in_routes() {
  return {
      {"GET",
       "/api/v1/sessions",
       "listSessions",
       "session",
       "Where one is signed in.",
       Need::kAnyKey,
       {},
       {},
       "Session[]",
       200,
       list_sessions},
      {"POST",
       "/api/v1/sessions/{session}/end",
       "endSession",
       "session",
       "End one of one's own sessions.",
       Need::kAnyKey,
       {},
       {},
       "",
       204,
       end_session},
      {"POST",
       "/api/v1/sessions/end",
       "endSessions",
       "session",
       "Sign out everywhere.",
       Need::kAnyKey,
       {},
       {},
       "EndedSessions",
       200,
       end_own_sessions},
      {"POST",
       "/api/v1/users/{user}/sign-out",
       "signOutUser",
       "user",
       "End every session of a person.",
       Need::kOrgAdmin,
       {},
       {},
       "EndedSessions",
       200,
       sign_out},
      {"POST",
       "/api/v1/users/{user}/sign-in-link",
       "makeSignInLink",
       "user",
       "Make a link that signs this person in once, to set a password or a passkey.",
       Need::kGiveAuthority,
       {},
       {{"invitation", Type::kBoolean, false, "Good for 24 hours instead of 15 minutes."}},
       "SignInLink",
       201,
       make_link},
      {"GET",
       "/api/v1/admin-keys",
       "listAdminKeys",
       "admin-key",
       "List administrator keys: one's own, or everybody's.",
       Need::kAnyKey,
       with_paging({}),
       {},
       "AdminKey[]",
       200,
       list_keys},
      {"POST",
       "/api/v1/admin-keys",
       "createAdminKey",
       "admin-key",
       "Make an administrator key for oneself.",
       Need::kAnyKey,
       {},
       {{"name", Type::kText, true, "What it is for."},
        {"expires_in", Type::kDuration, false, "30d by default, a year at most."},
        {"expires_at", Type::kInstant, false, "Instead of expires_in."}},
       "CreatedAdminKey",
       201,
       create_key},
      {"POST",
       "/api/v1/admin-keys/{key}/revoke",
       "revokeAdminKey",
       "admin-key",
       "End an administrator key: one's own, or anybody's for an organization administrator.",
       Need::kAnyKey,
       {},
       {},
       "",
       204,
       revoke_key},
  };
}

}  // namespace gatehouse::api
