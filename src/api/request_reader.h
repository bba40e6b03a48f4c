// From bytes to one Request, by Beast's parser, and from a Response to bytes. The only file of api/ that includes Beast.
//
// Beast accepts much that two parsers may read differently; what can be seen of it afterwards is refused here. Bodies come with
// Content-Length only: no client of this API needs chunks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/message.h"

namespace gatehouse::api {

class RequestReader {
 public:
  RequestReader();
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  enum class Status { kMore, kDone, kRefused };
  /// Takes bytes; `used` is how many of them belong to this request. After kDone, request() holds it.
  Status feed(std::string_view bytes, std::size_t& used);
  /// The whole head is there, and the client waits for "100 Continue" before it sends the body.
  bool wants_continue() const noexcept;
  /// Something of a request was read.
  bool started() const noexcept;
  Request& request() noexcept { return request_; }
  bool keep_alive() const noexcept { return keep_alive_; }
  /// Of kRefused.
  int status() const noexcept { return status_; }

 private:
  struct Parser;
  Status refuse(int status) noexcept;
  bool accept_head();
  std::unique_ptr<Parser> parser_;
  Request request_;
  bool keep_alive_ = false;
  int status_ = 0;
};

/// Status line, fields, body. Adds Date, Content-Length, and what every answer carries: nosniff, no-store where nothing else says
/// how to cache, no framing by other pages. `head_only`: of a HEAD request. Of a stream the head alone: it ends with the
/// connection.
std::string serialize(const Response& response, bool keep_alive, bool head_only);

}  // namespace gatehouse::api
