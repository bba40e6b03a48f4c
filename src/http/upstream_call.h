// UpstreamCall: one upstream request and its answer, over whichever connection the pool gives; keeps the rule of what may be
// sent a second time.
//
// The driver has one for the request itself and one for each look-up; fetch() has one. Lives on its loop's thread; cancels
// itself on destruction.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/timer_wheel.h"

namespace gatehouse::http {

class UpstreamCall;
class UpstreamConnection;
class UpstreamPool;

/// Who asked. None of these is called from within start, send_piece or cancel, but for may_send. The call may be cancelled or
/// started anew in each of them.
class CallOwner {
 public:
  virtual ~CallOwner() = default;
  virtual bool may_send(UpstreamCall& call) noexcept = 0;
  /// What was given so far is out: send_piece is wanted.
  virtual void on_call_wants_piece(UpstreamCall& call) = 0;
  virtual void on_call_head(UpstreamCall& call, const ResponseHead& head) = 0;
  /// With `last` the call is over. `piece` is valid until this returns, or where the call is paused until it is resumed.
  virtual void on_call_body(UpstreamCall& call, std::string_view piece, bool last) = 0;
  /// All that has arrived was handed over: the time to write what was gathered.
  virtual void on_call_rest(UpstreamCall& call) = 0;
  /// The call is over.
  virtual void on_call_failed(UpstreamCall& call, UpstreamFailure failure, bool any_byte_sent) = 0;
};

/// The rest of the client's body that follows a request.
struct BodyRest {
  bool streams = false;
  bool chunked = false;
  std::uint64_t length = 0;  ///< where not chunked
};

class UpstreamCall final : private Timer {
 public:
  UpstreamCall() = default;
  ~UpstreamCall() override { cancel(); }

  /// `request` and what it views must stay until the call is over; its head and body are not looked at again after
  /// on_call_wants_piece or on_call_head. `may_retry` false: nothing is sent twice whatever the request says.
  void start(UpstreamPool& pool, CallOwner& owner, const UpstreamRequest& request, const BodyRest& rest, bool may_retry = true);
  /// Forgets the call and closes its connection. Nothing where there is none.
  void cancel() noexcept;
  bool active() const noexcept { return pool_ != nullptr; }

  /// `piece` must stay until the next is wanted.
  bool wants_piece() const noexcept { return wants_piece_; }
  void send_piece(std::string_view piece, bool last);

  /// A paused call hands over nothing and reads nothing.
  void pause() noexcept { paused_ = true; }
  bool paused() const noexcept { return paused_; }
  void resume();

  const UpstreamRequest& request() const noexcept { return *request_; }

 private:
  friend class UpstreamConnection;
  friend class UpstreamPool;

  // For the pool.
  bool wants_fresh() const noexcept { return tried_; }
  void take(UpstreamConnection& connection, bool within_start);
  void fail_later(UpstreamFailure failure);
  void fail_now(UpstreamFailure failure);
  // For the connection.
  CallOwner& owner() noexcept { return *owner_; }
  bool request_is_out() const noexcept { return sent_all_; }
  void on_writable();
  void on_lost(UpstreamFailure failure, bool any_byte_answered);
  /// The answer has begun: what is not sent by now never is, and the connection is not used again.
  void on_head() noexcept {
    wants_piece_ = false;
    views_gone_ = true;
    part_at_ = part_count_;
  }
  void release() noexcept;

  void compose();
  void add(std::string_view part) noexcept;
  bool write();
  void on_timeout() override;

  UpstreamPool* pool_ = nullptr;
  CallOwner* owner_ = nullptr;
  const UpstreamRequest* request_ = nullptr;
  UpstreamConnection* connection_ = nullptr;
  std::uint32_t generation_ = 0;  ///< so that a failure told later finds the call it was meant for
  BodyRest rest_;
  bool waiting_ = false;  ///< in the pool's queue
  bool may_retry_ = true;
  bool tried_ = false;     ///< this is the second try
  bool sent_any_ = false;  ///< of any try
  bool sent_this_try_ = false;
  bool sent_all_ = false;
  bool wants_piece_ = false;
  bool last_piece_ = false;
  bool views_gone_ = false;  ///< the request can't be composed again
  bool paused_ = false;
  std::array<iovec, 8> parts_{};
  std::size_t part_count_ = 0;
  std::size_t part_at_ = 0;
  std::array<char, 320> host_line_{};
  std::array<char, 64> framing_{};
};

}  // namespace gatehouse::http
