// Services beside the sites that this program asks by an absolute URL and that answer in JSON: the company's provider,
// Atlassian's account service, issuers of identities. For threads that may block; never a gateway's.
//
// Uses fetch(), and so its address filter, TLS and limits. No redirect is followed, and nothing of an answer is believed that is
// not a JSON object or array of at most kMostOutsideAnswer bytes.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"

namespace gatehouse::http {

inline constexpr std::size_t kMostOutsideAnswer = 256 * 1024;

struct OutsideAddress {
  UpstreamRoute route;  ///< without authorization
  std::string target;   ///< path and query
};

/// https, or http on this machine. kInvalidArgument otherwise, or where it is no URL.
Result<OutsideAddress> parse_outside_address(std::string_view url);

struct OutsideRequest {
  OutsideAddress address;
  Method method = Method::kGet;
  SecretString authorization = {};  ///< the value of the field: "Bearer …"; empty: none
  std::string content_type = {};    ///< with a body
  SecretString body = {};           ///< secrets of clients stand in it
};

struct OutsideAnswer {
  int status = 0;
  boost::json::value body;  ///< null where it was none, or no JSON
  /// The answer as an object; an empty one where it is none.
  const boost::json::object& object() const noexcept;
};

/// Blocks. Errors are those of fetch(): no answer at all. An answer of any status is a value.
Result<OutsideAnswer> ask_outside(const FetchOptions& options, const OutsideRequest& request);

/// A member that is a text; empty where it is none.
std::string text_in(const boost::json::object& object, std::string_view name);

}  // namespace gatehouse::http
