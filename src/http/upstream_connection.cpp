#include "http/upstream_connection.h"

#include <sys/epoll.h>

#include <utility>

#include "http/head_scanner.h"
#include "http/upstream_call.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {
namespace {
constexpr std::size_t kTurnBytes = 1024 * 1024;  // read of one answer before others have their turn
constexpr unsigned kMaxInterim = 16;             // 1xx before an answer; more is a flood
}  // namespace

UpstreamConnection::UpstreamConnection(UpstreamPool& pool, UpstreamKey& key, std::shared_ptr<const UpstreamRoute> route)
    : pool_(pool), key_(&key), route_(std::move(route)), buffer_(pool.loop().buffers(), BufferPool::kSmall) {}

void UpstreamConnection::be_idle() noexcept {
  phase_ = Phase::kIdle;
  buffer_.release();
  pool_.loop().timers().schedule(*this, pool_.timeouts().upstream_idle);
}

void UpstreamConnection::begin(UpstreamCall& call) noexcept {
  phase_ = Phase::kBusy;
  call_ = &call;
  scanned_ = 0;
  interim_ = 0;
  head_done_ = answered_ = filled_ = write_failed_ = false;
  used_ = true;
}

void UpstreamConnection::close() noexcept {
  phase_ = Phase::kClosed;
  cancel();
  opening_.reset();
  buffer_.release();
  transport_.close();
}

void UpstreamConnection::expect_progress() noexcept { pool_.loop().timers().schedule(*this, pool_.timeouts().answer_stall); }
void UpstreamConnection::expect_head() noexcept { pool_.loop().timers().schedule(*this, pool_.timeouts().answer_head); }

/// An upstream that refuses a request early may have answered and closed: what it said is worth more than the broken pipe.
void UpstreamConnection::on_write_failed() {
  write_failed_ = true;
  pool_.loop().defer([this, call = call_] {
    if (phase_ == Phase::kBusy && call_ == call) read_answer();
  });
}

void UpstreamConnection::give_back_unused() {
  call_ = nullptr;
  pool_.release(*this, true);
}

void UpstreamConnection::abandon() {
  call_ = nullptr;
  pool_.remove(*this);
}

void UpstreamConnection::on_ready(std::uint32_t events) {
  if (!transport_.is_open()) return;
  transport_.note(events);
  switch (phase_) {
    case Phase::kBusy: {
      UpstreamCall* call = call_;
      if (events & EPOLLOUT) call->on_writable();
      if (phase_ == Phase::kBusy && call_ == call) read_answer();
      return;
    }
    case Phase::kIdle:
      // Whatever an idle upstream says, it is not an answer to us. (TLS has tickets to give: those are quiet.)
      if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 && !transport_.is_quiet()) pool_.remove(*this);
      return;
    case Phase::kFinishing:
    case Phase::kFailed:
    case Phase::kClosed: return;
    default: on_opening_ready();
  }
}

void UpstreamConnection::on_timeout() {
  switch (phase_) {
    case Phase::kBusy: return lost(UpstreamFailure::kTimeout);
    case Phase::kIdle: return pool_.remove(*this);
    case Phase::kFinishing:
    case Phase::kFailed:
    case Phase::kClosed: return;
    default: on_opening_timeout();
  }
}

void UpstreamConnection::read_answer() {
  std::size_t turn = 0;
  while (phase_ == Phase::kBusy && !call_->paused()) {
    if (!hand_over()) return;
    if (!make_room()) return lost(UpstreamFailure::kFraming);
    const std::size_t room = buffer_.room_size();
    const IoResult result = transport_.read(buffer_.room(), room);
    switch (result.status) {
      case Io::kDone:
        buffer_.commit(result.bytes);
        filled_ = result.bytes == room;
        answered_ = true;
        turn += result.bytes;
        if (turn > kTurnBytes) return pool_.loop().again(*this);
        continue;
      case Io::kEnd: return on_peer_end();
      case Io::kFailed: return lost(UpstreamFailure::kReset);
      case Io::kAgain: break;
    }
    if (write_failed_) return lost(UpstreamFailure::kReset);
    if (buffer_.empty()) buffer_.release();
    if (!head_done_) return;
    if (!pending()) expect_progress();
    call_->owner().on_call_rest(*call_);
    return;
  }
}

