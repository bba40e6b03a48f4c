// Refusals: who was refused at the door, written to the audit log after the answer.
//
// Only of people who exist is a record made. Written before the answer it would make theirs later than that of an address that
// nobody has here, which tells who is here. A crash loses what waits, which is a moment's; nobody was let in by it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

#include "audit/log.h"
#include "model/audit_event.h"

namespace gatehouse::admin {

/// Thread-safe.
class Refusals {
 public:
  explicit Refusals(audit::Log& log) : log_(log) {}
  ~Refusals();  ///< writes what waits
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;

  void add(AuditEvent event);
  /// Returns when all that was added before is written, or the log can't be written now.
  void flush();

  /// More are only counted: each costs its caller an Argon2 hash, so that only a log that can't be written gets here.
  static constexpr std::size_t kMostWaiting = 1000;

 private:
  void run();

  audit::Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::deque<AuditEvent> waiting_;
  std::size_t dropped_ = 0;
  bool writing_ = false;
  bool failing_ = false;
  bool stopping_ = false;
  std::thread thread_;  ///< from the first one on
};

}  // namespace gatehouse::admin
