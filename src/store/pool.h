// Sessions that are handed out one at a time. Used inside store/ only.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "store/repositories.h"
#include "store/session.h"

namespace gatehouse::store {

class SessionPool;

/// A session on loan, with its repositories. Going back, it rolls back what was not committed; a broken one is closed.
class SessionLease {
 public:
  SessionLease(SessionPool& pool, std::unique_ptr<Session> session);
  ~SessionLease();
  SessionLease(const SessionLease&) = delete;
  SessionLease& operator=(const SessionLease&) = delete;

  Session& session() noexcept { return *session_; }
  Repositories& repositories() noexcept { return repositories_; }

 private:
  SessionPool& pool_;
  std::unique_ptr<Session> session_;
  Repositories repositories_;
};

/// Thread-safe. Opens up to `size` sessions as they are needed.
class SessionPool {
 public:
  SessionPool(Target target, SessionOptions options, int size, Duration wait)
      : target_(std::move(target)), options_(options), wait_(wait), free_places_(size) {}

  /// kTimeout where none became free in time.
  Result<std::unique_ptr<SessionLease>> take();
  const Target& target() const noexcept { return target_; }

 private:
  friend class SessionLease;
  void give_back(std::unique_ptr<Session> session) noexcept;

  const Target target_;
  const SessionOptions options_;
  const Duration wait_;  ///< for a session that becomes free
  std::mutex mutex_;
  std::condition_variable freed_;
  int free_places_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace gatehouse::store
