// What a Database consists of. Used inside store/ only (database.cpp, dump.cpp).
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include "store/change_feed.h"
#include "store/database.h"
#include "store/pool.h"

namespace gatehouse::store {

struct DatabaseState {
  DatabaseState(const Target& target, const DatabaseOptions& chosen)
      : options(chosen),
        writers(target, {chosen.lock_wait, chosen.max_pages}, 1, chosen.wait),
        readers(target, {chosen.wait, chosen.max_pages}, chosen.readers < 1 ? 1 : chosen.readers, chosen.wait) {}

  /// Notes how an attempt to write ended.
  void wrote(const Error* problem) {
    const bool ours = problem != nullptr && problem->code != Errc::kTimeout && problem->code != Errc::kUnavailable &&
                      problem->code != Errc::kDataCorrupt;
    const std::lock_guard lock(mutex);
    if (!ours) write_problem = problem ? std::optional<Error>(*problem) : std::nullopt;
  }

  void locked() {
    const std::lock_guard lock(mutex);
    locked_at = std::chrono::steady_clock::now();
  }

  DatabaseOptions options;
  SessionPool writers;  ///< one: the chain orders writers anyway
  SessionPool readers;
  std::unique_ptr<ChangeFeed> feed;
  std::mutex mutex;
  std::optional<Error> write_problem;
  std::chrono::steady_clock::time_point locked_at{};  ///< when the database last kept us from writing
};

}  // namespace gatehouse::store
