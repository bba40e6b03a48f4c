// RefusalLog: refusals for lack of authority, as audit records. The router has one.
//
// Whoever has any key could fill the audit chain with refusals: of one person and route one is written each minute, and no more
// than some dozens a minute in all; the next record says how many were left out.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "admin/services.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/audit_event.h"

namespace gatehouse::api {

/// Thread-safe.
class RefusalLog {
 public:
  static constexpr int kMostAMinute = 60;

  /// A record that can't be written is logged: the answer is a refusal anyhow.
  void note(admin::Services& services, const Caller& caller, std::string_view operation, std::string_view target,
            const Error& error);

 private:
  std::mutex mutex_;
  Instant minute_{};
  int written_ = 0;
  std::map<std::pair<std::string, std::string>, int> seen_;  ///< of this minute, by person and route
  int left_out_ = 0;
};

}  // namespace gatehouse::api
