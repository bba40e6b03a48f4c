// ClientConnection: drives one client connection, and the Exchange that answers its requests one after the other.
//
// It does all the I/O that the Exchange's actions ask for: reads and frames bodies, sends look-ups and the upstream request,
// writes answers, keeps every time-out of limits.h. Made by its thread's Worker when it accepts; belongs to that thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string_view>

#include "http/answer.h"
#include "http/body_reader.h"
#include "http/buffer.h"
#include "http/event_loop.h"
#include "http/exchange.h"
#include "http/head_scanner.h"
#include "http/lookup_batch.h"
#include "http/memory_budget.h"
#include "http/server.h"
#include "http/timer_wheel.h"
#include "http/transport.h"
#include "http/upstream_call.h"

namespace gatehouse::http {

class ClientConnection;
class UpstreamPool;

/// Counted on one thread, read on any.
struct ThreadStatistics {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> open_connections{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused_by_scanner{0};
  std::atomic<std::uint64_t> upstream_connections{0};
};

/// What the client connections of one thread share.
struct DriverContext {
  EventLoop& loop;
  UpstreamPool& pool;
  ExchangeFactory& factory;
  const ServerOptions& options;
  MemoryBudget& budget;
  ThreadStatistics& statistics;
  std::size_t& works;  ///< connections that hold what a request needs
  TlsContext tls;      ///< null: plain; replaced when the certificate is
  bool draining = false;
};

/// Told when a connection has closed; it then retires the connection.
class ConnectionKeeper {
 public:
  virtual ~ConnectionKeeper() = default;
  virtual void on_closed(ClientConnection& connection) = 0;
};

class ClientConnection final : public Watcher, public CallOwner, public LookupOwner, private Timer {
 public:
  ClientConnection(DriverContext& context, ConnectionKeeper& keeper, int descriptor, const IpAddress& peer);
  ~ClientConnection() override;

  /// After it was given to the loop to watch.
  void begin();
  /// No more requests after those that have begun to arrive.
  void drain();
  /// The client is told by a reset where an answer had begun.
  void abort();
  std::list<std::unique_ptr<ClientConnection>>::iterator place;  ///< in its keeper's list

  void on_ready(std::uint32_t events) override;
  bool may_send(UpstreamCall& call) noexcept override;
  void on_call_wants_piece(UpstreamCall& call) override;
  void on_call_head(UpstreamCall& call, const ResponseHead& head) override;
  void on_call_body(UpstreamCall& call, std::string_view piece, bool last) override;
  void on_call_rest(UpstreamCall& call) override;
  void on_call_failed(UpstreamCall& call, UpstreamFailure failure, bool any_byte_sent) override;
  bool may_look_up() noexcept override;
  void on_looked_up() override;

 private:
  enum class State : std::uint8_t {
    kProxyHeader,
    kHandshake,
    kIdle,
    kHead,
    kRunning,    ///< a request is being answered
    kDraining,   ///< the rest of a refused request's body is read and dropped
    kLingering,  ///< all is said; the client's end is waited for, so that a reset does not take the answer away
    kClosed
  };
  enum class Waits : std::uint8_t { kNothing, kBody, kLookups, kElsewhere, kPause, kUpstream, kOutput };
  enum class Got : std::uint8_t { kPiece, kNothing, kGone, kBad };

  /// What a connection needs only while a request is under way; an idle one gives it back.
  struct Work {
    explicit Work(DriverContext& context) : works(context.works), exchange(context.factory.make()), share(context.budget) {
      ++works;
    }
    ~Work() { --works; }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    std::size_t& works;
    std::unique_ptr<Exchange> exchange;
    BudgetShare share;
    RequestHead head;
    BodyReader body;
    AnswerWriter answer;
    UpstreamCall call;
    LookupBatch lookups;
    std::shared_ptr<ClientConnection*> elsewhere;  ///< what is done elsewhere finds us by it; emptied where nobody waits any more
    std::uint64_t body_held = 0;                   ///< of the body, as the exchange asked for it
    bool begun = false;                            ///< the exchange was told of this request
    bool refused = false;                          ///< by the driver: the exchange did not answer it
    bool last = false;                             ///< the answer is given whole
    bool last_piece_given = false;                 ///< of the request's body
    bool continued = false;                        ///< 100 was said, or the body came without
  };

  // Before and between requests.
  void advance();
  bool read_proxy_header();
  bool shake_hands();
  bool read_head();
  bool scan();
  void begin_request(std::size_t head_size);
  IpAddress client_address() const;
  void next_request();
  bool drain_body();
  void linger();
  void start_lingering();

  // A request under way.
  void perform(Action action);
  bool get_body(Action& action);
  bool ask(Action& action);
  void do_elsewhere(const Action& action);
  void on_elsewhere(ElsewhereAnswer answer);
  void forget_elsewhere() noexcept;
  void send(const Action& action);
  void respond(const Action& action);
  Got next_piece(std::string_view& piece, bool& last);
  bool hold_piece(std::string_view piece);
  void feed_body();
  void stream_body();
  bool say_continue();
  bool write_answer();
  void output_is_out();
  bool ends_with_this() const noexcept;
  void finish();
  void end_exchange(bool complete);

  void refuse(int status, std::string_view text);
  void refuse_unread(int status, std::string_view text);
  void gone();
  void close();
  void trim();
  void trim_soon();
  void arm(std::uint32_t ms) noexcept { context_.loop.timers().schedule(*this, ms); }
  const Timeouts& timeouts() const noexcept { return context_.options.timeouts; }
  const Limits& limits() const noexcept { return context_.options.limits; }
  void on_timeout() override;

  DriverContext& context_;
  ConnectionKeeper& keeper_;
  Transport transport_;
  Buffer buffer_;
  IpAddress address_;  ///< the socket's peer, or what its PROXY header said
  bool trusted_ = false;
  State state_ = State::kIdle;
  Waits waits_ = Waits::kNothing;
  bool trimmed_ = true;
  std::size_t head_size_ = 0;  ///< the head stays at the front of the buffer while its request is under way
  std::size_t scanned_ = 0;
  std::size_t dropped_ = 0;  ///< bytes read for nothing while draining or lingering
  std::uint64_t requests_ = 0;
  unsigned turn_ = 0;  ///< requests, or pieces of a body, since the others had their turn
  std::unique_ptr<Work> work_;
};

}  // namespace gatehouse::http
