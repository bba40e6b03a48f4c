// UpstreamConnection: one connection to an upstream, from the look-up of its name to the end of its last answer.
//
// Owned by its UpstreamPool; serves one UpstreamCall at a time and never another credential's. Answers are scanned as strictly
// as requests: what two parsers could read differently ends the connection, and so do bytes behind a complete answer.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "http/body_reader.h"
#include "http/buffer.h"
#include "http/event_loop.h"
#include "http/exchange.h"
#include "http/message.h"
#include "http/timer_wheel.h"
#include "http/transport.h"

namespace gatehouse::http {

class UpstreamCall;
class UpstreamPool;
struct UpstreamKey;

class UpstreamConnection final : public Watcher, private Timer {
 public:
  UpstreamConnection(UpstreamPool& pool, UpstreamKey& key, std::shared_ptr<const UpstreamRoute> route);

  // For the pool.
  void open();
  void be_idle() noexcept;
  void begin(UpstreamCall& call) noexcept;
  bool is_idle() const noexcept { return phase_ == Phase::kIdle; }
  bool is_new() const noexcept { return !used_; }  ///< no request was given to it yet
  bool is_quiet() noexcept { return transport_.is_quiet(); }
  void make_stale() noexcept { stale_ = true; }  ///< not to be used again after its present answer
  bool is_stale() const noexcept { return stale_; }
  void close() noexcept;
  UpstreamKey& key() noexcept { return *key_; }
  std::list<UpstreamConnection*>::iterator place;  ///< in one of the pool's lists

  // For the call.
  Transport& transport() noexcept { return transport_; }
  void expect_progress() noexcept;
  void expect_head() noexcept;
  void expect_nothing() noexcept { cancel(); }
  void on_write_failed();
  void read_answer();
  void give_back_unused();
  void abandon();

  void on_ready(std::uint32_t events) override;

 private:
  enum class Phase : std::uint8_t { kResolving, kConnecting, kProxy, kTls, kIdle, kBusy, kFinishing, kFailed, kClosed };
  void on_timeout() override;
  // Opening: upstream_opening.cpp.
  bool goes_through_proxy() const;
  void on_addresses(const std::vector<IpAddress>& addresses);
  void connect_next();
  bool start_connect(const IpAddress& address);
  void on_connected();
  void send_connect();
  void read_proxy_answer();
  void start_tls();
  void shake_hands();
  void opened();
  void opening_failed(UpstreamFailure failure);
  void on_opening_ready();
  void on_opening_timeout();
  // Answering.
  bool hand_over();
  bool scan_head();
  bool hand_over_body();
  bool make_room();
  void finish(std::string_view piece);
  void on_peer_end();
  void lost(UpstreamFailure failure);

  struct Opening {
    std::vector<IpAddress> addresses;
    std::size_t next = 0;
    std::uint64_t deadline_ms = 0;
    UpstreamFailure failure = UpstreamFailure::kConnect;
    std::string to_proxy;
    /// Gone with the connection: the resolver's answer may come later.
    std::shared_ptr<UpstreamConnection*> token;
  };

  UpstreamPool& pool_;
  UpstreamKey* key_;
  std::shared_ptr<const UpstreamRoute> route_;
  std::unique_ptr<Opening> opening_;
  Transport transport_;
  Buffer buffer_;
  UpstreamCall* call_ = nullptr;
  ResponseHead head_;
  BodyReader body_;
  std::size_t scanned_ = 0;
  unsigned interim_ = 0;
  Phase phase_ = Phase::kResolving;
  bool head_done_ = false;
  bool answered_ = false;
  bool filled_ = false;  ///< the last read left no room: a larger block is worth it
  bool write_failed_ = false;
  bool stale_ = false;
  bool used_ = false;
};

}  // namespace gatehouse::http
