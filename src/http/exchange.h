// Exchange: one request and its answer, as a state machine that does no I/O.
//
// The driver (http/driver.h) feeds it events and carries out the one Action that each returns; gateway::GatewayExchange is
// the product's. All views in an Action stay valid until the next event. One Exchange lives as long as its client
// connection and is used for one request after the other (`reset`), so that its buffers are grown once. Not thread-safe:
// an Exchange belongs to the thread of its connection.
//
//   on_head ─► need_body* ─► ask* ─► send ─► on_response_head ─► respond … ─► (last) ─► on_finished
//
// Any event may answer kAsk (more look-ups), kSend (another upstream request, such as the next page or a media redirect)
// or kRespond with `last` (a refusal). After the head of the answer was given, only kRespond or kAbort may follow.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/secret.h"
#include "http/message.h"

namespace gatehouse::http {

/// Where an upstream request goes and as whom. Made by upstream/ alone; shared by all requests of one (site, credential).
struct UpstreamRoute {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< for the connection, TLS and the Host header
  std::uint16_t port = 0;
  std::string context_path;    ///< of the base URL: "" or "/jira"
  std::string pool_key;        ///< origin and credential id: connections are never shared across credentials
  std::string credential;      ///< the id of the site's credential; empty where it is none, or a person's
  SecretString authorization;  ///< a whole header line "Authorization: …\r\n", or empty
};

struct UpstreamRequest {
  std::shared_ptr<const UpstreamRoute> route;
  Method method = Method::kGet;
  /// Request line and header fields, each ended by CRLF, without Host, Authorization, framing and the blank line: the driver
  /// adds those.
  std::string_view head;
  std::string_view body;  ///< sent with Content-Length, where `has_body`
  bool has_body = false;
  /// What is left of the client's body follows (after `body`, where `has_body`), with its length or chunked anew.
  bool streams_body = false;
  bool idempotent = false;  ///< may be sent once more on a new connection where no byte was answered
};

/// A whole small answer, asked for in passing. At most kLookupLimit bytes are read of each.
struct LookupAnswer {
  bool failed = false;     ///< could not be had: no connection, time-out, too large
  bool timed_out = false;  ///< … because it took too long
  int status = 0;
  std::string body;
};
inline constexpr std::size_t kLookupLimit = 4 * 1024 * 1024;

enum class UpstreamFailure {
  kConnect,
  kTimeout,
  kReset,
  kFraming,
  kTls,
  kAddressRefused,
  kTooLarge,
  kBusy,         ///< every connection to this upstream is in use and the queue is full, or the memory budget is: 503
  kNotPermitted  ///< may_send said no: nothing was sent
};

struct Peer {
  IpAddress address;  ///< the client's: the socket's peer, or what a trusted proxy said
  bool tls = false;
};

struct Now {
  Instant wall;
  std::uint64_t steady_ms = 0;
};

/// The answer to something that was done elsewhere (Action::Kind::kElsewhere): what the client is told.
struct ElsewhereAnswer {
  int status = 500;
  std::string head;  ///< header fields, each ended by CRLF
  SecretString body;
};
/// May be called from any thread, once; later calls, and those for a client that has gone, do nothing.
using ElsewhereDone = std::function<void(ElsewhereAnswer)>;

struct Action {
  enum class Kind : std::uint8_t {
    /// Beyond limits.h (of this body, or of all in the process) the driver itself answers 413 or 503, and 408 or 400 where the
    /// body comes too late or badly framed: then follows on_finished(false) alone.
    kNeedBody,  ///< give me the next piece of the request's body (on_body)
    kAsk,       ///< carry out `lookups`, all at once, then on_lookups
    /// Call `elsewhere`, which has the work done on another thread (a gateway thread never waits for the database), then
    /// on_elsewhere. Where that takes longer than an upstream's answer may, the driver itself answers 504.
    kElsewhere,
    /// Call on_pause_over after `pause_ms`, or up to a tick of the timers later. Only before anything was answered.
    kPause,
    kSend,     ///< begin `upstream`, then on_response_head
    kWait,     ///< nothing to do now: give me the next piece of upstream's answer
    kRespond,  ///< write `status`, `head` (first time only) and `body`; `last` ends the answer
    kAbort,    ///< close the client's connection: the answer can't be ended honestly
  };
  Kind kind = Kind::kAbort;
  std::vector<UpstreamRequest>* lookups = nullptr;                ///< kAsk; owned by the exchange
  UpstreamRequest* upstream = nullptr;                            ///< kSend
  const std::function<void(ElsewhereDone)>* elsewhere = nullptr;  ///< kElsewhere; owned by the exchange
  std::uint32_t pause_ms = 0;                                     ///< kPause
  int status = 0;                                                 ///< kRespond: with the head, else 0
  std::string_view head;             ///< kRespond: header fields, each ended by CRLF; no framing, Date or Connection
  std::string_view body;             ///< kRespond: a piece of the answer's body
  std::int64_t content_length = -1;  ///< kRespond with the head: of the whole body; -1: not known, so chunked
  bool last = false;
  bool close = false;  ///< with `last`: close the connection afterwards
};

class Exchange {
 public:
  virtual ~Exchange() = default;
  /// A new request. `head` stays valid until on_finished.
  virtual Action on_head(const RequestHead& head, const Peer& peer, const Now& now) = 0;
  /// The next piece of the request's body, decoded. After kSend with streams_body it is asked for each piece before it is
  /// forwarded: kWait permits it, anything else ends the upstream request.
  virtual Action on_body(std::string_view piece, bool last) = 0;
  virtual Action on_lookups(std::vector<LookupAnswer>& answers, const Now& now) = 0;
  /// After kElsewhere. Exchanges that never ask for it need not say.
  virtual Action on_elsewhere(ElsewhereAnswer&, const Now&) { return {}; }
  /// After kPause, likewise.
  virtual Action on_pause_over(const Now&) { return {}; }
  /// Asked after the last wait and before the first byte of every upstream request (look-ups and a second try included): is
  /// the credential still live? After a `false` for kSend follows on_upstream_failure(kNotPermitted, false).
  virtual bool may_send(const Now& now) noexcept = 0;
  virtual Action on_response_head(const ResponseHead& head, const Now& now) = 0;
  /// Also called once, empty and `last`, where the answer has no body (HEAD, 204, 304).
  virtual Action on_response_body(std::string_view piece, bool last) = 0;
  /// `any_byte_sent`: whether upstream may have acted.
  virtual Action on_upstream_failure(UpstreamFailure failure, bool any_byte_sent) = 0;
  /// The answer is out (`complete`) or the client is gone. The exchange records the request and forgets it.
  virtual void on_finished(bool complete, const Now& now) = 0;
};

/// Makes one Exchange for each client connection of a thread. Called on that thread.
class ExchangeFactory {
 public:
  virtual ~ExchangeFactory() = default;
  virtual std::unique_ptr<Exchange> make() = 0;
};

}  // namespace gatehouse::http
