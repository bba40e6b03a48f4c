// AnswerWriter: one answer to a client as gathered writes: its head, framing of its own, and the pieces of its body.
//
// Used by the driver. Bodies are views until they are out; only the head is copied.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/transport.h"

namespace gatehouse::http {

std::string_view reason_phrase(int status) noexcept;
/// {"errorMessages":[text],"errors":{}}: what the driver itself says, where no Exchange was asked.
std::string neutral_body(std::string_view text);

class AnswerWriter {
 public:
  /// What the request says about how it may be answered.
  struct Request {
    Method method = Method::kGet;
    int minor_version = 1;
    bool keep_alive = true;
  };

  void begin(const Request& request) noexcept;
  bool head_given() const noexcept { return head_given_; }
  /// Before the head is given: it says that the connection ends (RFC 9112 section 9.6).
  void end_connection() noexcept { request_.keep_alive = false; }
  /// Adds what a kRespond gives. False where it is not a whole answer: more or less body than announced, a bad order.
  bool add(const Action& action, std::string_view date_line);
  /// Whether the connection ends after this answer: said in its head, or the body's only end.
  bool closes() const noexcept { return closes_; }

  bool empty() const noexcept { return part_at_ == part_count_; }
  /// The head and nothing else waits to be written.
  bool only_head() const noexcept { return part_count_ == 1 && part_at_ == 0 && parts_[0].iov_base == head_.data(); }
  /// Writes on: kDone when all is out, kAgain where the client takes no more now.
  Io write(Transport& transport) noexcept;
  /// Copies what is not out yet, if it lies within `region`, which is about to go.
  void keep(std::string_view region);
  void trim() noexcept { std::string().swap(head_); }

 private:
  enum class Body : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  void compose_head(const Action& action, std::string_view date_line);
  bool add_body(std::string_view piece, bool last);
  void add_part(std::string_view part) noexcept;

  Request request_;
  Body body_ = Body::kNone;
  std::uint64_t left_ = 0;
  bool head_given_ = false;
  bool closes_ = false;
  std::string head_;
  std::array<char, 24> chunk_line_{};
  std::array<iovec, 4> parts_{};
  std::size_t part_count_ = 0;
  std::size_t part_at_ = 0;
};

}  // namespace gatehouse::http
