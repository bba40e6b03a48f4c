// Recorder: takes what gateway threads hand over about each request and stores it in batches: usage, write lines, refusals.
//
// A thread of its own. It also carries out what a request started: the first use of a successor, the use of a retired secret.
// Lines of writes and refusals are stored within a quarter of a second, usage every ten: a crash loses the usage of at most
// that long, which is counted in memory so that thousands of tokens cost no database write a request.
#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "admin/error_streaks.h"
#include "admin/secret_uses.h"
#include "admin/services.h"
#include "admin/usage_fold.h"
#include "admin/usage_mark.h"
#include "gateway/request_log.h"
#include "store/attachment_homes.h"
#include "store/usage.h"

namespace gatehouse::admin {

/// Stores what was handed over so far. Whoever reads usage, write lines or decisions calls this first, so that the answer holds
/// the request that was just made; without a gateway in this process there is nothing to store.
Result<void> flush_records(Services& services);

/// A client proved itself at the authorization server with this live secret: whoever watches a rotation sees it. Costs nothing
/// where none runs. Any thread.
void note_client_secret(Services& services, const token::LiveCredential& credential, const token::Key& secret,
                        const IpAddress& client, std::string_view user_agent);

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

  SecretUses& secret_uses() noexcept { return secret_uses_; }
  const ErrorStreaks& streaks() const noexcept { return streaks_; }
  /// A crash loses the usage of at most this long.
  static constexpr std::chrono::seconds kUsageEvery{10};
  /// Where the process before ended without storing all: when it last did. Set by start().
  std::optional<Instant> unclean_end() const noexcept { return unclean_end_; }

  std::uint64_t requests(Effect effect) const noexcept { return counts_.at(static_cast<std::size_t>(effect)).load(); }

 private:
  /// A usage tick without its texts: many tokens are in use at once, and each request adds to one.
  struct TickKey {
    token::Key credential{};  ///< all zero: nobody's
    token::Key site{};        ///< all zero: none
    Instant hour{};
    IpAddress address;
    std::uint32_t operation = 0;  ///< these are places in names_
    std::uint32_t resource = 0;
    std::uint32_t user_agent = 0;
    Reason outcome = Reason::kNone;
    bool operator==(const TickKey&) const = default;
  };
  struct TickHash {
    using is_avalanching = void;
    std::size_t operator()(const TickKey& key) const noexcept;
  };
  struct TickCount {
    std::int64_t requests = 0;
    Instant last_at{};
  };

  void take(const gateway::RequestRecord& record);
  void add_tick(const gateway::RequestRecord& record);
  void add_denial(const gateway::RequestRecord& record);
  void add_lines(const gateway::RequestRecord& record, store::WriteLine line);
  std::uint32_t place_of(std::string_view name);
  store::UsageTick spell_out(const TickKey& key, const TickCount& count) const;
  void run();
  /// Takes what threads have handed over and stores what must not wait: lines, decisions, first uses, reuses.
  Result<void> turn(bool with_usage);
  Result<void> store_usage();
  Result<void> store_attachment_homes();
  Result<void> carry_out();

  struct FirstUse {
    CredentialId credential;
    SecretId secret;
    Instant at;
  };

  Services& services_;
  gateway::RequestLog& log_;
  ErrorStreaks streaks_;
  std::mutex flush_mutex_;  ///< one flush at a time
  boost::unordered_flat_map<TickKey, TickCount, TickHash> ticks_;
  std::vector<std::pair<TickKey, TickCount>> waiting_;  ///< ticks on their way to the store
  std::unordered_map<std::string, std::uint32_t> place_of_;
  std::vector<const std::string*> names_;  ///< keys of place_of_
  std::chrono::steady_clock::time_point usage_due_{};
  std::size_t drained_ = 0;                       ///< by the last turn
  store::UsageBatch batch_;                       ///< lines and decisions
  std::map<std::string, store::Denial> denials_;  ///< what was refused since the last turn, by kind
  std::vector<FirstUse> first_uses_;
  std::vector<store::AttachmentHome> homes_;  ///< changed, and not stored yet
  UsageFold fold_;
  UsageMark mark_;
  std::optional<Instant> unclean_end_;
  SecretUses secret_uses_;
  std::array<std::atomic<std::uint64_t>, 3> counts_{};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::admin
