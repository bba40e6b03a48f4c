#include "api/refusal_log.h"

#include <iostream>

namespace gatehouse::api {
namespace {

constexpr std::size_t kMostOfTarget = 200;

}  // namespace

void RefusalLog::note(admin::Services& services, const Caller& caller, std::string_view operation, std::string_view target,
                      const Error& error) {
  AuditEvent event;
  event.action = "authority.refused";
  event.target_kind = "route";
  event.target_id = operation;
  // Without the query: it may hold what nobody should read in a log.
  event.target_name = target.substr(0, std::min(target.find('?'), kMostOfTarget));
  event.outcome = "refused";
  event.caller = caller;
  event.reason = error.public_detail;
  {
    const std::lock_guard lock(mutex_);
    const Instant minute = std::chrono::floor<std::chrono::minutes>(services.clock.now());
    if (minute != minute_) {
      minute_ = minute;
      written_ = 0;
      seen_.clear();
    }
    const bool again = ++seen_[{caller.actor_id, std::string(operation)}] > 1;
    if (again || written_ >= kMostAMinute) {
      ++left_out_;
      return;
    }
    ++written_;
    if (left_out_ > 0) event.reason += " (" + std::to_string(left_out_) + " more refusals were not recorded)";
    left_out_ = 0;
  }
  if (const auto written = services.log.record(std::move(event)); !written) {
    std::clog << "a refusal could not be recorded: " << written.error().public_detail << " " << written.error().log_detail
              << std::endl;
  }
}

}  // namespace gatehouse::api