bool UpstreamConnection::make_room() {
  if (buffer_.empty()) {
    buffer_.compact();
    if (filled_ && head_done_) buffer_.grow();
    return true;
  }
  if (buffer_.room_size() > 0) return true;
  buffer_.compact();
  return buffer_.room_size() > 0 || buffer_.grow();
}

/// True where more bytes are needed; false where the call is over, paused or gone.
bool UpstreamConnection::hand_over() {
  if (!head_done_) {
    if (buffer_.empty()) return true;
    if (!scan_head()) return phase_ == Phase::kBusy && !head_done_;
  }
  if (call_->paused()) cancel();
  return hand_over_body();
}

/// True where the head was handed over and the call goes on.
bool UpstreamConnection::scan_head() {
  const Method method = call_->request().method;
  for (;;) {
    head_.fields.clear();
    const ScanResult scan = scan_response(buffer_.bytes(), method, head_, scanned_);
    if (scan.verdict == Verdict::kIncomplete) {
      scanned_ = buffer_.bytes().size();
      return false;
    }
    const bool interim = head_.status < 200;
    if (scan.verdict != Verdict::kComplete || head_.status == 101 || (interim && ++interim_ > kMaxInterim)) {
      lost(UpstreamFailure::kFraming);
      return false;
    }
    buffer_.consume(scan.consumed);
    scanned_ = 0;
    if (!interim) break;
    if (buffer_.empty()) return false;
  }
  head_done_ = true;
  body_.begin(head_.framing);
  expect_progress();
  UpstreamCall* call = call_;
  call->on_head();
  call->owner().on_call_head(*call, head_);
  return phase_ == Phase::kBusy && call_ == call;
}

bool UpstreamConnection::hand_over_body() {
  while (phase_ == Phase::kBusy && !call_->paused()) {
    const BodyReader::Step step = body_.next(buffer_.bytes());
    if (step.status == BodyReader::Step::Status::kError) {
      lost(UpstreamFailure::kFraming);
      return false;
    }
    buffer_.consume(step.consumed);
    if (step.status == BodyReader::Step::Status::kNeedMore) return true;
    if (step.last) {
      finish(step.piece);
      return false;
    }
    expect_progress();
    UpstreamCall* call = call_;
    call->owner().on_call_body(*call, step.piece, false);
    if (phase_ == Phase::kBusy && call_ == call && call->paused()) cancel();  // the client is slow, not the upstream
    if (call_ != call) return false;
  }
  return false;
}

void UpstreamConnection::finish(std::string_view piece) {
  cancel();
  UpstreamCall* call = std::exchange(call_, nullptr);
  phase_ = Phase::kFinishing;
  // Bytes behind a complete answer belong to no request: the next would be answered with them.
  const bool reusable = head_.keep_alive && call->request_is_out() && buffer_.empty();
  if (transport_.is_tls() && !key_->session) key_->session = transport_.session();
  CallOwner& owner = call->owner();
  call->release();
  owner.on_call_body(*call, piece, true);
  buffer_.release();
  if (phase_ == Phase::kFinishing) pool_.release(*this, reusable);
}

void UpstreamConnection::on_peer_end() {
  if (head_done_ && body_.kind() == Framing::Kind::kUntilClose) {
    body_.end();
    finish({});
    return;
  }
  lost(UpstreamFailure::kReset);
}

void UpstreamConnection::lost(UpstreamFailure failure) {
  UpstreamCall* call = std::exchange(call_, nullptr);
  const bool answered = answered_;
  pool_.remove(*this);
  call->on_lost(failure, answered);
}

}  // namespace gatehouse::http
