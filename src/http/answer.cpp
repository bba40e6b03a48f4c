#include "http/answer.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace gatehouse::http {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};
constexpr Reason kReasons[] = {{200, "OK"},
                               {201, "Created"},
                               {202, "Accepted"},
                               {203, "Non-Authoritative Information"},
                               {204, "No Content"},
                               {205, "Reset Content"},
                               {206, "Partial Content"},
                               {207, "Multi-Status"},
                               {300, "Multiple Choices"},
                               {301, "Moved Permanently"},
                               {302, "Found"},
                               {303, "See Other"},
                               {304, "Not Modified"},
                               {307, "Temporary Redirect"},
                               {308, "Permanent Redirect"},
                               {400, "Bad Request"},
                               {401, "Unauthorized"},
                               {402, "Payment Required"},
                               {403, "Forbidden"},
                               {404, "Not Found"},
                               {405, "Method Not Allowed"},
                               {406, "Not Acceptable"},
                               {408, "Request Timeout"},
                               {409, "Conflict"},
                               {410, "Gone"},
                               {411, "Length Required"},
                               {412, "Precondition Failed"},
                               {413, "Content Too Large"},
                               {414, "URI Too Long"},
                               {415, "Unsupported Media Type"},
                               {416, "Range Not Satisfiable"},
                               {417, "Expectation Failed"},
                               {421, "Misdirected Request"},
                               {422, "Unprocessable Content"},
                               {423, "Locked"},
                               {424, "Failed Dependency"},
                               {428, "Precondition Required"},
                               {429, "Too Many Requests"},
                               {431, "Request Header Fields Too Large"},
                               {451, "Unavailable For Legal Reasons"},
                               {500, "Internal Server Error"},
                               {501, "Not Implemented"},
                               {502, "Bad Gateway"},
                               {503, "Service Unavailable"},
                               {504, "Gateway Timeout"},
                               {505, "HTTP Version Not Supported"},
                               {507, "Insufficient Storage"}};

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  for (const Reason& reason : kReasons) {
    if (reason.status == status) return reason.phrase;
  }
  return "Answer";
}

std::string neutral_body(std::string_view text) {
  std::string body = "{\"errorMessages\":[\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') body += '\\';
    body += byte;
  }
  return body + "\"],\"errors\":{}}";
}

void AnswerWriter::begin(const Request& request) noexcept {
  request_ = request;
  body_ = Body::kNone;
  left_ = 0;
  head_given_ = closes_ = false;
  head_.clear();
  part_count_ = part_at_ = 0;
}

bool AnswerWriter::add(const Action& action, std::string_view date_line) {
  if (empty()) part_count_ = part_at_ = 0;
  if (!head_given_) {
    if (action.status < 200 || action.status > 599) return false;
    compose_head(action, date_line);
    head_given_ = true;
    add_part(head_);
  } else if (action.status != 0) {
    return false;
  }
  return add_body(action.body, action.last);
}

void AnswerWriter::compose_head(const Action& action, std::string_view date_line) {
  const bool bodyless = request_.method == Method::kHead || action.status == 204 || action.status == 304;
  std::int64_t length = action.content_length;
  if (length < 0 && action.last && !bodyless) length = static_cast<std::int64_t>(action.body.size());
  closes_ = !request_.keep_alive || action.close;
  head_.clear();
  head_.append("HTTP/1.1 ");
  append_number(head_, static_cast<std::uint64_t>(action.status));
  head_.append(" ").append(reason_phrase(action.status)).append("\r\n").append(date_line).append(action.head);
  if (bodyless) {
    body_ = Body::kNone;
    // Of HEAD and 304 it tells what GET would have; 204 has none (RFC 9110 section 8.6).
    if (length >= 0 && action.status != 204)
      head_.append("Content-Length: "), append_number(head_, static_cast<std::uint64_t>(length)), head_.append("\r\n");
  } else if (length >= 0) {
    body_ = Body::kLength;
    left_ = static_cast<std::uint64_t>(length);
    head_.append("Content-Length: ");
    append_number(head_, left_);
    head_.append("\r\n");
  } else if (request_.minor_version == 1) {
    body_ = Body::kChunked;
    head_.append("Transfer-Encoding: chunked\r\n");
  } else {
    body_ = Body::kUntilClose;
    closes_ = true;
  }
  if (closes_) {
    head_.append("Connection: close\r\n");
  } else if (request_.minor_version == 0) {
    head_.append("Connection: keep-alive\r\n");
  }
  head_.append("\r\n");
}

bool AnswerWriter::add_body(std::string_view piece, bool last) {
  switch (body_) {
    case Body::kNone: return true;
    case Body::kLength:
      if (piece.size() > left_) return false;
      left_ -= piece.size();
      if (last && left_ > 0) return false;
      add_part(piece);
      return true;
    case Body::kUntilClose: add_part(piece); return true;
    case Body::kChunked: break;
  }
  const bool data = !piece.empty();
  if (data) {
    char* end = std::to_chars(chunk_line_.data(), chunk_line_.data() + 16, piece.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    add_part({chunk_line_.data(), static_cast<std::size_t>(end - chunk_line_.data())});
    add_part(piece);
  }
  if (last) {
    add_part(data ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
  } else if (data) {
    add_part("\r\n");
  }
  return true;
}

void AnswerWriter::add_part(std::string_view part) noexcept {
  if (!part.empty()) parts_[part_count_++] = iovec{const_cast<char*>(part.data()), part.size()};
}

Io AnswerWriter::write(Transport& transport) noexcept {
  while (part_at_ < part_count_) {
    const IoResult result = transport.write(&parts_[part_at_], static_cast<int>(part_count_ - part_at_));
    if (result.status != Io::kDone) return result.status;
    std::size_t left = result.bytes;
    while (left > 0) {
      iovec& part = parts_[part_at_];
      const std::size_t take = std::min(left, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + take;
      part.iov_len -= take;
      left -= take;
      if (part.iov_len == 0) ++part_at_;
    }
  }
  part_count_ = part_at_ = 0;
  return Io::kDone;
}

void AnswerWriter::keep(std::string_view region) {
  bool within = false;
  for (std::size_t at = part_at_; at < part_count_; ++at) {
    const char* begin = static_cast<const char*>(parts_[at].iov_base);
    within |= begin >= region.data() && begin < region.data() + region.size();
  }
  if (!within) return;
  std::string kept;
  for (std::size_t at = part_at_; at < part_count_; ++at)
    kept.append(static_cast<const char*>(parts_[at].iov_base), parts_[at].iov_len);
  head_ = std::move(kept);
  part_count_ = part_at_ = 0;
  add_part(head_);
}

}  // namespace gatehouse::http
