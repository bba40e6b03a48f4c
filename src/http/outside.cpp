#include "http/outside.h"

#include <boost/json/parse.hpp>

#include "http/characters.h"

namespace gatehouse::http {
namespace {

namespace json = boost::json;

constexpr std::size_t kDeepest = 32;

}  // namespace

Result<OutsideAddress> parse_outside_address(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t slash = scheme == std::string_view::npos ? scheme : url.find_first_of("/?", scheme + 3);
  GH_TRY(const Origin origin, parse_base_url(url.substr(0, slash)));
  const bool here = origin.host == "127.0.0.1" || origin.host == "localhost" || origin.host == "::1";
  if (origin.scheme != "https" && !here)
    return fail(Errc::kInvalidArgument, "An address off this machine must begin with https://.");
  if (url.find('#') != std::string_view::npos) return fail(Errc::kInvalidArgument, "An address here has no fragment (#).");
  OutsideAddress out;
  out.route.scheme = origin.scheme;
  out.route.host = origin.host;
  out.route.port = origin.port;
  out.route.pool_key = "outside " + origin.host;
  out.target = slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
  if (out.target.front() == '?') out.target.insert(0, "/");
  return out;
}

const json::object& OutsideAnswer::object() const noexcept {
  static const json::object kNone;
  const json::object* const found = body.if_object();
  return found ? *found : kNone;
}

Result<OutsideAnswer> ask_outside(const FetchOptions& options, const OutsideRequest& request) {
  // What came in an answer goes into a header here.
  if (!all(request.authorization.expose(), kValueClass))
    return fail(Errc::kInvalidArgument, "A token holds a character that a header may not hold.");
  auto route = std::make_shared<UpstreamRoute>(request.address.route);
  if (!request.authorization.empty())
    route->authorization = SecretString("Authorization: " + request.authorization.expose() + "\r\n");
  FetchRequest asked;
  asked.route = std::move(route);
  asked.method = request.method;
  asked.target = request.address.target;
  asked.fields = {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}, {"User-Agent", "Gatehouse"}};
  if (!request.body.empty()) {
    asked.fields.emplace_back("Content-Type", request.content_type);
    asked.has_body = true;
    asked.body = request.body.expose();
  }
  FetchOptions limited = options;
  limited.max_body = kMostOutsideAnswer;
  auto answer = fetch(limited, asked);
  secure_zero(asked.body.data(), asked.body.size());
  if (!answer) return answer.error();
  OutsideAnswer out;
  out.status = answer.value().status;
  json::parse_options strict;
  strict.max_depth = kDeepest;
  json::error_code problem;
  json::value parsed = json::parse(answer.value().body, problem, {}, strict);
  if (!problem) out.body = std::move(parsed);
  return out;
}

std::string text_in(const json::object& object, std::string_view name) {
  const json::value* const member = object.if_contains(json::string_view(name.data(), name.size()));
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

}  // namespace gatehouse::http
