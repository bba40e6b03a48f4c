// Export of the chain as JSON Lines: one record a line, with its MAC, so that it can be verified elsewhere.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace gatehouse::audit {

/// One line without its end.
std::string to_json_line(const AuditRecord& record);
/// Calls `write` once a record with what `render` makes of it, in the order of their sequence; `filter.newest_first` is ignored.
/// Ends with the first error of `write`.
Result<void> export_lines(const store::Reader& reader, const store::AuditRecords::Filter& filter,
                          const std::function<std::string(const AuditRecord&)>& render,
                          const std::function<Result<void>(std::string_view line)>& write);
Result<void> export_json_lines(const store::Reader& reader, const store::AuditRecords::Filter& filter,
                               const std::function<Result<void>(std::string_view line)>& write);

}  // namespace gatehouse::audit
