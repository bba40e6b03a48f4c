#include "upstream/client_credentials.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/text.h"
#include "http/outside.h"

namespace gatehouse::upstream {
namespace {

using http::text_in;

constexpr std::int64_t kLongestLifetime = 24 * 3600;
constexpr std::int64_t kUnsaidLifetime = 300;

constexpr std::array<std::string_view, 7> kErrors{"invalid_request",     "invalid_client",         "invalid_grant",
                                                  "unauthorized_client", "unsupported_grant_type", "invalid_scope",
                                                  "access_denied"};

Error failed(std::string detail) {
  return fail(Errc::kUpstreamFailed, "The token endpoint gave no answer that can be used: " + detail + ".");
}

}  // namespace

Result<FetchedToken> fetch_token(const TokenRequest& request, const http::FetchOptions& options) {
  http::OutsideRequest asked;
  GH_TRY(asked.address, http::parse_outside_address(request.url));
  asked.method = http::Method::kPost;
  asked.content_type = "application/x-www-form-urlencoded";
  asked.body = SecretString("grant_type=client_credentials&client_id=" + percent_encoded(request.client_id) +
                            "&client_secret=" + percent_encoded(request.secret.expose()));
  const auto answer = http::ask_outside(options, asked);
  if (!answer) return failed(answer.error().public_detail);
  const boost::json::object& given = answer.value().object();
  const int status = answer.value().status;
  // RFC 6749 section 5.2; Atlassian says 403 in places. Nothing of an answer is shown but one of its few words.
  if (status == 400 || status == 401 || status == 403) {
    const std::string said = text_in(given, "error");
    const bool known = std::find(kErrors.begin(), kErrors.end(), said) != kErrors.end();
    const std::string code = known ? said : std::string();
    return fail(Errc::kNotAllowed, "The token endpoint refuses the client id or the secret (status " + std::to_string(status) +
                                       (code.empty() ? std::string() : ", " + code) + ").");
  }
  if (status != 200) return failed("status " + std::to_string(status));
  FetchedToken token;
  token.access = SecretString(text_in(given, "access_token"));
  const std::string type = text_in(given, "token_type");
  if (token.access.empty()) return failed("no access_token");
  if (!same_without_case(type, "bearer")) return failed("its token_type is not Bearer");
  const boost::json::value* const seconds = given.if_contains("expires_in");
  if (seconds && !(seconds->is_int64() && seconds->get_int64() > 0)) return failed("expires_in is no number of seconds");
  token.lifetime = std::chrono::seconds(seconds ? std::min(seconds->get_int64(), kLongestLifetime) : kUnsaidLifetime);
  return token;
}

}  // namespace gatehouse::upstream
