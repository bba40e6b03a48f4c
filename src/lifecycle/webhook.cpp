#include "lifecycle/webhook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.h"

namespace gatehouse::lifecycle {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kMaxUrl = 2000;
constexpr Duration kLongestWait = std::chrono::hours(24);

Error wrong_url(std::string_view why) {
  return fail(Errc::kInvalidArgument, "The address of a webhook must be like https://hooks.example.com/path: " + std::string(why),
              {}, "url");
}

std::optional<Duration> retry_after(const http::FetchResponse& response) {
  const std::string_view value = response.field("Retry-After");
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (problem != std::errc() || end != value.data() + value.size() || seconds < 0) return std::nullopt;
  return std::min<Duration>(kLongestWait, std::chrono::seconds(std::min<std::int64_t>(seconds, 86'400)));
}

}  // namespace

Result<WebhookAddress> parse_webhook_url(std::string_view url) {
  if (url.size() > kMaxUrl) return wrong_url("it is longer than 2000 bytes.");
  const bool clean = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '"'; });
  if (!clean) return wrong_url("it holds a character that no address may hold.");
  if (url.find('#') != std::string_view::npos) return wrong_url("a fragment (#…) is never sent.");
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) return wrong_url("the scheme is missing.");
  const std::size_t path = std::min(url.find_first_of("/?", host + 3), url.size());
  const std::string_view scheme = url.substr(0, host);
  if (scheme != "https" && scheme != "http") return wrong_url("only https, or http to a host that is allowed.");
  WebhookAddress address{std::string(url.substr(0, path)), std::string(url.substr(path))};
  if (address.target.empty() || address.target.front() == '?') address.target.insert(0, "/");
  GH_TRYV(http::parse_base_url(address.origin));
  return address;
}

SecretString new_webhook_secret(Random& random) {
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  SecretString secret(std::string(kSecretPrefix) + to_base64(bytes));
  secure_zero(bytes.data(), bytes.size());
  return secret;
}

Result<std::string> sign_webhook(const SecretString& secret, std::string_view id, std::int64_t seconds, std::string_view body) {
  std::string_view text = secret.expose();
  if (text.substr(0, kSecretPrefix.size()) != kSecretPrefix) return fail(Errc::kDataCorrupt, "The webhook's secret is none.");
  text.remove_prefix(kSecretPrefix.size());
  GH_TRY(auto key, from_base64(text));
  const std::string signed_text = std::string(id) + "." + std::to_string(seconds) + "." + std::string(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(signed_text.data()),
       signed_text.size(), mac.data(), &length);
  secure_zero(key.data(), key.size());
  return "v1," + to_base64(std::as_bytes(std::span(mac)).first(length));
}

Result<WebhookAnswer> post_webhook(const http::FetchOptions& options, const WebhookAddress& address, const SecretString& secret,
                                   std::string_view id, Instant now, const std::string& body) {
  GH_TRY(const http::Origin origin, http::parse_base_url(address.origin));
  const auto& allowed = options.upstream.addresses.allowed_hosts;
  if (origin.scheme == "http" && std::find(allowed.begin(), allowed.end(), origin.host) == allowed.end()) {
    return fail(Errc::kNotAllowed,
                "Plain http is sent only to hosts that [notify] allow_hosts names; use https, or add " + origin.host + " there.");
  }
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = origin.scheme;
  route->host = origin.host;
  route->port = origin.port;
  route->pool_key = "webhook " + address.origin;
  http::FetchRequest request;
  request.route = std::move(route);
  request.method = http::Method::kPost;
  request.target = address.target;
  request.body = body;
  request.has_body = true;
  request.fields.emplace_back("Content-Type", "application/json");
  request.fields.emplace_back("User-Agent", "Gatehouse-Webhooks/1");
  if (!secret.empty()) {
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    GH_TRY(std::string signature, sign_webhook(secret, id, seconds, body));
    request.fields.emplace_back("webhook-id", std::string(id));
    request.fields.emplace_back("webhook-timestamp", std::to_string(seconds));
    request.fields.emplace_back("webhook-signature", std::move(signature));
  }
  GH_TRY(const http::FetchResponse response, http::fetch(options, request));
  return WebhookAnswer{response.status, retry_after(response)};
}

}  // namespace gatehouse::lifecycle
