#include "api/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <ctime>

#include "api/input.h"

namespace gatehouse::api {
namespace {

namespace beast_http = boost::beast::http;
constexpr std::uint32_t kMaxHead = 32 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool all_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

bool has_field(const Response& response, std::string_view name) {
  return std::any_of(response.fields.begin(), response.fields.end(),
                     [name](const auto& one) { return same_name(one.first, name); });
}

/// Of digits; what does not fit is more than any limit.
std::uint64_t number(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return problem == std::errc() ? value : UINT64_MAX;
}

/// A register of 10,000 tokens is a file of some megabytes, and so may an OpenAPI document be.
std::size_t limit_of(std::string_view target) noexcept {
  const bool file = target.starts_with("/api/v1/register/import") || target.starts_with("/api/v1/sites");
  return file ? kMaxFileBody : kMaxBody;
}

}  // namespace

struct RequestReader::Parser {
  beast_http::request_parser<beast_http::string_body> beast;
  bool head_accepted = false;
  bool continue_told = false;
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {
  parser_->beast.eager(true);
  parser_->beast.header_limit(kMaxHead);
  parser_->beast.body_limit(kMaxFileBody);
}

RequestReader::~RequestReader() = default;

RequestReader::Status RequestReader::refuse(int status) noexcept {
  status_ = status;
  keep_alive_ = false;
  return Status::kRefused;
}

bool RequestReader::started() const noexcept { return parser_->beast.got_some(); }

bool RequestReader::wants_continue() const noexcept {
  if (!parser_->beast.is_header_done() || parser_->beast.is_done()) return false;
  const auto& fields = parser_->beast.get();
  return same_name(view(fields[beast_http::field::expect]), "100-continue");
}

bool RequestReader::accept_head() {
  const auto& head = parser_->beast.get();
  if (head.version() != 11) return refuse(400), false;
  if (head.count(beast_http::field::host) != 1) return refuse(400), false;
  if (head.count(beast_http::field::transfer_encoding) != 0) return refuse(411), false;
  if (head.count(beast_http::field::content_length) > 1) return refuse(400), false;
  const auto length = head.find(beast_http::field::content_length);
  if (length != head.end() && !all_digits(view(length->value()))) return refuse(400), false;
  if (length != head.end() && number(view(length->value())) > limit_of(view(head.target()))) return refuse(413), false;
  if (head.count(beast_http::field::authorization) > 1 || head.count(beast_http::field::upgrade) != 0) return refuse(400), false;
  parser_->head_accepted = true;
  return true;
}

RequestReader::Status RequestReader::feed(std::string_view bytes, std::size_t& used) {
  boost::beast::error_code problem;
  used = parser_->beast.put(boost::asio::buffer(bytes.data(), bytes.size()), problem);
  if (problem == beast_http::error::header_limit) return refuse(431);
  if (problem == beast_http::error::body_limit) return refuse(413);
  if (problem && problem != beast_http::error::need_more) return refuse(400);
  if (parser_->beast.is_header_done() && !parser_->head_accepted && !accept_head()) return Status::kRefused;
  if (!parser_->beast.is_done()) return Status::kMore;
  auto message = parser_->beast.release();
  keep_alive_ = message.keep_alive();
  request_ = {};
  request_.method = std::string(view(message.method_string()));
  request_.target = std::string(view(message.target()));
  for (const auto& field : message)
    request_.fields.emplace_back(std::string(view(field.name_string())), std::string(view(field.value())));
  request_.body = std::move(message.body());
  return Status::kDone;
}

std::string serialize(const Response& response, bool keep_alive, bool head_only) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(reason_phrase(response.status)) + "\r\n";
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  add("Date", http_date());
  if (!response.content_type.empty()) add("Content-Type", response.content_type);
  const bool streams = response.stream != nullptr && !head_only;
  if (response.status != 204 && response.status != 304 && !streams) add("Content-Length", std::to_string(response.body.size()));
  for (const auto& [name, value] : response.fields) {
    // A line break in a value would begin a field, or an answer, of somebody else's making.
    if (value.find_first_of("\r\n") == std::string::npos) add(name, value);
  }
  add("X-Content-Type-Options", "nosniff");
  if (!has_field(response, "Cache-Control")) add("Cache-Control", "no-store");
  if (!has_field(response, "Content-Security-Policy"))
    add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  if (!keep_alive) add("Connection", "close");
  out += "\r\n";
  if (!head_only && response.status != 204 && response.status != 304) out += response.body;
  return out;
}

}  // namespace gatehouse::api
