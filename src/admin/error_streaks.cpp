#include "admin/error_streaks.h"

#include <string>

#include "admin/recorder.h"

namespace gatehouse::admin {
namespace {

bool is_failure(Reason reason) noexcept {
  switch (reason) {
    case Reason::kUpstreamUnavailable:
    case Reason::kUpstreamAnswer:
    case Reason::kInternal: return true;
    default: return false;
  }
}

}  // namespace

void ErrorStreaks::see(const gateway::RequestRecord& record) {
  if (!record.credential) return;
  const bool failed = is_failure(record.reason) || (record.reason == Reason::kPermitted && record.status >= 500);
  const bool permitted = record.reason == Reason::kPermitted && !failed;
  // A refusal is neither: the site was not asked.
  if (!permitted && !failed) return;
  const std::lock_guard lock(mutex_);
  if (permitted && streaks_.empty()) return;
  const CredentialId id(std::string(token::as_view(record.credential->id)));
  if (permitted) {
    streaks_.erase(id);
    return;
  }
  Streak& streak = streaks_[id];
  ++streak.errors;
  streak.reason = record.reason;
}

std::map<CredentialId, ErrorStreaks::Streak> ErrorStreaks::now() const {
  const std::lock_guard lock(mutex_);
  return streaks_;
}

std::map<CredentialId, ErrorStreaks::Streak> error_streaks(Services& services) {
  const Recorder* const recorder = services.recorder;
  return recorder ? recorder->streaks().now() : std::map<CredentialId, ErrorStreaks::Streak>();
}

}  // namespace gatehouse::admin
