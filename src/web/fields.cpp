#include "web/fields.h"

#include <algorithm>

namespace gatehouse::web {
namespace {

constexpr std::size_t kMostFields = 64;

int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex(text[i + 1]);
      const int low = hex(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  // The store refuses NUL, and no field has a use for it.
  if (out.find('\0') != std::string::npos) return std::nullopt;
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Fields> Fields::parse(std::string_view text) {
  Fields out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = decoded(pair.substr(0, equals));
    auto value = decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!name || !value || out.has(*name) || out.all_.size() >= kMostFields) return std::nullopt;
    out.all_.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

const std::string& Fields::get(std::string_view name) const noexcept {
  static const std::string kNone;
  const auto found = std::find_if(all_.begin(), all_.end(), [name](const auto& one) { return one.first == name; });
  return found == all_.end() ? kNone : found->second;
}

bool Fields::has(std::string_view name) const noexcept {
  return std::any_of(all_.begin(), all_.end(), [name](const auto& one) { return one.first == name; });
}

std::string cookie_of(std::string_view header, std::string_view name) {
  std::string found;
  bool seen = false;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (seen) return {};
    seen = true;
    found = pair.substr(equals + 1);
  }
  return found;
}

std::string safe_next(std::string_view next, std::string_view public_url) {
  const bool plain = std::all_of(next.begin(), next.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
  if (!plain || next.empty() || next.size() > 4096) return "/";
  if (next.front() == '/' && (next.size() == 1 || next[1] != '/')) return std::string(next);
  const std::string authorize = std::string(public_url) + "/authorize?";
  if (!public_url.empty() && next.substr(0, authorize.size()) == authorize) return std::string(next);
  return "/";
}

}  // namespace gatehouse::web
