#include "cli/client.h"

#include <curl/curl.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/key_store.h"

namespace gatehouse::cli {
namespace {

constexpr std::size_t kMaxAnswer = 256UL * 1024 * 1024;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  if (text.size() + size * count > kMaxAnswer) return 0;
  text.append(data, size * count);
  return size * count;
}

void trim_line_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
}

Result<SecretString> read_key(const Context& context, const std::string& url) {
  if (context.key_file.empty()) {
    const std::string key = environment("GATEHOUSE_KEY");
    if (!key.empty()) return SecretString(key);
    GH_TRY(const StoredKey stored, stored_key(url));
    if (!stored.key.empty()) return stored.key;
    return fail(Errc::kInvalidArgument,
                "No administrator key: run \"gatehouse login\", set GATEHOUSE_KEY or give --key-file FILE. \"gatehouse init\" "
                "prints the first one.");
  }
  std::ifstream file(context.key_file);
  if (!file) return fail(Errc::kInvalidArgument, "The key file " + context.key_file + " can't be read.");
  std::string key{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  trim_line_end(key);
  if (key.empty()) return fail(Errc::kInvalidArgument, "The key file " + context.key_file + " is empty.");
  return SecretString(std::move(key));
}

bool is_loopback_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  std::string_view host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return host.rfind("127.", 0) == 0 || host.rfind("localhost", 0) == 0 || host.rfind("[::1]", 0) == 0;
}

struct CurlDeleter {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CurlDeleter>;
using Lines = std::unique_ptr<curl_slist, CurlDeleter>;

void add_line(Lines& lines, const std::string& line) {
  curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
  if (!longer) return;
  static_cast<void>(lines.release());
  lines.reset(longer);
}

}  // namespace

std::string escaped(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::string api_path(const std::vector<std::string_view>& segments) {
  std::string path = "/api/v1";
  for (const std::string_view segment : segments) path += "/" + escaped(segment);
  return path;
}

std::string with_query(std::string path, const QueryParameters& parameters) {
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    path += separator + escaped(name) + "=" + escaped(value);
    separator = '&';
  }
  return path;
}

Result<Client> Client::without_key(const Context& context) {
  std::string url = context.url.empty() ? environment("GATEHOUSE_URL") : context.url;
  if (url.empty()) url = "http://127.0.0.1:8481";
  while (url.back() == '/') url.pop_back();
  if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) {
    return fail(Errc::kInvalidArgument, "The server's address must begin with http:// or https:// (--url or GATEHOUSE_URL).");
  }
  return Client(std::move(url), SecretString());
}

Result<Client> Client::make(const Context& context) {
  GH_TRY(Client client, without_key(context));
  GH_TRY(SecretString key, read_key(context, client.url_));
  if (key.expose().find_first_of("\r\n") != std::string::npos) {
    return fail(Errc::kInvalidArgument, "The administrator key holds a line break; it is one line that begins with gtha_.");
  }
  client.key_ = std::move(key);
  return client;
}

Result<Answer> Client::send(std::string_view method, const std::string& path, const boost::json::object* body) const {
  if (!body) return perform(std::string(method), path, nullptr);
  const Content content{"application/json", boost::json::serialize(*body)};
  return perform(std::string(method), path, &content);
}

Result<Answer> Client::send_form(const std::string& path, const QueryParameters& fields) const {
  Content content{"application/x-www-form-urlencoded", {}};
  for (const auto& [name, value] : fields)
    content.text += (content.text.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
  return perform("POST", path, &content);
}

Result<Answer> Client::perform(const std::string& verb, const std::string& path, const Content* content) const {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (!handle) return fail(Errc::kInternal, "libcurl could not be started.");
  Answer answer;
  const std::string address = url_ + path;
  Lines lines;
  if (!key_.empty()) add_line(lines, "Authorization: Bearer " + key_.expose());
  add_line(lines, "Accept: application/json");
  if (content) add_line(lines, "Content-Type: " + std::string(content->type));
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, address.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  if (content) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, content->text.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(content->text.size()));
  } else if (verb == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, verb.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.get());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "gatehouse-cli");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 300L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  // A proxy of the environment is for the world outside, never for this machine.
  if (is_loopback_url(url_)) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.text);
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    return fail(Errc::kUnavailable, "The server at " + url_ + " was not reached: " + curl_easy_strerror(code) +
                                        ". Is it running, and is --url right?");
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  boost::json::error_code problem;
  answer.body = boost::json::parse(answer.text, problem);
  if (problem) answer.body = nullptr;
  return answer;
}

Result<Answer> Client::list(const std::string& path, QueryParameters parameters) const {
  boost::json::array items;
  std::string cursor;
  do {
    QueryParameters page = parameters;
    if (!cursor.empty()) page.emplace_back("cursor", cursor);
    GH_TRY(Answer answer, send("GET", with_query(path, page)));
    if (!answer.ok()) return answer;
    const auto* object = answer.body.if_object();
    const auto* found = object ? object->if_contains("items") : nullptr;
    if (!found || !found->is_array())
      return fail(Errc::kUpstreamFailed, "The server's answer is not a list. Is --url the admin address?");
    for (const boost::json::value& item : found->get_array()) items.push_back(item);
    const auto* next = object->if_contains("next");
    cursor = next && next->is_string() ? std::string(next->get_string()) : std::string();
  } while (!cursor.empty());
  Answer all;
  all.status = 200;
  all.body = std::move(items);
  return all;
}

}  // namespace gatehouse::cli
