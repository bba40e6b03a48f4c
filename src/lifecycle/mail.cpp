// Sending: SMTP (RFC 5321) by libcurl.
#include "lifecycle/mail.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>

#include "base/secret.h"

namespace gatehouse::lifecycle {
namespace {

constexpr long kTimeLimitMs = 20'000;

bool is_this_machine(const std::string& host) { return host == "localhost" || host == "127.0.0.1" || host == "::1"; }

Result<SecretString> read_password(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line) || line.empty())
    return fail(Errc::kUnavailable, "The password of the mail server can't be read from " + file + " ([smtp] password_file).");
  if (line.back() == '\r') line.pop_back();
  return SecretString(std::move(line));
}

struct Upload {
  std::string_view rest;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* where) {
  auto& upload = *static_cast<Upload*>(where);
  const std::size_t length = std::min(size * count, upload.rest.size());
  std::memcpy(to, upload.rest.data(), length);
  upload.rest.remove_prefix(length);
  return length;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

/// libcurl hands over each line that the server says; the last refusal is kept, without what could move a terminal's cursor.
std::size_t keep_refusal(char* from, std::size_t size, std::size_t count, void* where) {
  constexpr std::size_t kMost = 300;
  const std::string_view line(from, size * count);
  if (!line.empty() && (line.front() == '4' || line.front() == '5')) {
    auto& kept = *static_cast<std::string*>(where);
    kept.clear();
    for (const char c : line.substr(0, kMost)) {
      if (c >= 0x20 && c < 0x7f) kept += c;
    }
  }
  return line.size();
}

std::string url_of(const MailSettings& settings) {
  const bool tls = settings.security == MailSettings::Security::kTls;
  const int port = settings.port != 0 ? settings.port : tls ? 465 : settings.security == MailSettings::Security::kNone ? 25 : 587;
  const bool six = settings.host.find(':') != std::string::npos;
  return std::string(tls ? "smtps://" : "smtp://") + (six ? "[" + settings.host + "]" : settings.host) + ":" +
         std::to_string(port) + "/gatehouse";
}

/// What the server answered decides; a curl error without an answer may pass.
Error failure(CURLcode code, long answered, const char* words, const std::string& refusal) {
  const std::string detail = !refusal.empty() ? refusal : words[0] != '\0' ? words : curl_easy_strerror(code);
  const bool for_good = answered >= 500 && answered < 600 && code != CURLE_LOGIN_DENIED;
  return fail(for_good ? Errc::kInvalidArgument : Errc::kUnavailable, "The mail server did not take it: " + detail + ".");
}

}  // namespace

Result<void> check(const MailSettings& settings) {
  if (!settings.enabled()) return success();
  if (settings.from.find('@') == std::string::npos || settings.from.find_first_of("<>\r\n ") != std::string::npos)
    return fail(Errc::kInvalidArgument, "[smtp] needs from = \"gatehouse@example.com\": the address that mail comes from.");
  if (settings.security == MailSettings::Security::kNone && !is_this_machine(settings.host)) {
    return fail(Errc::kInvalidArgument,
                "[smtp] security = \"none\" is for a mail server on this machine only; use \"starttls\" or \"tls\".");
  }
  if (settings.username.empty() != settings.password_file.empty())
    return fail(Errc::kInvalidArgument, "[smtp] username and password_file belong together.");
  if (!settings.username.empty() && settings.security == MailSettings::Security::kNone)
    return fail(Errc::kInvalidArgument, "[smtp] a password is not sent without TLS; set security = \"starttls\" or \"tls\".");
  return success();
}

namespace {

/// One conversation with the mail server: connection, TLS and password, then what `prepare` adds.
Result<void> converse(const MailSettings& settings, const std::function<void(CURL*)>& prepare) {
  static std::once_flag initialized;
  std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return fail(Errc::kInternal, "libcurl could not be set up.");
  char words[CURL_ERROR_SIZE] = {};
  std::string refusal;
  const std::string url = url_of(settings);
  SecretString password;
  if (!settings.username.empty()) {
    GH_TRY(password, read_password(settings.password_file));
    curl_easy_setopt(curl.get(), CURLOPT_USERNAME, settings.username.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, password.expose().c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl.get(), CURLOPT_USE_SSL,
                   settings.security == MailSettings::Security::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL);
  if (!settings.ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, settings.ca_file.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, keep_refusal);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &refusal);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, words);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kTimeLimitMs);
  prepare(curl.get());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_OK) return success();
  long answered = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answered);
  return failure(code, answered, words, refusal);
}

}  // namespace

Result<void> send(const MailSettings& settings, const Mail& mail) {
  Upload upload{mail.text};
  const std::string from = "<" + settings.from + ">", to = "<" + mail.to + ">";
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(curl_slist_append(nullptr, to.c_str()),
                                                                               curl_slist_free_all);
  return converse(settings, [&](CURL* curl) {
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  });
}

Result<void> try_server(const MailSettings& settings) {
  return converse(settings, [](CURL* curl) { curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP"); });
}

}  // namespace gatehouse::lifecycle
