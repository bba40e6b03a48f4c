// The reports that come with a list of findings: shared, drift, unused, orphans, overdue, incomplete, grown, weak. api/ calls
// them; `wake` stands in inventory/wake.h, and what a report asks the database in store/reports.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "admin/common.h"

namespace gatehouse::inventory {

inline constexpr std::array<std::string_view, 8> kReports{"shared",  "drift",      "unused", "orphans",
                                                          "overdue", "incomplete", "grown",  "weak"};

/// One of kReports, or "installation" (inventory/installation_report.h).
/// {"report","now","count","items":[…]}: `count` is of all findings, the list ends at `limit`. Each item says what it is about,
/// its `reasons`, a `detail` for people and, where one command puts it right, a `command`. kNotFound for another name.
/// Who does not read everything gets what they answer for, and of orphans, overdue and weak what touches their resources, without
/// what lies beyond ("partial"); "installation" is not for them.
Result<admin::Document> report(admin::Services& services, const Caller& caller, std::string_view name, int limit);

/// An `apply` file (docs/reference/apply_form.md) that gives each consumer of the shared tokens an account, grants and a token of
/// its own, with no more than the token had. `token`: of that one alone; empty: of those that `shared` lists up to `limit`.
Result<std::string> split_plan(admin::Services& services, std::string_view token, int limit);

/// How many findings each report has, for monitoring. Counted anew when it is asked for and the last count is older than five
/// minutes. Thread-safe.
class ReportCounts {
 public:
  /// An error leaves the last counts.
  std::map<std::string, std::int64_t> get(admin::Services& services);

 private:
  std::mutex mutex_;
  std::map<std::string, std::int64_t> counts_;
  std::optional<Instant> counted_at_;
};

}  // namespace gatehouse::inventory
