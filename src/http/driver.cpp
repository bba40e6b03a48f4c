#include "http/driver.h"

#include <array>
#include <utility>

#include "http/trusted_proxy.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {
namespace {
constexpr unsigned kTurnRequests = 32;
constexpr std::uint32_t kLingerMs = 2'000;
constexpr std::size_t kWarmWorks = 256;      // more connections than these give back at once what only a request needs
constexpr std::size_t kBodyRoom = 4 * 1024;  // less behind a head is not worth reading a body into

void count(std::atomic<std::uint64_t>& counter) noexcept {
  // One writer: no need for a locked instruction.
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}
}  // namespace

ClientConnection::ClientConnection(DriverContext& context, ConnectionKeeper& keeper, int descriptor, const IpAddress& peer)
    : context_(context),
      keeper_(keeper),
      buffer_(context.loop.buffers(), BufferPool::kSmall),
      address_(peer),
      trusted_(is_in(context.options.trusted_proxies, peer)) {
  transport_.open(descriptor);
}

ClientConnection::~ClientConnection() {
  if (work_) end_exchange(false);
}

void ClientConnection::begin() {
  if (context_.options.proxy_protocol && trusted_) {
    state_ = State::kProxyHeader;
  } else if (context_.tls) {
    state_ = State::kHandshake;
  }
  if (state_ == State::kHandshake && !transport_.start_tls_listener(context_.tls)) return close();
  arm(timeouts().head);
}

void ClientConnection::on_ready(std::uint32_t events) {
  if (state_ == State::kClosed) return;
  transport_.note(events);
  turn_ = 0;
  if (state_ == State::kRunning) {
    if (transport_.is_broken()) return gone();
    if (waits_ == Waits::kOutput) {
      if (write_answer()) output_is_out();
    } else if (waits_ == Waits::kBody) {
      feed_body();
    } else if (work_->call.wants_piece()) {
      stream_body();
    }
  }
  advance();
}

/// Goes on until there is nothing to do without a new event.
void ClientConnection::advance() {
  for (;;) {
    switch (state_) {
      case State::kProxyHeader:
        if (!read_proxy_header()) return;
        break;
      case State::kHandshake:
        if (!shake_hands()) return;
        break;
      case State::kIdle:
      case State::kHead:
        // A client that never stops asking must not keep the thread from the others.
        if (++turn_ > kTurnRequests) return context_.loop.again(*this);
        if (!read_head()) return;
        break;
      case State::kDraining:
        if (!drain_body()) return;
        break;
      case State::kRunning:
        if (waits_ != Waits::kUpstream || !work_->call.active() || !work_->call.paused()) return;
        work_->call.resume();
        break;
      case State::kLingering: return linger();
      case State::kClosed: return;
    }
  }
}

bool ClientConnection::read_proxy_header() {
  // Looked at without taking: what follows the header may be TLS's.
  std::array<char, kMaxProxyHeader> bytes;
  const IoResult seen = transport_.peek(bytes.data(), bytes.size());
  if (seen.status == Io::kAgain) return false;
  if (seen.status != Io::kDone) return close(), false;
  const ProxyHeader header = http::read_proxy_header({bytes.data(), seen.bytes});
  if (header.status == ProxyHeader::Status::kRefused) return close(), false;
  if (header.status == ProxyHeader::Status::kIncomplete) return transport_.peer_has_closed() ? (close(), false) : false;
  const IoResult taken = transport_.read(bytes.data(), header.consumed);
  if (taken.status != Io::kDone || taken.bytes != header.consumed) return close(), false;
  if (header.source) address_ = *header.source;
  if (!context_.tls) {
    state_ = State::kIdle;
    return true;
  }
  if (!transport_.start_tls_listener(context_.tls)) return close(), false;
  state_ = State::kHandshake;
  return true;
}

bool ClientConnection::shake_hands() {
  switch (transport_.handshake()) {
    case Io::kDone: state_ = State::kIdle; return true;
    case Io::kAgain: return false;
    default: close(); return false;
  }
}

