#include "sandbox/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>

namespace gatehouse::sandbox {
namespace {

namespace json = boost::json;

void write_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char text[40];
  if (number == std::floor(number) && std::fabs(number) < 1e7) {
    std::snprintf(text, sizeof text, "%.1f", number);
    out += text;
    return;
  }
  const auto end = std::to_chars(text, text + sizeof text, number);
  out.append(text, end.ptr);
}

void write(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& item : value.get_object()) {
        if (!first) out += ',';
        first = false;
        out += json::serialize(item.key());
        out += ':';
        write(out, item.value());
      }
      out += '}';
      return;
    }
    case json::kind::array: {
      out += '[';
      bool first = true;
      for (const auto& item : value.get_array()) {
        if (!first) out += ',';
        first = false;
        write(out, item);
      }
      out += ']';
      return;
    }
    case json::kind::string: out += json::serialize(value.get_string()); return;
    case json::kind::double_: write_number(out, value.get_double()); return;
    default: out += json::serialize(value);
  }
}

/// Builds a value in which the first of a repeated key stands: boost::json itself keeps the last.
struct FirstKeyHandler {
  static constexpr std::size_t max_object_size = SIZE_MAX, max_array_size = SIZE_MAX, max_key_size = SIZE_MAX,
                               max_string_size = SIZE_MAX;
  struct Level {
    json::value value;
    std::string key;
  };
  std::vector<Level> levels;
  json::value root;
  std::string text;

  bool put(json::value&& made) {
    if (levels.empty()) {
      root = std::move(made);
    } else if (levels.back().value.is_array()) {
      levels.back().value.get_array().push_back(std::move(made));
    } else {
      levels.back().value.get_object().emplace(levels.back().key, std::move(made));
    }
    return true;
  }
  bool close() {
    json::value made = std::move(levels.back().value);
    levels.pop_back();
    return put(std::move(made));
  }
  std::string take() { return std::exchange(text, {}); }

  using Code = json::error_code;
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return levels.push_back({json::object(), {}}), true; }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_array_begin(Code&) { return levels.push_back({json::array(), {}}), true; }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(json::string_view part, std::size_t, Code&) { return text.append(part.data(), part.size()), true; }
  bool on_key(json::string_view part, std::size_t, Code&) {
    text.append(part.data(), part.size());
    levels.back().key = take();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) { return text.append(part.data(), part.size()), true; }
  bool on_string(json::string_view part, std::size_t, Code&) {
    text.append(part.data(), part.size());
    return put(json::value(take()));
  }
  bool on_number_part(json::string_view, Code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, Code&) { return put(number); }
  bool on_uint64(std::uint64_t number, json::string_view, Code&) { return put(number); }
  bool on_double(double number, json::string_view, Code&) { return put(number); }
  bool on_bool(bool yes, Code&) { return put(yes); }
  bool on_null(Code&) { return put(nullptr); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }
};

void gather(std::string& out, const json::value& node) {
  if (const json::value* text = member(node, "text")) out += text_of(*text);
  if (const json::value* attrs = member(node, "attrs")) out += text_at(*attrs, "url");
  const json::value* content = member(node, "content");
  if (content == nullptr || !content->is_array()) return;
  for (const json::value& child : content->get_array()) gather(out, child);
  if (text_at(node, "type") == "paragraph") out += '\n';
}

}  // namespace

std::string to_json_text(const json::value& value) {
  std::string out;
  out.reserve(1024);
  write(out, value);
  return out;
}

std::optional<json::value> parse_json(std::string_view text, bool first_key_wins) {
  json::error_code failed;
  if (!first_key_wins) {
    json::value value = json::parse(json::string_view(text.data(), text.size()), failed);
    if (failed) return std::nullopt;
    return value;
  }
  json::basic_parser<FirstKeyHandler> parser{json::parse_options()};
  parser.write_some(false, text.data(), text.size(), failed);
  if (failed || !parser.done()) return std::nullopt;
  return std::move(parser.handler().root);
}

const json::value* member(const json::value& value, std::string_view key) {
  if (!value.is_object()) return nullptr;
  return value.get_object().if_contains(json::string_view(key.data(), key.size()));
}

std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64() || value.is_uint64()) return json::serialize(value);
  return {};
}

std::string text_of(const json::value* value) { return value == nullptr ? std::string() : text_of(*value); }
std::string text_at(const json::value& value, std::string_view key) { return text_of(member(value, key)); }

bool true_at(const json::value& value, std::string_view key) {
  const json::value* found = member(value, key);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::int64_t number_of(std::string_view text, std::int64_t fallback) {
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  return end.ec == std::errc() && end.ptr == text.data() + text.size() && !text.empty() ? number : fallback;
}

std::int64_t id_at(const json::value& value, std::string_view key) { return number_of(text_at(value, key), 0); }

std::vector<std::string> text_list(const json::value* given) {
  std::vector<std::string> out;
  auto cut = [&out](std::string_view text) {
    while (true) {
      const std::size_t comma = text.find(',');
      if (comma != 0 && !text.empty()) out.emplace_back(text.substr(0, comma));
      if (comma == std::string_view::npos) return;
      text.remove_prefix(comma + 1);
    }
  };
  if (given != nullptr && given->is_string()) cut(text_of(*given));
  if (given != nullptr && given->is_array()) {
    for (const json::value& one : given->get_array()) cut(text_of(one));
  }
  return out;
}

json::value to_document(const json::value& stored) {
  if (!stored.is_string()) return stored;
  json::array content;
  if (!stored.get_string().empty()) {
    content.push_back({{"type", "paragraph"}, {"content", {{{"type", "text"}, {"text", stored}}}}});
  }
  return json::object{{"type", "doc"}, {"version", 1}, {"content", std::move(content)}};
}

std::string to_plain(const json::value& stored) {
  if (stored.is_string()) return std::string(stored.get_string());
  std::string out;
  gather(out, stored);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

bool same_text(std::string_view left, std::string_view right) {
  return left.size() == right.size() && lower(left) == lower(right);
}

}  // namespace gatehouse::sandbox
