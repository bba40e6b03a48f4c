#include "http/upstream_call.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "http/upstream_connection.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {
namespace {

/// Appends to a fixed array; what does not fit is a bug of ours that the caller's sizes rule out.
class Scribe {
 public:
  Scribe(char* to, std::size_t size) noexcept : begin_(to), at_(to), end_(to + size) {}
  Scribe& text(std::string_view part) noexcept {
    const std::size_t count = std::min(part.size(), static_cast<std::size_t>(end_ - at_));
    if (count > 0) std::memcpy(at_, part.data(), count);
    at_ += count;
    return *this;
  }
  Scribe& number(std::uint64_t value, int base = 10) noexcept {
    at_ = std::to_chars(at_, end_, value, base).ptr;
    return *this;
  }
  std::string_view done() const noexcept { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  char* begin_;
  char* at_;
  char* end_;
};

std::string_view host_line(const UpstreamRoute& route, char* to, std::size_t size) noexcept {
  Scribe scribe(to, size);
  const bool bare_v6 = route.host.find(':') != std::string::npos;
  scribe.text("Host: ").text(bare_v6 ? "[" : "").text(route.host).text(bare_v6 ? "]" : "");
  const std::uint16_t usual = route.scheme == "https" ? 443 : 80;
  if (route.port != usual) scribe.text(":").number(route.port);
  return scribe.text("\r\n").done();
}

bool has_body_by_nature(Method method) noexcept {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

}  // namespace

void UpstreamCall::start(UpstreamPool& pool, CallOwner& owner, const UpstreamRequest& request, const BodyRest& rest,
                         bool may_retry) {
  cancel();
  pool_ = &pool;
  owner_ = &owner;
  request_ = &request;
  rest_ = rest;
  may_retry_ = may_retry;
  tried_ = sent_any_ = views_gone_ = paused_ = false;
  pool.acquire(*this);
}

void UpstreamCall::cancel() noexcept {
  if (!active()) return;
  if (waiting_) pool_->forget_waiting(*this);
  UpstreamConnection* connection = connection_;
  release();
  if (connection != nullptr) connection->abandon();
}

/// The call is over; nothing of it is told any more.
void UpstreamCall::release() noexcept {
  Timer::cancel();
  ++generation_;
  pool_ = nullptr;
  connection_ = nullptr;
  waiting_ = wants_piece_ = sent_all_ = paused_ = false;
}

void UpstreamCall::take(UpstreamConnection& connection, bool within_start) {
  Timer::cancel();
  waiting_ = false;
  connection_ = &connection;
  if (owner_->may_send(*this)) {
    compose();
    if (write() && !within_start && wants_piece_) owner_->on_call_wants_piece(*this);
  } else {
    // Nothing was sent: the connection is as good as before.
    connection_ = nullptr;
    connection.give_back_unused();
    if (within_start) {
      fail_later(UpstreamFailure::kNotPermitted);
    } else {
      fail_now(UpstreamFailure::kNotPermitted);
    }
  }
}

void UpstreamCall::fail_later(UpstreamFailure failure) {
  pool_->loop().defer([this, failure, generation = generation_] {
    if (generation == generation_ && active()) fail_now(failure);
  });
}

void UpstreamCall::fail_now(UpstreamFailure failure) {
  CallOwner& owner = *owner_;
  const bool any = sent_any_;
  release();
  owner.on_call_failed(*this, failure, any);
}

void UpstreamCall::add(std::string_view part) noexcept {
  if (part.empty()) return;
  parts_[part_count_++] = iovec{const_cast<char*>(part.data()), part.size()};
}

void UpstreamCall::compose() {
  part_count_ = part_at_ = 0;
  sent_all_ = wants_piece_ = last_piece_ = sent_this_try_ = false;
  const std::string_view head = request_->head;
  const std::size_t line = std::min(head.find('\n'), head.size() - 1) + 1;
  const bool chunked = rest_.streams && rest_.chunked;
  const std::uint64_t own = request_->has_body ? request_->body.size() : 0;
  add(head.substr(0, line));
  add(host_line(*request_->route, host_line_.data(), host_line_.size()));
  add(head.substr(line));
  add(request_->route->authorization.expose());
  Scribe framing(framing_.data(), framing_.size());
  if (chunked) {
    framing.text("Transfer-Encoding: chunked\r\n\r\n");
    if (own > 0) framing.number(own, 16).text("\r\n");
  } else {
    const bool any = request_->has_body || rest_.streams || has_body_by_nature(request_->method);
    if (any) framing.text("Content-Length: ").number(own + (rest_.streams ? rest_.length : 0)).text("\r\n");
    framing.text("\r\n");
  }
  add(framing.done());
  if (own > 0) add(request_->body);
  if (chunked && own > 0) add("\r\n");
}

void UpstreamCall::send_piece(std::string_view piece, bool last) {
  if (!wants_piece_) return;
  wants_piece_ = false;
  last_piece_ = last;
  views_gone_ = true;
  part_count_ = part_at_ = 0;
  if (rest_.chunked) {
    Scribe framing(framing_.data(), framing_.size());
    if (!piece.empty()) {
      add(framing.number(piece.size(), 16).text("\r\n").done());
      add(piece);
    }
    const bool data = !piece.empty();
    if (last) {
      add(data ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
    } else if (data) {
      add("\r\n");
    }
  } else {
    // More than was announced would be read as a request of its own: the length was checked when the body was read.
    rest_.length -= std::min<std::uint64_t>(rest_.length, piece.size());
    add(piece);
  }
  write();
}

/// Writes on. False where more room is needed, or the connection broke: it then tells by itself, later.
bool UpstreamCall::write() {
  while (part_at_ < part_count_) {
    const IoResult result = connection_->transport().write(&parts_[part_at_], static_cast<int>(part_count_ - part_at_));
    if (result.status == Io::kAgain) {
      connection_->expect_progress();
      return false;
    }
    if (result.status != Io::kDone) {
      connection_->on_write_failed();
      return false;
    }
    std::size_t left = result.bytes;
    if (left > 0) sent_any_ = sent_this_try_ = true;
    while (left > 0 && part_at_ < part_count_) {
      iovec& part = parts_[part_at_];
      const std::size_t take = std::min(left, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + take;
      part.iov_len -= take;
      left -= take;
      if (part.iov_len == 0) ++part_at_;
    }
  }
  if (rest_.streams && !last_piece_ && (rest_.chunked || rest_.length > 0)) {
    wants_piece_ = true;
    connection_->expect_nothing();
  } else {
    sent_all_ = true;
    connection_->expect_head();
  }
  return true;
}

void UpstreamCall::on_writable() {
  if (sent_all_ || wants_piece_ || part_at_ == part_count_) return;
  // The first byte is still to be sent: whether it may be is asked as late as can be.
  if (!sent_this_try_ && !owner_->may_send(*this)) {
    UpstreamConnection* connection = connection_;
    connection_ = nullptr;
    connection->give_back_unused();
    fail_now(UpstreamFailure::kNotPermitted);
    return;
  }
  if (write() && wants_piece_) owner_->on_call_wants_piece(*this);
}

void UpstreamCall::on_lost(UpstreamFailure failure, bool any_byte_answered) {
  connection_ = nullptr;
  wants_piece_ = false;
  const bool unsent = !sent_any_;
  const bool harmless = request_->idempotent && !any_byte_answered;
  if (may_retry_ && !tried_ && !views_gone_ && failure == UpstreamFailure::kReset && (unsent || harmless)) {
    tried_ = true;
    pool_->acquire(*this);
    return;
  }
  fail_now(failure);
}

void UpstreamCall::resume() {
  paused_ = false;
  if (connection_ != nullptr) connection_->read_answer();
}

void UpstreamCall::on_timeout() {
  // Of the pool's queue.
  pool_->forget_waiting(*this);
  fail_now(pool_->has_live(*request_) ? UpstreamFailure::kBusy : UpstreamFailure::kTimeout);
}

}  // namespace gatehouse::http
