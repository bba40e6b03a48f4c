// What the authorization server says: JSON, errors in the words of RFC 6749 section 5.2, and the header fields of every answer.
#pragma once

#include <boost/json/fwd.hpp>
#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "http/exchange.h"

namespace gatehouse::oauth {

/// `code` is the standard's; `description` is for the people who read the client's log, and names nothing of others.
struct OAuthError {
  OAuthError() = default;
  /// With two arguments at least, so that no text turns into an error by itself.
  OAuthError(std::string_view word, std::string sentence, int with_status, std::uint32_t seconds) noexcept
      : code(word), description(std::move(sentence)), status(with_status), retry_after(seconds) {}
  std::string_view code = "server_error";
  std::string description;
  int status = 400;
  std::uint32_t retry_after = 0;  ///< seconds; 0: no such header
};

/// A value or an OAuthError. GH_TRY works on it in functions that return one.
template <class T>
using Answered = boost::outcome_v2::basic_result<T, OAuthError, boost::outcome_v2::policy::terminate>;

/// From an error of admin/ or store/: what is the server's own fault is server_error or temporarily_unavailable (and never 200,
/// whatever a standard says of unknown tokens).
OAuthError server_error(const Error& error);
/// All that is wrong with who asks is this one, so that nobody learns which clients there are.
OAuthError invalid_client();

http::ElsewhereAnswer json_answer(const boost::json::object& body, int status = 200);
/// The same for a body with a token in it.
http::ElsewhereAnswer text_answer(std::string body, std::string_view content_type, int status = 200);
/// With the challenge of RFC 6749 section 5.2 where it is 401.
http::ElsewhereAnswer error_answer(const OAuthError& error);
/// For documents that anybody may read and keep for a while.
http::ElsewhereAnswer public_answer(const boost::json::object& body);

}  // namespace gatehouse::oauth
