// States shared by sites, accounts, grants and credentials. Zero is the state that opens nothing.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace gatehouse {

enum class State { kRevoked = 0, kPaused = 1, kLive = 2, kArchived = 3 };

/// Who may end a pause before its time, beside the passing of `until`. The numbers are stored.
enum class ResumeBy {
  kOrgAdmin = 1,
  kOwner,
  kResourceAdmin,  ///< who administers the resource that it is about
  kApproval,       ///< nobody: it waits for a second person's approval
};

/// Why and until when something is paused. `until` empty: until somebody resumes it.
struct Pause {
  std::string reason;
  std::optional<Instant> until;
  ResumeBy resume_by = ResumeBy::kOrgAdmin;  ///< beside organization administrators
  bool operator==(const Pause&) const = default;
};

/// A pause whose `until` has passed is over without anybody's doing.
inline bool is_live(State state, const Pause& pause, Instant now) noexcept {
  return state == State::kLive || (state == State::kPaused && pause.until && *pause.until <= now);
}

}  // namespace gatehouse
