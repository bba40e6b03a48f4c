#include "admin/issuer_keys.h"

#include <algorithm>

#include "http/client.h"
#include "token/strict_json.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostAnswer = 256 * 1024;
constexpr std::uint32_t kDeadlineMs = 5000;
constexpr Duration kKeepFor = std::chrono::hours(1);
constexpr Duration kAskEvery = std::chrono::minutes(1);
/// An issuer that does not answer must not keep a key alive that it has taken back.
constexpr Duration kTrustFor = std::chrono::hours(24);
constexpr std::size_t kMostIssuers = 200;

Error failed(std::string why) {
  return fail(Errc::kUpstreamFailed, "The issuer of that token could not be asked for its keys.", std::move(why));
}

std::string origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return std::string(url.substr(0, scheme == std::string_view::npos ? 0 : url.find('/', scheme + 3)));
}

Result<std::string> get(const http::FetchOptions& options, const std::string& url) {
  const std::string origin = origin_of(url);
  GH_TRY(const http::Origin parsed, http::parse_base_url(origin));
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = parsed.scheme;
  route->host = parsed.host;
  route->port = parsed.port;
  route->pool_key = "issuer " + origin;
  http::FetchRequest request;
  request.route = std::move(route);
  request.target = url.size() == origin.size() ? "/" : url.substr(origin.size());
  request.fields = {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}, {"User-Agent", "Gatehouse"}};
  http::FetchOptions limited = options;
  limited.max_body = kMostAnswer;
  limited.deadline_ms = std::min(limited.deadline_ms, kDeadlineMs);
  auto answer = http::fetch(limited, request);
  if (!answer) return failed(answer.error().public_detail + " " + answer.error().log_detail);
  if (answer.value().status != 200) return failed("status " + std::to_string(answer.value().status));
  return std::move(answer.value().body);
}

}  // namespace

Result<void> check_issuer(std::string_view issuer) {
  const auto wrong = [](std::string detail) { return fail(Errc::kInvalidArgument, std::move(detail), {}, "issuer"); };
  if (issuer.find_first_of("?#@ ") != std::string_view::npos || issuer.size() > 300)
    return wrong("An issuer is an address without query, fragment or user, such as https://token.actions.githubusercontent.com.");
  const auto origin = http::parse_base_url(origin_of(issuer));
  if (!origin) return wrong("An issuer is an https address, such as https://token.actions.githubusercontent.com.");
  const std::string& host = origin.value().host;
  const bool here = host == "127.0.0.1" || host == "localhost" || host == "::1";
  if (origin.value().scheme != "https" && !here) return wrong("An issuer off this machine must begin with https://.");
  return success();
}

Result<std::vector<NamedKey>> IssuerKeys::fetch(const std::string& issuer) const {
  GH_TRYV(check_issuer(issuer));
  const std::string base = issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer;
  GH_TRY(const std::string text, get(services_.fetch, base + "/.well-known/openid-configuration"));
  const auto configuration = token::parse_strict(text);
  if (!configuration || token::text_member(*configuration, "issuer") != issuer)
    return failed("its configuration names another issuer");
  const std::string address = token::text_member(*configuration, "jwks_uri");
  // What somebody else publishes is not the issuer's word; a cluster whose keys lie elsewhere gives them in a file.
  if (address.empty() || origin_of(address) != origin_of(issuer)) return failed("its keys lie at another origin");
  GH_TRY(const std::string keys, get(services_.fetch, address));
  return read_key_set(keys);
}

Result<std::vector<NamedKey>> IssuerKeys::keys_of(const std::string& issuer, const std::string& key_id) {
  const Instant now = services_.clock.now();
  std::unique_lock lock(mutex_);
  if (known_.size() >= kMostIssuers && !known_.contains(issuer)) return failed("too many issuers");
  Known& known = known_[issuer];
  if (known.fetched_at + kTrustFor <= now) known.keys.clear();
  // Jobs come several at once. Whoever comes while it is asked for the first time has nothing else to go by than that answer.
  answered_.wait(lock, [&known] { return !known.asking || !known.keys.empty(); });
  const bool has =
      std::any_of(known.keys.begin(), known.keys.end(), [&](const NamedKey& one) { return key_id.empty() || one.id == key_id; });
  const bool young = now < known.fetched_at + kKeepFor;
  if ((has && young) || now < known.asked_at + kAskEvery) {
    if (known.keys.empty()) return failed("it was asked a moment ago");
    return known.keys;
  }
  known.asked_at = now;
  known.asking = true;
  lock.unlock();
  auto fetched = fetch(issuer);
  lock.lock();
  known.asking = false;
  answered_.notify_all();
  if (fetched) {
    known.keys = fetched.value();
    known.fetched_at = now;
  } else if (known.keys.empty()) {
    return fetched.error();
  }
  return known.keys;
}

}  // namespace gatehouse::admin
