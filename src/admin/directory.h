// The company's directory keeps people and groups here (SCIM 2.0, api/scim.h): who joins, who changes, who leaves.
//
// A person whom it names for the first time is made a member; one of the same e-mail address who is here already is taken over.
// When it deactivates or deletes a person, all that authenticates as that person ends in the same unit of work, and what the
// person answered for is orphaned: flagged, its deputy and the administrators told. Roles are given in Gatehouse, not there.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "base/secret.h"
#include "store/directory.h"

namespace gatehouse::admin {

/// kUnauthenticated, with one text, for whatever is wrong with a bearer "gthd_…".
Result<Caller> authenticate_directory(Services& services, std::string_view bearer, std::string_view address);

struct CreatedDirectoryKey {
  std::string id;
  SecretString text;
};
Result<CreatedDirectoryKey> create_directory_key(Services& services, const Caller& caller, std::string name);
Result<Documents> list_directory_keys(Services& services);
Result<void> revoke_directory_key(Services& services, const Caller& caller, const std::string& id);

/// What the directory says of a person.
struct DirectoryUser {
  std::string user_name;
  std::string external_id;
  std::string email;
  std::string name;
  bool active = true;
};
struct KnownUser {
  UserId id;
  DirectoryUser is;
  Instant created_at{};
  Instant changed_at{};
};
template <class T>
struct Found {
  std::vector<T> items;
  std::int64_t total = 0;
};

/// kConflict where the directory keeps this userName already, or the e-mail address belongs to somebody else whom it keeps.
Result<KnownUser> directory_add_user(Services& services, const Caller& caller, const DirectoryUser& user);
Result<KnownUser> directory_show_user(Services& services, const std::string& id);
/// From the one at `offset` on. A filter on `email` looks at people whom the directory keeps, too.
Result<Found<KnownUser>> directory_list_users(Services& services, const store::DirectoryFilter& filter, std::int64_t offset,
                                              std::int64_t limit);
/// `edit` changes what is known, inside the unit of work. kConflict for deactivating the last organization administrator.
Result<KnownUser> directory_change_user(Services& services, const Caller& caller, const std::string& id,
                                        const std::function<Result<void>(DirectoryUser&)>& edit);
/// The directory no longer knows the person; the user stays, suspended, with what they answered for.
Result<void> directory_remove_user(Services& services, const Caller& caller, const std::string& id);

struct DirectoryGroupIs {
  std::string name;
  std::string external_id;
  std::vector<UserId> members;
};
struct KnownGroup {
  std::string id;
  DirectoryGroupIs is;
  Instant created_at{};
  Instant changed_at{};
};
Result<KnownGroup> directory_add_group(Services& services, const Caller& caller, const DirectoryGroupIs& group);
Result<KnownGroup> directory_show_group(Services& services, const std::string& id);
Result<Found<KnownGroup>> directory_list_groups(Services& services, const store::DirectoryFilter& filter, std::int64_t offset,
                                                std::int64_t limit);
Result<KnownGroup> directory_change_group(Services& services, const Caller& caller, const std::string& id,
                                          const std::function<Result<void>(DirectoryGroupIs&)>& edit);
Result<void> directory_remove_group(Services& services, const Caller& caller, const std::string& id);

}  // namespace gatehouse::admin
