#include "token/strict_json.h"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <set>
#include <vector>

namespace gatehouse::token {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostBytes = 16 * 1024;
constexpr std::size_t kMostDepth = 8;

/// json::value keeps the last of two members of one name and forgets the first: only a pass over the events can see it.
struct Repetition {
  static constexpr std::size_t max_object_size = 256;
  static constexpr std::size_t max_array_size = 4096;
  static constexpr std::size_t max_key_size = 1024;
  static constexpr std::size_t max_string_size = kMostBytes;
  std::vector<std::set<std::string>> levels;
  std::string key;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    levels.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    levels.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& problem) {
    key.append(part);
    const bool fresh = levels.back().insert(key).second;
    key.clear();
    if (!fresh) problem = json::error::extra_data;
    return fresh;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

}  // namespace

std::optional<json::object> parse_strict(std::string_view text) {
  if (text.size() > kMostBytes) return std::nullopt;
  json::parse_options options;
  options.max_depth = kMostDepth;
  json::error_code problem;
  json::value parsed = json::parse(json::string_view(text.data(), text.size()), problem, {}, options);
  if (problem || !parsed.is_object()) return std::nullopt;
  json::basic_parser<Repetition> repeated(options);
  repeated.write_some(false, text.data(), text.size(), problem);
  if (problem) return std::nullopt;
  return std::move(parsed.get_object());
}

std::string text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(json::string_view(name.data(), name.size()));
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::optional<std::int64_t> number_member(const json::object& object, std::string_view name, std::int64_t most) {
  const auto* member = object.if_contains(json::string_view(name.data(), name.size()));
  if (!member || !member->is_int64() || member->get_int64() < 0 || member->get_int64() > most) return std::nullopt;
  return member->get_int64();
}

void append_json_text(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += '"';
}

}  // namespace gatehouse::token
