#include "admin/users.h"

#include <algorithm>

#include "admin/approvals.h"
#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/leaver.h"
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

namespace {

/// Looked at before anything is changed: whoever takes one's own role away may, and whoever has lost it may not.
Result<void> check_may_change_people(const Services& services, const store::Repositories& at, const Caller& caller) {
  GH_TRY(const Principal who, authority_of(services, at, caller));
  return who.org_admin() ? Result<void>(success()) : policy::refusal_of(policy::Need::kGiveAuthority);
}

}  // namespace

Result<void> check_administers(const User& user) {
  if ((user.role == UserRole::kProjectAdmin) == !user.administers.empty()) return success();
  return fail(Errc::kInvalidArgument, "A project-admin, and nobody else, needs at least one resource that is administered.", {},
              "resources");
}

Result<void> check_not_last_admin(const store::Repositories& at, const User& user) {
  if (user.role != UserRole::kOrgAdmin) return success();
  store::Users::Filter filter;
  filter.role = UserRole::kOrgAdmin;
  filter.state = State::kLive;
  GH_TRY(const auto admins, at.users.list(filter, store::Page{{}, 2}));
  if (admins.items.size() > 1) return success();
  return fail(Errc::kConflict, "This is the last organization administrator; make another one first.", {}, "user");
}

Result<Document> add_user(Services& services, const Caller& caller, const AddUser& request) {
  GH_TRYV(check_email(request.email, "email"));
  GH_TRYV(check_name(request.name, "name"));
  User user;
  GH_TRY(user.role, parse_user_role(request.role));
  // Before the sites are asked: how many there are decides.
  user.administers.resize(request.resources.size());
  GH_TRYV(check_administers(user));
  for (std::size_t i = 0; i < request.resources.size(); ++i) {
    GH_TRY(user.administers[i], resolve_resource(services, request.resources[i]));
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

Result<Document> set_state(Services& services, const Caller& caller, std::string_view name, State state, const Pause& pause,
                           std::string_view action, Withdrawal how) {
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(check_may_change_people(services, *work.operator->(), caller));
  GH_TRY(auto user, find_user(*work.operator->(), name));
  Describer describer(*work.operator->(), now);
  GH_TRY(const Document before, describer.user(user.value));
  if (state == State::kPaused) {
    GH_TRYV(check_not_last_admin(*work.operator->(), user.value));
    GH_TRYV(end_all_of(services, *work.operator->(), user.value.id));
  }
  user.value.state = state;
  user.value.pause = pause;
  GH_TRYV(work->users.update(user.value, user.version));
  GH_TRYV(state == State::kPaused ? tell_of_leaver(services, *work.operator->(), user.value)
                                  : tell_of_return(services, *work.operator->(), user.value));
  if (state == State::kPaused) {
    GH_TRYV(end_approvals_of(services, *work.operator->(), user.value.id));
  }
  GH_TRYV(review_backing(services, *work.operator->(), user.value, how));
  GH_TRY(Document after, describer.user(user.value));
  AuditEvent event = make_event(caller, action, "user", user.value.id.value, user.value.email);
  event.reason = pause.reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

}  // namespace

Result<Document> edit_user(Services& services, const Caller& caller, std::string_view name, const EditUser& request) {
  if (request.name) {
    GH_TRYV(check_name(*request.name, "name"));
  }
  std::vector<Resource> administers;
  for (const std::string& one : request.resources.value_or(std::vector<std::string>())) {
    if (one.empty()) continue;
    GH_TRY(Resource resource, resolve_resource(services, one));
    administers.push_back(std::move(resource));
  }
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRYV(check_may_change_people(services, at, caller));
  GH_TRY(auto user, find_user(at, name));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.user(user.value));
  if (request.name) user.value.name = *request.name;
  if (request.role) {
    GH_TRY(const UserRole role, parse_user_role(*request.role));
    if (role != user.value.role) {
      GH_TRYV(check_not_last_admin(at, user.value));
    }
    user.value.role = role;
    if (role != UserRole::kProjectAdmin) user.value.administers.clear();
  }
  if (request.resources) user.value.administers = std::move(administers);
  GH_TRYV(check_administers(user.value));
  GH_TRYV(at.users.update(user.value, user.version));
  GH_TRYV(review_backing(services, at, user.value, request.for_cause ? Withdrawal::kForCause : Withdrawal::kOrdinary));
  GH_TRY(Document after, describer.user(user.value));
  AuditEvent event = make_event(caller, "user.edit", "user", user.value.id.value, user.value.email);
  if (request.for_cause) event.reason = "for cause";
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<Document> suspend_user(Services& services, const Caller& caller, std::string_view user, const PauseRequest& request,
                              bool for_cause) {
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  return set_state(services, caller, user, State::kPaused, pause, "user.suspend",
                   for_cause ? Withdrawal::kForCause : Withdrawal::kOrdinary);
}

Result<Document> restore_user(Services& services, const Caller& caller, std::string_view user) {
  return set_state(services, caller, user, State::kLive, {}, "user.restore", Withdrawal::kOrdinary);
}

}  // namespace gatehouse::admin
