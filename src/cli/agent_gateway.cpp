#include "cli/agent_gateway.h"

#include <curl/curl.h>

#include <memory>

namespace gatehouse::cli {
namespace {

namespace json = boost::json;
constexpr std::size_t kMaxAnswer = 1024UL * 1024;

struct CurlDeleter {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  if (text.size() + size * count > kMaxAnswer) return 0;
  text.append(data, size * count);
  return size * count;
}

bool is_loopback_url(std::string_view url) {
  std::string_view host = url.substr(url.find("://") + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

}  // namespace

std::string AgentAnswer::text(std::string_view name) const {
  const json::value* member = body.if_contains(name);
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::optional<Instant> AgentAnswer::instant(std::string_view name) const {
  const auto at = parse_instant(text(name));
  return at ? std::optional<Instant>(at.value()) : std::nullopt;
}

Result<AgentAnswer> AgentGateway::send(const char* method, const std::string& path, const SecretString& token) const {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, CurlDeleter> handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (!handle) return fail(Errc::kInternal, "libcurl could not be started.");
  const SecretString authorization("Authorization: Bearer " + token.expose());
  const std::unique_ptr<curl_slist, CurlDeleter> lines(curl_slist_append(nullptr, authorization.expose().c_str()));
  const std::string address = url_ + path;
  std::string text;
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, address.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  if (std::string_view(method) == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.get());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "gatehouse-agent");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  if (!ca_file_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
  // A proxy of the environment is for the world outside, never for this machine.
  if (is_loopback_url(url_)) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK)
    return fail(Errc::kUnavailable, "The gateway at " + url_ + " was not reached: " + curl_easy_strerror(code) + ".");
  AgentAnswer answer;
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  curl_off_t seconds = 0;
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
    answer.retry_after = std::chrono::seconds(seconds);
  json::error_code problem;
  json::value body = json::parse(text, problem);
  secure_zero(text.data(), text.size());
  if (!problem && body.is_object()) answer.body = std::move(body.as_object());
  return answer;
}

}  // namespace gatehouse::cli
