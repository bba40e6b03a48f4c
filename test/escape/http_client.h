// A plain blocking HTTP/1.1 client with keep-alive, for the escape test: it sends whatever bytes it is told to.
//
// Own code on purpose: the gateway's client would refuse to send what must be tried.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::escape {

constexpr const char* kOwnHost = "gate.example";
constexpr const char* kMappedHost = "jira.acme.example";
constexpr const char* kApiHost = "parts.example";

struct Question {
  std::string method = "GET";
  std::string target;  ///< below the site's prefix: "/rest/api/3/…"
  std::string body;
  std::string content_type;  ///< empty: application/json where there is a body
  std::vector<std::pair<std::string, std::string>> headers;
  unsigned bearer = 0;  ///< which of the house's tokens
  std::string host;     ///< the request goes to this host name, without the site's prefix; empty: with it, to the gateway's own

  /// One line that a person can repeat by hand.
  std::string text() const;
};

struct Answer {
  int status = 0;  ///< 0: no whole answer came
  std::string head;
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : port_(port) {}
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends it with `prefix` before the target. A connection that the server had closed meanwhile is opened anew, once.
  Answer ask(const Question& question, std::string_view prefix, std::string_view token);

 private:
  bool open();
  void close();
  bool send_all(std::string_view bytes);
  bool read_more();
  bool read_answer(bool head_only, Answer& answer);
  bool read_chunks(Answer& answer);

  std::uint16_t port_;
  int socket_ = -1;
  std::string buffer_;
};

/// The value of a header field in a head; empty where there is none. Names are compared without case.
std::string field_of(std::string_view head, std::string_view name);

}  // namespace gatehouse::escape
