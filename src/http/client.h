// fetch(): one HTTP request to an upstream and its whole answer, for threads that may block (jobs, admin; never a gateway's).
//
// Uses the same connection, TLS, framing and address filter as the gateway. Follows no redirects and retries nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/exchange.h"
#include "http/upstream_options.h"

namespace gatehouse::http {

struct FetchRequest {
  std::shared_ptr<const UpstreamRoute> route;
  Method method = Method::kGet;
  std::string target = "/";                                 ///< origin-form, without the route's context path
  std::vector<std::pair<std::string, std::string>> fields;  ///< without Host, Authorization and framing
  std::string body;
  bool has_body = false;
};

struct FetchOptions {
  UpstreamOptions upstream;
  std::uint32_t deadline_ms = 15'000;  ///< for everything together
  std::size_t max_body = kLookupLimit;
};

struct FetchResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  /// The first value of that name (compared without case), or empty.
  std::string_view field(std::string_view name) const noexcept;
};

/// Blocks for at most the deadline. Errors: kInvalidArgument (a control character in target or fields), kTimeout,
/// kUpstreamFailed (connect, TLS, framing, reset), kNotAllowed (address refused), kLimitExceeded (answer too large).
/// `log_detail` says at which step. Thread-safe; each call makes its own connection.
Result<FetchResponse> fetch(const FetchOptions& options, const FetchRequest& request);

}  // namespace gatehouse::http
