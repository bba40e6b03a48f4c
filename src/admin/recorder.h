// Recorder: takes what gateway threads hand over about each request and stores it in batches: usage, write lines, refusals.
//
// A thread of its own. It also carries out what a request started: the first use of a successor, the use of a retired secret.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "admin/services.h"
#include "gateway/request_log.h"
#include "store/usage.h"

namespace gatehouse::admin {

class Recorder {
 public:
  /// Both must outlive the recorder.
  Recorder(Services& services, gateway::RequestLog& log);
  ~Recorder();  ///< stops
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void start();
  /// Stores what is left, then ends. Called after the gateway has stopped.
  void stop();
  /// Drains and stores once; any thread but a gateway's. An error leaves the batch to be tried again.
  Result<void> flush();

  std::uint64_t requests(Effect effect) const noexcept { return counts_.at(static_cast<std::size_t>(effect)).load(); }

 private:
  using TickKey = std::string;
  void take(const gateway::RequestRecord& record);
  void add_tick(const gateway::RequestRecord& record);
  void add_lines(const gateway::RequestRecord& record, store::WriteLine line);
  void run();
  Result<void> carry_out();

  struct FirstUse {
    CredentialId credential;
    SecretId secret;
    Instant at;
  };
  struct Reuse {
    CredentialId credential;
    SecretId secret;
    std::string address;
  };

  Services& services_;
  gateway::RequestLog& log_;
  std::mutex flush_mutex_;  ///< one flush at a time
  std::map<TickKey, store::UsageTick> ticks_;
  store::UsageBatch batch_;
  std::vector<FirstUse> first_uses_;
  std::map<std::string, Reuse> reuses_;  ///< by secret: one record, however often it is tried
  std::map<std::string, Instant> told_;  ///< secrets whose reuse was recorded lately
  std::array<std::atomic<std::uint64_t>, 3> counts_{};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::admin
