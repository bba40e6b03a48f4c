// All rows as one stream of text, the same for both databases: what a backup seals. Used inside store/ only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/session.h"

namespace gatehouse::store {

struct DumpTable {
  std::string_view name;
  std::string_view columns;  ///< "a, b, c"
  std::string_view types;
  std::string_view key;  ///< the columns of its primary key: "a, b"
};

/// Every table but schema_versions, those that are referred to first.
const std::vector<DumpTable>& dump_tables();

/// Takes the next piece of the stream.
using DumpSink = std::function<Result<void>(std::string_view)>;

/// Reads all tables in the session's snapshot, a bounded number of rows at a time; gives the number of rows.
Result<std::int64_t> dump_rows(Session& session, const DumpSink& sink);

/// Takes the stream in pieces of any size and inserts its rows in the session's transaction.
class DumpLoader {
 public:
  explicit DumpLoader(Session& session) : session_(session) {}
  Result<void> take(std::string_view piece);
  /// kDataCorrupt where the stream ended within something.
  Result<std::int64_t> finish() const;

 private:
  Result<bool> next();
  Result<void> row(std::vector<Value> values);

  Session& session_;
  std::string rest_;
  std::size_t at_ = 0;
  std::string insert_;  ///< the statement for the rows of the current table
  std::size_t columns_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace gatehouse::store
