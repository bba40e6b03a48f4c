// The change log: which aggregates each committed unit of work touched. The change feed reads it; repositories write it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/stored.h"

namespace gatehouse::store {

/// One unit of work has one number and touches one or more aggregates. Numbers become visible in their order.
struct Change {
  std::int64_t number = 0;
  Aggregate aggregate{};
  std::string id;
};

class Changes {
 public:
  explicit Changes(Session& session) noexcept : session_(session) {}
  Changes(const Changes&) = delete;

  /// The number of the last unit of work; 0 before the first.
  Result<std::int64_t> latest() const;
  /// Whole units of work with numbers above `number`, in order; at least `limit` rows where there are that many.
  Result<std::vector<Change>> after(std::int64_t number, int limit = 1000) const;

 private:
  Session& session_;
};

}  // namespace gatehouse::store
