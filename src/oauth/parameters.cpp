#include "oauth/parameters.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/secret.h"
#include "catalogue/target.h"
#include "store/utf8.h"
#include "token/strict_json.h"

namespace gatehouse::oauth {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostParameters = 64;
const std::string kNothing;
const std::vector<std::string> kNone;

OAuthError invalid(std::string description) { return {"invalid_request", std::move(description), 400, 0}; }

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool may_repeat(std::string_view name) noexcept { return name == "resource" || name == "audience"; }

/// No parameter here is a text of several lines, and one ends up in a header.
bool clean(std::string_view text) {
  return store::valid_stored_text(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// The type, without parameters but a charset, which can only be UTF-8.
std::string media_type(std::string_view header) {
  std::string type;
  for (const char c : header.substr(0, header.find(';'))) {
    if (c != ' ') type += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return type;
}

}  // namespace

bool decode_form(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+') {
      out += ' ';
    } else if (text[at] != '%') {
      out += text[at];
    } else {
      const int high = at + 2 < text.size() ? digit(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return clean(out);
}

void append_form(std::string_view name, std::string_view value, std::string& out) {
  if (!out.empty() && out.back() != '?') out += '&';
  catalogue::append_escaped(name, out);
  out += '=';
  catalogue::append_escaped(value, out);
}

Parameters::~Parameters() {
  for (auto& [name, values] : values_) {
    for (std::string& value : values) secure_zero(value.data(), value.size());
  }
}

Answered<bool> Parameters::add(std::string name, std::string value) {
  if (value.empty()) return true;
  if (values_.size() >= kMostParameters) return invalid("There are too many parameters.");
  auto& values = values_[std::move(name)];
  values.push_back(std::move(value));
  return true;
}

Answered<Parameters> Parameters::from_form(std::string_view text) {
  Parameters out;
  std::map<std::string, int, std::less<>> seen;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (part.empty()) continue;
    std::string name;
    std::string value;
    const std::size_t equals = std::min(part.find('='), part.size());
    if (!decode_form(part.substr(0, equals), name) ||
        !decode_form(equals == part.size() ? std::string_view() : part.substr(equals + 1), value))
      return invalid("A parameter is not encoded as a form's are.");
    if (seen[name]++ > 0 && !may_repeat(name)) return invalid("A parameter stands more than once.");
    GH_TRYV(out.add(std::move(name), std::move(value)));
  }
  return out;
}

Answered<Parameters> Parameters::from_json(std::string_view text) {
  const auto parsed = token::parse_strict(text);
  if (!parsed) return invalid("The body must be one JSON object without repeated members.");
  Parameters out;
  for (const auto& member : *parsed) {
    const std::string name(member.key());
    const json::value& value = member.value();
    if (value.is_null()) continue;
    if (value.is_string()) {
      if (!clean(value.get_string())) return invalid("A parameter holds control characters.");
      GH_TRYV(out.add(name, std::string(value.get_string())));
    } else if (value.is_array() && may_repeat(name)) {
      for (const json::value& one : value.get_array()) {
        if (!one.is_string() || !clean(one.get_string())) return invalid("\"" + name + "\" must hold strings.");
        GH_TRYV(out.add(name, std::string(one.get_string())));
      }
    } else if (value.is_array() && name == "authorization_details") {
      GH_TRYV(out.add(name, json::serialize(value)));
    } else {
      return invalid("A parameter is no string.");
    }
  }
  return out;
}

Answered<Parameters> Parameters::from_body(const gateway::AuthorizationRequest& request) {
  const std::string type = media_type(request.content_type);
  if (type == "application/x-www-form-urlencoded") return from_form(request.body.expose());
  if (type == "application/json") return from_json(request.body.expose());
  return invalid("The body must be application/x-www-form-urlencoded or application/json.");
}

const std::string& Parameters::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? kNothing : found->second.front();
}

void Parameters::forget(std::string_view name) {
  if (const auto found = values_.find(name); found != values_.end()) values_.erase(found);
}

const std::vector<std::string>& Parameters::all(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

}  // namespace gatehouse::oauth
