#include "admin/own_keys.h"

#include "admin/describe.h"
#include "policy/authority.h"

namespace gatehouse::admin {
namespace {

Error needs_proof() {
  Error error = fail(Errc::kNotAllowed, "Before a key is made, confirm once more that it is you.");
  error.missing_role = "step-up";
  return error;
}

Error no_such_key() { return fail(Errc::kNotFound, "You have no such administrator key."); }

}  // namespace

Result<Documents> list_admin_keys(Services& services, const Principal& who, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  store::AdminKeys::Filter filter;
  if (!who.reads_all()) filter.user = who.user;
  GH_TRY(const auto listed, reader->admin_keys.list(filter, page));
  const Instant now = services.clock.now();
  Describer describer(*reader.operator->(), now);
  Documents out;
  for (const auto& stored : listed.items) {
    const store::AdminKey& key = stored.value;
    if (key.state == State::kRevoked) continue;
    GH_TRY(const std::string email, describer.email_of(key.user));
    const bool over = key.expires_at && *key.expires_at <= now;
    Document one{{"id", key.id.value}, {"user", email}, {"name", key.name}, {"state", over ? "expired" : "live"}};
    one["expires_at"] = key.expires_at ? boost::json::value(format_instant(*key.expires_at)) : boost::json::value(nullptr);
    one["created_at"] = format_instant(key.created_at);
    out.items.push_back(std::move(one));
  }
  out.next = listed.next;
  return out;
}

Result<CreatedOwnKey> create_own_key(Services& services, const Caller& caller, const Principal& who, std::string name,
                                     Instant expires_at, std::string_view asked_with) {
  GH_TRYV(check_name(name, "name"));
  const Instant now = services.clock.now();
  if (!policy::stepped_up(who, now)) return needs_proof();
  if (expires_at <= now) return fail(Errc::kInvalidArgument, "The end lies in the past.", {}, "expires_at");
  if (expires_at > now + kLongestOwnKey)
    return fail(Errc::kInvalidArgument, "An administrator key lasts a year at most.", {}, "expires_at");
  GH_TRY(store::UnitOfWork work, services.database.begin());
  if (!asked_with.empty()) {
    GH_TRY(const auto parent, work->admin_keys.get(AdminKeyId(std::string(asked_with))));
    if (parent.value.state != State::kLive) return no_such_key();
    if (parent.value.expires_at && expires_at > *parent.value.expires_at)
      return fail(Errc::kInvalidArgument,
                  "A key makes none that outlives it; it ends at " + format_instant(*parent.value.expires_at) + ".", {},
                  "expires_at");
  }
  CreatedOwnKey made;
  GH_TRY(made.key, insert_admin_key(services, *work.operator->(), who.user, name, expires_at));
  made.expires_at = expires_at;
  GH_TRYV(commit(services, std::move(work), make_event(caller, "admin_key.create", "admin_key", made.key.id.value, name)));
  return made;
}

Result<void> revoke_own_key(Services& services, const Caller& caller, const Principal& who, const std::string& id) {
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const auto key = reader->admin_keys.get(AdminKeyId(id));
    if (!key) return key.error().code == Errc::kNotFound ? no_such_key() : key.error();
    if (!who.org_admin() && !who.is(key.value().value.user)) return no_such_key();
  }
  return revoke_admin_key(services, caller, AdminKeyId(id));
}

}  // namespace gatehouse::admin
