#include "admin/users.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/resources.h"
#include "admin/tell.h"

namespace gatehouse::admin {

Result<void> check_email(std::string_view email, std::string_view field) {
  const std::size_t at = email.find('@');
  const bool shaped =
      at != std::string_view::npos && at > 0 && at + 1 < email.size() && email.find('@', at + 1) == std::string_view::npos;
  const bool clean =
      std::none_of(email.begin(), email.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
  if (shaped && clean && email.size() <= 254) return success();
  return fail(Errc::kInvalidArgument, "Not an e-mail address; write it as name@example.com.", {}, std::string(field));
}

Result<Document> add_user(Services& services, const Caller& caller, const AddUser& request) {
  GH_TRYV(check_email(request.email, "email"));
  GH_TRYV(check_name(request.name, "name"));
  User user;
  GH_TRY(user.role, parse_user_role(request.role));
  if ((user.role == UserRole::kProjectAdmin) != !request.resources.empty()) {
    return fail(Errc::kInvalidArgument, "A project-admin, and nobody else, needs at least one resource that is administered.", {},
                "resources");
  }
  for (const std::string& name : request.resources) {
    GH_TRY(Resource resource, resolve_resource(services, name));
    user.administers.push_back(std::move(resource));
  }
  user.id = new_id<UserId>(services.random);
  user.email = request.email;
  user.name = request.name;
  user.created_at = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(work->users.insert(user));
  Describer describer(*work.operator->(), user.created_at);
  GH_TRY(Document document, describer.user(user));
  GH_TRYV(commit(services, std::move(work),
                 with_change(make_event(caller, "user.add", "user", user.id.value, user.email), nullptr, &document)));
  return document;
}

Result<Documents> list_users(Services& services, std::optional<std::string> role, const store::Page& page) {
  store::Users::Filter filter;
  if (role) {
    GH_TRY(filter.role, parse_user_role(*role));
  }
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto listed, reader->users.list(filter, page));
  Describer describer(*reader.operator->(), services.clock.now());
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(Document document, describer.user(stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_user(Services& services, std::string_view user) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, find_user(*reader.operator->(), user));
  return Describer(*reader.operator->(), services.clock.now()).user(found.value);
}

namespace {

Result<void> check_not_last_admin(const store::Repositories& at, const User& user) {
  if (user.role != UserRole::kOrgAdmin) return success();
  store::Users::Filter filter;
  filter.role = UserRole::kOrgAdmin;
  filter.state = State::kLive;
  GH_TRY(const auto admins, at.users.list(filter, store::Page{{}, 2}));
  if (admins.items.size() > 1) return success();
  return fail(Errc::kConflict, "This is the last organization administrator; make another one first.", {}, "user");
}

Result<Document> set_state(Services& services, const Caller& caller, std::string_view name, State state, const Pause& pause,
                           std::string_view action) {
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(auto user, find_user(*work.operator->(), name));
  Describer describer(*work.operator->(), now);
  GH_TRY(const Document before, describer.user(user.value));
  if (state == State::kPaused) {
    GH_TRYV(check_not_last_admin(*work.operator->(), user.value));
  }
  user.value.state = state;
  user.value.pause = pause;
  GH_TRYV(work->users.update(user.value, user.version));
  GH_TRYV(state == State::kPaused ? tell_of_leaver(services, *work.operator->(), user.value)
                                  : tell_of_return(services, *work.operator->(), user.value));
  GH_TRY(Document after, describer.user(user.value));
  AuditEvent event = make_event(caller, action, "user", user.value.id.value, user.value.email);
  event.reason = pause.reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

}  // namespace

Result<Document> suspend_user(Services& services, const Caller& caller, std::string_view user, const PauseRequest& request) {
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  return set_state(services, caller, user, State::kPaused, pause, "user.suspend");
}

Result<Document> restore_user(Services& services, const Caller& caller, std::string_view user) {
  return set_state(services, caller, user, State::kLive, {}, "user.restore");
}

}  // namespace gatehouse::admin
