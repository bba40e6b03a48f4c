// Administrator keys (`gtha_…`): each acts as the user whom it belongs to.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/user.h"
#include "store/stored.h"

namespace gatehouse::store {

struct AdminKey {
  AdminKeyId id;  ///< the public id inside the key
  UserId user;
  std::string name;
  std::string hash;  ///< crypto/token_hash.h
  std::optional<Instant> expires_at;
  State state = State::kLive;
  Instant created_at{};
};

class AdminKeys {
 public:
  explicit AdminKeys(Session& session) noexcept : session_(session) {}
  AdminKeys(const AdminKeys&) = delete;

  Result<Stored<AdminKey>> get(const AdminKeyId& id) const;
  struct Filter {
    std::optional<UserId> user;
  };
  Result<Listed<Stored<AdminKey>>> list(const Filter& filter, const Page& page) const;

  Result<void> insert(const AdminKey& key);
  Result<void> update(const AdminKey& key, std::int64_t version);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
