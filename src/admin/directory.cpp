#include "admin/directory.h"

#include "admin/approvals.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/leaver.h"
#include "admin/tell.h"
#include "admin/users.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

Error not_live() {
  return fail(Errc::kUnauthenticated,
              "No live directory key. Send one as \"Authorization: Bearer gthd_…\"; an organization "
              "administrator makes it: gatehouse directory-key create.");
}

Error no_such_user() { return fail(Errc::kNotFound, "The directory keeps no such person."); }

Result<void> check(const DirectoryUser& user) {
  GH_TRYV(check_name(user.user_name, "userName"));
  GH_TRYV(check_note(user.external_id, "externalId", 300));
  GH_TRYV(check_email(user.email, "emails"));
  return check_name(user.name, "displayName");
}

KnownUser known(const User& user, const store::DirectoryPerson& person) {
  KnownUser out;
  out.id = user.id;
  out.is = {person.user_name, person.external_id, user.email, user.name, user.state == State::kLive};
  out.created_at = user.created_at;
  out.changed_at = person.changed_at;
  return out;
}

Result<void> set_active(Services& services, store::Repositories& at, User& user, bool active) {
  if (active == (user.state == State::kLive)) return success();
  if (active) {
    user.state = State::kLive;
    user.pause = {};
    return success();
  }
  GH_TRYV(check_not_last_admin(at, user));
  user.state = State::kPaused;
  user.pause = Pause{"The company's directory deactivated this person.", std::nullopt, ResumeBy::kOrgAdmin};
  return end_all_of(services, at, user.id);
}

/// Writes what changed of the user, and tells whoever should know of a leaver or of a return.
Result<void> write(Services& services, store::Repositories& at, const store::Stored<User>& before, const User& after) {
  GH_TRYV(at.users.update(after, before.version));
  if (before.value.state == after.state) return success();
  if (after.state == State::kPaused) {
    GH_TRYV(tell_of_leaver(services, at, after));
    GH_TRYV(end_approvals_of(services, at, after.id));
  } else {
    GH_TRYV(tell_of_return(services, at, after));
  }
  return review_backing(services, at, after, Withdrawal::kOrdinary);
}

Result<void> commit_change(Services& services, store::UnitOfWork work, const Caller& caller, std::string_view action,
                           const User* before, const User& after) {
  Describer describer(*work.operator->(), services.clock.now());
  Document was;
  if (before) {
    GH_TRY(was, describer.user(*before));
  }
  GH_TRY(const Document is, describer.user(after));
  AuditEvent event = make_event(caller, action, "user", after.id.value, after.email);
  event.reason = after.pause.reason;
  return commit(services, std::move(work), with_change(std::move(event), before ? &was : nullptr, &is));
}

/// The person whom the directory keeps under this id, and the user.
struct Kept {
  store::Stored<User> user;
  store::DirectoryPerson person;
};
Result<Kept> kept(const store::Repositories& at, const std::string& id) {
  auto person = at.directory.person(UserId(id));
  if (!person) return person.error().code == Errc::kNotFound ? no_such_user() : person.error();
  if (person.value().removed_at) return no_such_user();
  GH_TRY(auto user, at.users.get(UserId(id)));
  return Kept{std::move(user), std::move(person.value())};
}

}  // namespace

Result<Caller> authenticate_directory(Services& services, std::string_view bearer, std::string_view address) {
  const auto parsed = token::parse(bearer);
  if (!parsed || parsed->kind != token::TokenKind::kDirectoryKey) return not_live();
  GH_TRY(const store::Reader reader, services.database.read());
  const auto key = reader->directory.key(std::string(parsed->id));
  if (!key) return key.error().code == Errc::kNotFound ? not_live() : key.error();
  const auto hash = crypto::parse_token_hash(key.value().hash);
  if (!hash || key.value().revoked_at || !services.hasher.matches(hash.value(), parsed->id, parsed->secret)) return not_live();
  Caller caller;
  caller.actor_kind = "directory";
  caller.actor_id = key.value().id;
  caller.actor_name = "directory key " + key.value().name;
  caller.address = address;
  return caller;
}

