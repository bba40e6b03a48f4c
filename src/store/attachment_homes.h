// Under which issue an attachment was seen last, as gateways remember it (gateway/attachment_homes.h): kept over a restart. A
// memory that proves nothing, so it is no chained change and its loss costs a refusal; admin/recorder hands over what changed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace gatehouse::store {

class Session;

/// One slot of the memory, as the gateway writes it.
struct AttachmentHome {
  std::int64_t slot = 0;
  std::int64_t home = 0;
};

class AttachmentHomes {
 public:
  explicit AttachmentHomes(Session& session) noexcept : session_(session) {}
  AttachmentHomes(const AttachmentHomes&) = delete;

  Result<std::vector<AttachmentHome>> all() const;

 private:
  friend class Database;
  Result<void> put(const std::vector<AttachmentHome>& homes);

  Session& session_;
};

}  // namespace gatehouse::store
