// Requests that fail behind Gatehouse one after another, by credential: counted where each request is seen, since usage by the
// hour does not tell their order. The Recorder has one; lifecycle/watch.cpp asks.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "admin/services.h"
#include "gateway/request_log.h"
#include "model/ids.h"

namespace gatehouse::admin {

/// Thread-safe. Bounded: a credential is in it only as long as its last request failed, and there are at most as many as tokens.
class ErrorStreaks {
 public:
  struct Streak {
    std::int64_t errors = 0;
    Reason reason = Reason::kNone;  ///< of the last one
  };

  void see(const gateway::RequestRecord& record);
  std::map<CredentialId, Streak> now() const;

 private:
  mutable std::mutex mutex_;
  std::map<CredentialId, Streak> streaks_;
};

/// Those of this process's gateway; none where there is no gateway.
std::map<CredentialId, ErrorStreaks::Streak> error_streaks(Services& services);

}  // namespace gatehouse::admin