/// True where the state has changed.
bool ClientConnection::read_head() {
  for (;;) {
    if (!buffer_.empty() && scan()) return true;
    const IoResult result = transport_.read(buffer_.room(), buffer_.room_size());
    if (result.status == Io::kDone) {
      buffer_.commit(result.bytes);
      continue;
    }
    if (result.status != Io::kAgain) return close(), false;
    if (buffer_.empty()) {
      buffer_.release();
      if (context_.draining) return transport_.shut_down(), close(), false;
    } else if (state_ == State::kIdle) {
      state_ = State::kHead;
      arm(timeouts().head);
    }
    return false;
  }
}

/// True where a request began or was refused.
bool ClientConnection::scan() {
  if (!work_) work_ = std::make_unique<Work>(context_);
  const ScanResult result = scan_request(buffer_.bytes(), work_->head, scanned_);
  if (result.verdict == Verdict::kComplete) {
    begin_request(result.consumed);
    return true;
  }
  if (result.verdict == Verdict::kIncomplete) {
    scanned_ = buffer_.bytes().size();
    if (buffer_.room_size() > 0) return false;
    buffer_.compact();
    if (buffer_.room_size() > 0 || buffer_.grow()) return false;
  }
  count(context_.statistics.refused_by_scanner);
  const VerdictText text = describe(result.verdict == Verdict::kIncomplete ? Verdict::kHeadTooLarge : result.verdict);
  refuse_unread(text.status, text.text);
  return true;
}

/// For a request whose head is not whole or not believed: nothing that was scanned of it is used.
void ClientConnection::refuse_unread(int status, std::string_view text) {
  work_->begun = work_->last = false;
  work_->body.begin(Framing());
  work_->answer.begin({});
  state_ = State::kRunning;
  refuse(status, text);
}

void ClientConnection::begin_request(std::size_t head_size) {
  Work& work = *work_;
  const Framing& framing = work.head.framing;
  const bool whole = framing.kind == Framing::Kind::kNone ||
                     (framing.kind == Framing::Kind::kLength && framing.length <= buffer_.bytes().size() - head_size);
  // What streams does so in larger pieces than a small block has room for.
  const bool streams = framing.kind == Framing::Kind::kLength && framing.length > buffer_.room_size();
  if (!whole && (streams || buffer_.room_size() < kBodyRoom) && buffer_.grow()) {
    // The head has moved: it is read once more where it stands now.
    const ScanResult again = scan_request(buffer_.bytes(), work.head);
    if (again.verdict != Verdict::kComplete) return gone();
  }
  // The head stays in front; the body is read behind it.
  head_size_ = head_size;
  buffer_.consume(head_size);
  cancel();
  state_ = State::kRunning;
  waits_ = Waits::kNothing;
  trimmed_ = false;
  ++requests_;
  count(context_.statistics.requests);
  work.body.begin(framing);
  work.body_held = 0;
  work.refused = work.last = work.last_piece_given = false;
  work.continued = !work.head.expects_continue;
  work.begun = true;
  const bool keep = work.head.keep_alive && !context_.draining && requests_ < limits().requests_per_connection;
  work.answer.begin({work.head.method, work.head.minor_version, keep});
  Peer peer;
  peer.address = client_address();
  peer.tls = transport_.is_tls();
  perform(work.exchange->on_head(work.head, peer, context_.loop.now()));
}

IpAddress ClientConnection::client_address() const {
  if (!trusted_ || context_.options.proxy_protocol) return address_;
  return forwarded_client(work_->head.fields, address_, context_.options.trusted_proxies);
}

void ClientConnection::next_request() {
  buffer_.compact();
  scanned_ = 0;
  state_ = State::kIdle;
  waits_ = Waits::kNothing;
  arm(timeouts().idle_trim < timeouts().keep_alive ? timeouts().idle_trim : timeouts().keep_alive);
  if (!buffer_.empty()) return;
  buffer_.release();
  if (context_.works > kWarmWorks) trim_soon();
}

