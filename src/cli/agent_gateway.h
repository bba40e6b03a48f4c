// AgentGateway: the two requests that `gatehouse agent` makes, as the token itself: GET /v1/self and POST /v1/self/rotate.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::cli {

struct AgentAnswer {
  int status = 0;
  boost::json::object body;             ///< empty where it is no JSON object
  std::optional<Duration> retry_after;  ///< of the answer's Retry-After
  /// A member of the body, or empty.
  std::string text(std::string_view name) const;
  std::optional<Instant> instant(std::string_view name) const;
};

class AgentGateway {
 public:
  /// `ca_file` empty: the system's.
  AgentGateway(std::string url, std::string ca_file) : url_(std::move(url)), ca_file_(std::move(ca_file)) {}
  /// kUnavailable: not reached, or the answer broke off. An answer of any status is a value. Follows no redirects: the token
  /// would go along.
  Result<AgentAnswer> show(const SecretString& token) const { return send("GET", "/v1/self", token); }
  Result<AgentAnswer> rotate(const SecretString& token) const { return send("POST", "/v1/self/rotate", token); }

 private:
  Result<AgentAnswer> send(const char* method, const std::string& path, const SecretString& token) const;
  std::string url_;
  std::string ca_file_;
};

}  // namespace gatehouse::cli