Result<CreatedDirectoryKey> create_directory_key(Services& services, const Caller& caller, std::string name) {
  GH_TRYV(check_name(name, "name"));
  store::DirectoryKey key;
  key.id = random_base62(services.random, kIdLength);
  const token::Minted minted = token::mint(token::TokenKind::kDirectoryKey, key.id, services.random);
  key.name = std::move(name);
  key.hash = crypto::format_token_hash(services.hasher.hash(key.id, minted.secret.expose()));
  key.created_at = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(work->directory.insert_key(key));
  GH_TRYV(commit(services, std::move(work), make_event(caller, "directory_key.create", "directory_key", key.id, key.name)));
  return CreatedDirectoryKey{key.id, minted.text};
}

Result<Documents> list_directory_keys(Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto keys, reader->directory.keys());
  Documents out;
  for (const store::DirectoryKey& key : keys)
    out.items.push_back(Document{{"id", key.id}, {"name", key.name}, {"created_at", format_instant(key.created_at)}});
  return out;
}

Result<void> revoke_directory_key(Services& services, const Caller& caller, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto key, work->directory.key(id));
  GH_TRYV(work->directory.revoke_key(id, services.clock.now()));
  return commit(services, std::move(work), make_event(caller, "directory_key.revoke", "directory_key", id, key.name));
}

Result<KnownUser> directory_add_user(Services& services, const Caller& caller, const DirectoryUser& wanted) {
  GH_TRYV(check(wanted));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  const auto same_name = work->directory.person_by_name(wanted.user_name);
  if (!same_name && same_name.error().code != Errc::kNotFound) return same_name.error();
  if (same_name && !same_name.value().removed_at) return fail(Errc::kConflict, "The directory keeps this userName already.");
  store::DirectoryPerson person;
  person.user_name = wanted.user_name;
  person.external_id = wanted.external_id;
  person.changed_at = services.clock.now();
  // Whom it deleted comes back as the same person; else whoever has the address is taken over, unless the directory has them.
  auto found = same_name ? work->users.get(same_name.value().user) : work->users.get_by_email(wanted.email);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  User user;
  if (found) {
    const auto other = work->directory.person(found.value().value.id);
    if (other && !other.value().removed_at)
      return fail(Errc::kConflict, "Another person of the directory has this e-mail address.");
    user = found.value().value;
    user.email = wanted.email;
    user.name = wanted.name;
    GH_TRYV(set_active(services, *work.operator->(), user, wanted.active));
    GH_TRYV(write(services, *work.operator->(), found.value(), user));
  } else {
    user.id = new_id<UserId>(services.random);
    user.email = wanted.email;
    user.name = wanted.name;
    user.created_at = person.changed_at;
    GH_TRYV(set_active(services, *work.operator->(), user, wanted.active));
    GH_TRYV(work->users.insert(user));
  }
  person.user = user.id;
  GH_TRYV(work->directory.set_person(person));
  GH_TRYV(commit_change(services, std::move(work), caller, "directory.add_user", found ? &found.value().value : nullptr, user));
  return known(user, person);
}

Result<KnownUser> directory_show_user(Services& services, const std::string& id) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const Kept found, kept(*reader.operator->(), id));
  return known(found.user.value, found.person);
}

Result<Found<KnownUser>> directory_list_users(Services& services, const store::DirectoryFilter& filter, std::int64_t offset,
                                              std::int64_t limit) {
  GH_TRY(const store::Reader reader, services.database.read());
  Found<KnownUser> out;
  store::DirectoryFilter asked = filter;
  if (filter.column == "email") {
    const auto user = reader->users.get_by_email(filter.value);
    if (!user) return user.error().code == Errc::kNotFound ? Result<Found<KnownUser>>(out) : user.error();
    asked = {"user_id", user.value().value.id.value};
  }
  GH_TRY(out.total, reader->directory.count_people(asked));
  GH_TRY(const auto people, reader->directory.people(asked, offset, limit));
  for (const store::DirectoryPerson& person : people) {
    GH_TRY(const auto user, reader->users.get(person.user));
    out.items.push_back(known(user.value, person));
  }
  return out;
}