/// Not now: what is called here may lie in it.
void ClientConnection::trim_soon() {
  context_.loop.defer([this] {
    if (state_ != State::kIdle || trimmed_ || !buffer_.empty()) return;
    trim();
    arm(timeouts().keep_alive);
  });
}

bool ClientConnection::drain_body() {
  for (;;) {
    std::string_view piece;
    bool last = false;
    switch (next_piece(piece, last)) {
      case Got::kNothing: return false;
      case Got::kGone:
      case Got::kBad: close(); return false;
      case Got::kPiece: break;
    }
    if (last) {
      cancel();
      next_request();
      return true;
    }
    dropped_ += piece.size();
    if (dropped_ > limits().drained_body) return start_lingering(), true;
  }
}

void ClientConnection::start_lingering() {
  state_ = State::kLingering;
  dropped_ = 0;
  buffer_.release();
  if (transport_.peer_has_closed() || transport_.is_broken()) {
    transport_.shut_down();
    return close();
  }
  transport_.shut_down();
  arm(kLingerMs);
}

void ClientConnection::linger() {
  for (;;) {
    buffer_.compact();
    const IoResult result = transport_.read(buffer_.room(), buffer_.room_size());
    if (result.status == Io::kAgain) return buffer_.release();
    dropped_ += result.bytes;
    if (result.status != Io::kDone || dropped_ > limits().drained_body) return close();
  }
}

void ClientConnection::refuse(int status, std::string_view text) {
  Work& work = *work_;
  work.call.cancel();
  work.lookups.cancel();
  forget_elsewhere();
  work.refused = true;
  if (work.answer.head_given()) return abort();
  const std::string body = neutral_body(text);
  Action action;
  action.kind = Action::Kind::kRespond;
  action.status = status;
  action.head = "Content-Type: application/json\r\n";
  action.body = body;
  action.last = action.close = true;
  respond(action);
  if (state_ == State::kRunning) work.answer.keep(body);
}

void ClientConnection::drain() {
  advance();
  // Whatever of a request has arrived is answered; then the connection is closed.
  if (state_ == State::kIdle) {
    transport_.shut_down();
    close();
  }
}

void ClientConnection::abort() {
  transport_.reset_on_close();
  gone();
}

void ClientConnection::gone() {
  if (work_) {
    work_->call.cancel();
    work_->lookups.cancel();
    end_exchange(false);
  }
  close();
}

void ClientConnection::end_exchange(bool complete) {
  forget_elsewhere();
  if (!std::exchange(work_->begun, false)) return;
  work_->exchange->on_finished(complete && !work_->refused, context_.loop.now());
  work_->share.give_back();
}

void ClientConnection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  cancel();
  transport_.close();
  buffer_.release();
  keeper_.on_closed(*this);
}

void ClientConnection::trim() {
  work_.reset();
  trimmed_ = true;
}

void ClientConnection::on_timeout() {
  switch (state_) {
    case State::kIdle:
      // A connection that has not said anything yet waits for its first request no longer than for a head.
      if (trimmed_ || timeouts().keep_alive <= timeouts().idle_trim) {
        transport_.shut_down();
        return close();
      }
      trim();
      return arm(timeouts().keep_alive - timeouts().idle_trim);
    case State::kHead: refuse_unread(408, "The head of the request did not arrive in time."); return advance();
    case State::kRunning:
      if (waits_ == Waits::kOutput) return abort();
      if (waits_ == Waits::kPause) {
        perform(work_->exchange->on_pause_over(context_.loop.now()));
        return advance();
      }
      if (waits_ == Waits::kElsewhere) {
        refuse(504, "It took too long. It may have been carried out all the same.");
        return advance();
      }
      refuse(408, "The body of the request did not arrive in time.");
      return advance();
    default: return close();
  }
}

}  // namespace gatehouse::http
