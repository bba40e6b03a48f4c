#include "oauth/answer.h"

#include <boost/json.hpp>

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

/// RFC 6749 section 5.1: no answer of the token endpoint is kept by anybody.
constexpr std::string_view kPrivate =
    "Cache-Control: no-store\r\nPragma: no-cache\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: sandbox; default-src 'none'; frame-ancestors 'none'\r\n";

}  // namespace

OAuthError server_error(const Error& error) {
  switch (error.code) {
    case Errc::kUnavailable:
    case Errc::kTimeout:
    case Errc::kCancelled:
      return {"temporarily_unavailable", "Gatehouse can't reach its database now. Nothing was done.", 503, 5};
    default: return {"server_error", "Gatehouse made a mistake of its own; its log says more under the request's id.", 500, 0};
  }
}

OAuthError invalid_client() {
  return {"invalid_client", "The client is not known here, is not live, or did not prove that it is the one it names.", 401, 0};
}

http::ElsewhereAnswer text_answer(std::string body, std::string_view content_type, int status) {
  http::ElsewhereAnswer answer;
  answer.status = status;
  answer.head.append("Content-Type: ").append(content_type).append("\r\n").append(kPrivate);
  answer.body = SecretString(std::move(body));
  return answer;
}

http::ElsewhereAnswer json_answer(const json::object& body, int status) {
  return text_answer(json::serialize(body), "application/json", status);
}

http::ElsewhereAnswer error_answer(const OAuthError& error) {
  json::object body;
  body["error"] = error.code;
  if (!error.description.empty()) body["error_description"] = error.description;
  http::ElsewhereAnswer answer = json_answer(body, error.status);
  if (error.status == 401) answer.head += "WWW-Authenticate: Basic realm=\"gatehouse\"\r\n";
  if (error.retry_after > 0) answer.head += "Retry-After: " + std::to_string(error.retry_after) + "\r\n";
  return answer;
}

http::ElsewhereAnswer public_answer(const json::object& body) {
  http::ElsewhereAnswer answer;
  answer.status = 200;
  answer.head =
      "Content-Type: application/json\r\nCache-Control: public, max-age=300\r\nX-Content-Type-Options: nosniff\r\n"
      "Access-Control-Allow-Origin: *\r\n";
  answer.body = SecretString(json::serialize(body));
  return answer;
}

}  // namespace gatehouse::oauth
