// Jobs: named pieces of work that run again and again by their period: ladders, deliveries, roll-ups, sweeps. main/ fills it.
//
// One thread runs them one after another, so that a job need not guard itself against the others. What is due is decided by the
// injected Clock (an hour under a fake clock or faketime is an hour); the thread looks at it once a second. After a leap of the
// clock, or a long stop, a job runs once and not once for each period that was missed: jobs look at the present state.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::lifecycle {

class Jobs {
 public:
  /// May block (database, network), but not for ever: stop() waits for it. An error is logged and shown by status(); the job runs
  /// again after its period.
  using Work = std::function<Result<void>(Instant now)>;

  /// `clock` must outlive it.
  explicit Jobs(const Clock& clock) : clock_(clock) {}
  ~Jobs();  ///< stops
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// Before start(). The job is due at once, then `period` after the beginning of each run.
  void add(std::string name, Duration period, Work work);

  /// Runs on the caller's thread every job that is due at `now`, in the order of add(). For tests, and for the thread. Returns
  /// how many ran.
  int run_due(Instant now);

  void start();
  /// Waits for the job that runs. Further calls do nothing.
  void stop();

  struct Status {
    std::string name;
    Duration period{};
    std::optional<Instant> last_run;
    std::optional<Instant> last_success;
    std::string problem;  ///< of the last run; empty where it went well
  };
  /// Thread-safe.
  std::vector<Status> status() const;

 private:
  struct Job {
    Status status;
    Work work;
  };
  void run();
  void run_one(Job& job, Instant now);

  const Clock& clock_;
  std::vector<Job> jobs_;
  mutable std::mutex mutex_;  ///< of the statuses and `stopping_`
  std::mutex running_;        ///< one run_due at a time
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::lifecycle
