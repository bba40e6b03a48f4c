// What the company's directory (SCIM 2.0) says of people and groups, and the keys that it shows. Written by admin/directory.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::store {

class Session;

struct DirectoryKey {
  std::string id;
  std::string name;
  std::string hash;  ///< crypto/token_hash.h
  Instant created_at{};
  std::optional<Instant> revoked_at;
};

/// A person whom the directory keeps.
struct DirectoryPerson {
  UserId user;
  std::string user_name;  ///< compared in lower case
  std::string external_id;
  Instant changed_at{};
  std::optional<Instant> removed_at;  ///< the directory deleted the person; the user stays, suspended
};

struct DirectoryGroup {
  std::string id;
  std::string name;  ///< compared in lower case
  std::string external_id;
  Instant created_at{};
  Instant changed_at{};
};

/// A condition on one member, or none.
struct DirectoryFilter {
  std::string column;  ///< of this program's texts: "user_name_lower", "external_id", "user_id", "name_lower", "id"; empty: all
  std::string value;
};

class Directory {
 public:
  explicit Directory(Session& session) noexcept : session_(session) {}
  Directory(const Directory&) = delete;

  Result<DirectoryKey> key(const std::string& id) const;
  /// Live ones, by age.
  Result<std::vector<DirectoryKey>> keys() const;
  Result<void> insert_key(const DirectoryKey& key);
  /// kNotFound where it is none that is live.
  Result<void> revoke_key(const std::string& id, Instant at);

  /// Removed ones too. kNotFound where the directory never named this user.
  Result<DirectoryPerson> person(const UserId& user) const;
  Result<DirectoryPerson> person_by_name(std::string_view user_name) const;
  /// By id, from the one at `offset` on; removed ones are left out.
  Result<std::vector<DirectoryPerson>> people(const DirectoryFilter& filter, std::int64_t offset, std::int64_t limit) const;
  Result<std::int64_t> count_people(const DirectoryFilter& filter) const;
  /// kConflict where another person has the name.
  Result<void> set_person(const DirectoryPerson& person);

  Result<DirectoryGroup> group(const std::string& id) const;
  Result<std::vector<DirectoryGroup>> groups(const DirectoryFilter& filter, std::int64_t offset, std::int64_t limit) const;
  Result<std::int64_t> count_groups(const DirectoryFilter& filter) const;
  /// kConflict where another group has the name.
  Result<void> set_group(const DirectoryGroup& group);
  Result<void> remove_group(const std::string& id);
  Result<std::vector<UserId>> members(const std::string& group) const;
  Result<void> set_members(const std::string& group, const std::vector<UserId>& users);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