Result<KnownUser> directory_change_user(Services& services, const Caller& caller, const std::string& id,
                                        const std::function<Result<void>(DirectoryUser&)>& edit) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(Kept found, kept(*work.operator->(), id));
  DirectoryUser wanted = known(found.user.value, found.person).is;
  GH_TRYV(edit(wanted));
  GH_TRYV(check(wanted));
  User user = found.user.value;
  user.email = wanted.email;
  user.name = wanted.name;
  GH_TRYV(set_active(services, *work.operator->(), user, wanted.active));
  GH_TRYV(write(services, *work.operator->(), found.user, user));
  found.person.user_name = wanted.user_name;
  found.person.external_id = wanted.external_id;
  found.person.changed_at = services.clock.now();
  GH_TRYV(work->directory.set_person(found.person));
  GH_TRYV(commit_change(services, std::move(work), caller, "directory.change_user", &found.user.value, user));
  return known(user, found.person);
}

Result<void> directory_remove_user(Services& services, const Caller& caller, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(Kept found, kept(*work.operator->(), id));
  User user = found.user.value;
  GH_TRYV(set_active(services, *work.operator->(), user, false));
  GH_TRYV(write(services, *work.operator->(), found.user, user));
  found.person.removed_at = found.person.changed_at = services.clock.now();
  GH_TRYV(work->directory.set_person(found.person));
  return commit_change(services, std::move(work), caller, "directory.remove_user", &found.user.value, user);
}

namespace {

Result<void> check(const store::Repositories& at, const DirectoryGroupIs& group) {
  GH_TRYV(check_name(group.name, "displayName"));
  GH_TRYV(check_note(group.external_id, "externalId", 300));
  for (const UserId& member : group.members) {
    const auto person = at.directory.person(member);
    if (person) continue;
    if (person.error().code != Errc::kNotFound) return person.error();
    return fail(Errc::kInvalidArgument, "A member of the group is no person of the directory.", {}, "members");
  }
  return success();
}

Result<KnownGroup> known(const store::Repositories& at, const store::DirectoryGroup& group) {
  KnownGroup out{group.id, {group.name, group.external_id, {}}, group.created_at, group.changed_at};
  GH_TRY(out.is.members, at.directory.members(group.id));
  return out;
}

Result<KnownGroup> write_group(Services& services, store::UnitOfWork work, const Caller& caller, std::string_view action,
                               store::DirectoryGroup group, const DirectoryGroupIs& wanted) {
  GH_TRYV(check(*work.operator->(), wanted));
  group.name = wanted.name;
  group.external_id = wanted.external_id;
  group.changed_at = services.clock.now();
  GH_TRYV(work->directory.set_group(group));
  GH_TRYV(work->directory.set_members(group.id, wanted.members));
  AuditEvent event = make_event(caller, action, "directory_group", group.id, group.name);
  event.reason = std::to_string(wanted.members.size()) + " members";
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return KnownGroup{group.id, wanted, group.created_at, group.changed_at};
}

}  // namespace

Result<KnownGroup> directory_add_group(Services& services, const Caller& caller, const DirectoryGroupIs& wanted) {
  store::DirectoryGroup group;
  group.id = random_base62(services.random, kIdLength);
  group.created_at = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  return write_group(services, std::move(work), caller, "directory.add_group", std::move(group), wanted);
}

Result<KnownGroup> directory_show_group(Services& services, const std::string& id) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto group, reader->directory.group(id));
  return known(*reader.operator->(), group);
}

Result<Found<KnownGroup>> directory_list_groups(Services& services, const store::DirectoryFilter& filter, std::int64_t offset,
                                                std::int64_t limit) {
  GH_TRY(const store::Reader reader, services.database.read());
  Found<KnownGroup> out;
  GH_TRY(out.total, reader->directory.count_groups(filter));
  GH_TRY(const auto groups, reader->directory.groups(filter, offset, limit));
  for (const store::DirectoryGroup& group : groups) {
    GH_TRY(KnownGroup one, known(*reader.operator->(), group));
    out.items.push_back(std::move(one));
  }
  return out;
}

Result<KnownGroup> directory_change_group(Services& services, const Caller& caller, const std::string& id,
                                          const std::function<Result<void>(DirectoryGroupIs&)>& edit) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto group, work->directory.group(id));
  GH_TRY(KnownGroup now, known(*work.operator->(), group));
  GH_TRYV(edit(now.is));
  return write_group(services, std::move(work), caller, "directory.change_group", group, now.is);
}

Result<void> directory_remove_group(Services& services, const Caller& caller, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto group, work->directory.group(id));
  GH_TRYV(work->directory.remove_group(id));
  return commit(services, std::move(work), make_event(caller, "directory.remove_group", "directory_group", id, group.name));
}

}  // namespace gatehouse::admin
