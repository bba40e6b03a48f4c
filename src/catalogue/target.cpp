#include "catalogue/target.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::catalogue {
namespace {

constexpr std::uint32_t kNoCharacter = 0xffffffff;

bool is_unreserved(unsigned char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The byte that the escape at `at` stands for; -1 if it is none.
int escaped_byte(std::string_view text, std::size_t at) noexcept {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

enum : std::uint8_t { kPathByte = 1, kQueryByte = 2 };

/// RFC 3986 pchar without '%' and ';'; in a query '/' and '?' too, and what the URL Standard leaves unescaped there.
constexpr std::array<std::uint8_t, 256> kBytes = [] {
  std::array<std::uint8_t, 256> bytes{};
  constexpr std::string_view kBoth = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,=:@";
  for (const char c : kBoth) bytes[static_cast<unsigned char>(c)] = kPathByte | kQueryByte;
  for (const char c : std::string_view("/?[]{}|^`")) bytes[static_cast<unsigned char>(c)] = kQueryByte;
  return bytes;
}();

bool allowed(char c, std::uint8_t where) noexcept { return (kBytes[static_cast<unsigned char>(c)] & where) != 0; }

/// Reads one UTF-8 character whose bytes `next` gives (-1 at the end). kNoCharacter: not UTF-8 (overlong, surrogate, too large,
/// cut).
template <class Next>
std::uint32_t read_utf8(int first, Next&& next) noexcept {
  int more = 0;
  std::uint32_t character = 0;
  std::uint32_t least = 0;
  if (first < 0x80) return static_cast<std::uint32_t>(first);
  if (first >= 0xc2 && first <= 0xdf) {
    more = 1;
    character = first & 0x1f;
    least = 0x80;
  } else if (first >= 0xe0 && first <= 0xef) {
    more = 2;
    character = first & 0x0f;
    least = 0x800;
  } else if (first >= 0xf0 && first <= 0xf4) {
    more = 3;
    character = first & 0x07;
    least = 0x10000;
  } else {
    return kNoCharacter;
  }
  for (; more > 0; --more) {
    const int byte = next();
    if (byte < 0x80 || byte > 0xbf) return kNoCharacter;
    character = (character << 6) | (static_cast<std::uint32_t>(byte) & 0x3f);
  }
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  return character < least || character > 0x10ffff || surrogate ? kNoCharacter : character;
}

/// Characters that a later layer may fold to a delimiter, or that nobody sees: compatibility forms of ASCII, dots and slashes,
/// controls, and format characters.
bool stands_for_another(std::uint32_t c) noexcept {
  constexpr std::pair<std::uint32_t, std::uint32_t> kRanges[]{
      {0x80, 0xa0},     {0xad, 0xad},     {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160},   {0x17b4, 0x17b5},
      {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2024, 0x2026}, {0x2028, 0x202f}, {0x2044, 0x2044},   {0x205f, 0x206f},
      {0x20e5, 0x20e5}, {0x2215, 0x2216}, {0x2571, 0x2572}, {0x29f5, 0x29f9}, {0x3000, 0x3000},   {0x3002, 0x3002},
      {0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfe19, 0xfe19}, {0xfe30, 0xfe30},   {0xfe50, 0xfe6b},
      {0xfeff, 0xfeff}, {0xff01, 0xff65}, {0xffa0, 0xffa0}, {0xffe0, 0xffff}, {0x1fffe, 0x1ffff}, {0xe0000, 0x10ffff},
  };
  return std::any_of(std::begin(kRanges), std::end(kRanges),
                     [c](const auto& range) { return c >= range.first && c <= range.second; });
}

TargetFault check_escaped_ascii(int byte) noexcept {
  constexpr std::string_view kDelimiters = "/\\.%#?;";
  const char c = static_cast<char>(byte);
  if (byte < 0x20 || byte == 0x7f || kDelimiters.find(c) != std::string_view::npos) return TargetFault::kEncodedDelimiter;
  if (is_unreserved(static_cast<unsigned char>(c)) && c != '~') return TargetFault::kNeedlessEscape;
  return TargetFault::kNone;
}

/// Checks the escape at `at` of a path, and the rest of the character that it begins; moves `at` behind it.
TargetFault check_path_escape(std::string_view path, std::size_t& at) noexcept {
  const int first = escaped_byte(path, at);
  if (first < 0) return TargetFault::kBadEscape;
  std::size_t end = at + 3;
  if (first < 0x80) {
    const TargetFault fault = check_escaped_ascii(first);
    if (fault == TargetFault::kNone) at = end;
    return fault;
  }
  const std::uint32_t character = read_utf8(first, [&]() noexcept {
    if (end >= path.size() || path[end] != '%') return -1;
    const int byte = escaped_byte(path, end);
    end += 3;
    return byte;
  });
  if (character == kNoCharacter || stands_for_another(character)) return TargetFault::kBadUtf8;
  at = end;
  return TargetFault::kNone;
}

struct Fault {
  TargetFault fault = TargetFault::kNone;
  std::size_t at = 0;
};

Fault check_segment(std::string_view path, std::size_t start, std::size_t end) noexcept {
  if (end == start) return {TargetFault::kEmptySegment, start};
  for (std::size_t at = start; at < end;) {
    if (path[at] == '%') {
      const std::size_t escape = at;
      const TargetFault fault = check_path_escape(path.substr(0, end), at);
      if (fault != TargetFault::kNone) return {fault, escape};
    } else if (path[at] == ';') {
      return {TargetFault::kMatrixParameter, at};
    } else if (!allowed(path[at], kPathByte)) {
      return {TargetFault::kForbiddenByte, at};
    } else {
      ++at;
    }
  }
  // "." and ".." end in a dot too; an escaped dot was refused above.
  if (path[end - 1] == '.') return {TargetFault::kDotSegment, start};
  return {};
}

Fault check_path(std::string_view path) noexcept {
  if (path.size() == 1) return {};
  if (path[1] == '/') return {TargetFault::kLeadingDoubleSlash, 1};
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const Fault fault = check_segment(path, start, end);
    if (fault.fault != TargetFault::kNone) return fault;
    start = end + 1;
  }
  return {};
}

Fault check_query_bytes(std::string_view query) noexcept {
  for (std::size_t at = 0; at < query.size(); ++at) {
    if (query[at] == '%') {
      if (escaped_byte(query, at) < 0) return {TargetFault::kBadEscape, at};
      at += 2;
    } else if (query[at] == ';') {
      return {TargetFault::kMatrixParameter, at};
    } else if (!allowed(query[at], kQueryByte)) {
      return {TargetFault::kForbiddenByte, at};
    }
  }
  return {};
}

/// Appends the decoded `text`; a '+' is a space. Checks that the result is UTF-8 without controls.
TargetFault decode_query(std::string_view text, std::string& out) {
  const std::size_t start = out.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+') {
      out += ' ';
    } else if (text[at] == '%') {
      const int byte = escaped_byte(text, at);
      if (byte < 0) return TargetFault::kBadEscape;
      out += static_cast<char>(byte);
      at += 2;
    } else {
      out += text[at];
    }
  }
  const std::string_view decoded = std::string_view(out).substr(start);
  for (std::size_t at = 0; at < decoded.size();) {
    const unsigned char first = static_cast<unsigned char>(decoded[at++]);
    if (first == 0x7f || (first < 0x20 && first != '\t' && first != '\n' && first != '\r')) return TargetFault::kForbiddenByte;
    const std::uint32_t character = read_utf8(
        first, [&]() noexcept { return at < decoded.size() ? static_cast<int>(static_cast<unsigned char>(decoded[at++])) : -1; });
    if (character == kNoCharacter) return TargetFault::kBadUtf8;
  }
  return TargetFault::kNone;
}

TargetFault check_name(std::string_view raw, std::string_view decoded) noexcept {
  const bool plain = std::all_of(decoded.begin(), decoded.end(), [](char c) {
    return is_unreserved(static_cast<unsigned char>(c)) || c == '$' || c == ':' || c == '@';
  });
  if (decoded.empty() || !plain) return TargetFault::kBadName;
  for (std::size_t at = raw.find('%'); at != std::string_view::npos; at = raw.find('%', at + 3)) {
    if (is_unreserved(static_cast<unsigned char>(escaped_byte(raw, at)))) return TargetFault::kNeedlessEscape;
  }
  return TargetFault::kNone;
}

/// A view of `text` where nothing is to be decoded, else of what was appended to `buffer`, which never grows past its capacity.
TargetFault decode_part(std::string_view text, std::string& buffer, std::string_view& out) {
  if (text.find_first_of("%+") == std::string_view::npos) {
    out = text;
    return TargetFault::kNone;
  }
  const std::size_t start = buffer.size();
  const TargetFault fault = decode_query(text, buffer);
  out = std::string_view(buffer).substr(start);
  return fault;
}

TargetFault parse_parameter(std::string_view part, std::string& buffer, QueryParameter& out) {
  if (part.empty()) return TargetFault::kRepeatedEmpty;
  const std::size_t equals = part.find('=');
  const std::string_view name = part.substr(0, equals);
  out.has_value = equals != std::string_view::npos;
  TargetFault fault = decode_part(name, buffer, out.name);
  if (fault == TargetFault::kNone) fault = check_name(name, out.name);
  if (fault != TargetFault::kNone || !out.has_value) return fault;
  return decode_part(part.substr(equals + 1), buffer, out.value);
}

}  // namespace

std::string_view explain(TargetFault fault) noexcept {
  switch (fault) {
    case TargetFault::kNone: return "The request target is canonical.";
    case TargetFault::kNotOriginForm:
      return "The request target must be a path that begins with one '/' (origin-form, RFC 9112 section 3.2.1).";
    case TargetFault::kTooLong:
      return "The request target is longer than 8 KiB; send a long query in a request body (POST /rest/api/3/search/jql).";
    case TargetFault::kForbiddenByte:
      return "The request target holds a byte that must be percent-encoded, or a control character.";
    case TargetFault::kLeadingDoubleSlash:
      return "The path begins with '//': remove the '/' at the end of the client's base URL.";
    case TargetFault::kEmptySegment: return "The path has an empty segment ('//', or a '/' at its end): remove the needless '/'.";
    case TargetFault::kDotSegment: return "A segment of the path is '.' or '..' or ends in a dot: write the path without it.";
    case TargetFault::kMatrixParameter: return "The request target holds a ';': in a query write %3B, in a path there is none.";
    case TargetFault::kBadEscape:
      return "A '%' in the request target is not followed by two hexadecimal digits; write %25 for a percent sign in a query.";
    case TargetFault::kEncodedDelimiter:
      return "A segment of the path holds an escaped '/', '\\', '.', '%', '#', '?', ';' or control character.";
    case TargetFault::kNeedlessEscape: return "A letter, digit, '-', '.' or '_' is percent-encoded: write it as it is.";
    case TargetFault::kBadUtf8:
      return "The percent-encoded bytes are not UTF-8, or a path holds a character that looks like or stands for another one.";
    case TargetFault::kRepeatedEmpty:
      return "The query has an empty parameter ('&&', or '&' at an end): remove the needless '&'.";
    case TargetFault::kBadName:
      return "The name of a query parameter is empty or holds another character than letters, digits and -_.~$:@; write a list "
             "as a=1&a=2.";
    case TargetFault::kTooManyParameters: return "The query has more than 256 parameters.";
  }
  return "The request target is not canonical.";
}

Target check_target(std::string_view target) noexcept {
  Target result;
  if (target.empty() || target.front() != '/') {
    result.fault = TargetFault::kNotOriginForm;
    return result;
  }
  if (target.size() > kMaxTargetBytes) {
    result.fault = TargetFault::kTooLong;
    result.at = kMaxTargetBytes;
    return result;
  }
  const std::size_t mark = target.find('?');
  result.path = target.substr(0, mark);
  result.has_query = mark != std::string_view::npos;
  if (result.has_query) result.query = target.substr(mark + 1);
  Fault fault = check_path(result.path);
  if (fault.fault == TargetFault::kNone) {
    fault = check_query_bytes(result.query);
    fault.at += mark + 1;
  }
  if (fault.fault != TargetFault::kNone) {
    result.fault = fault.fault;
    result.at = fault.at;
  }
  return result;
}

std::string_view decode_segment(std::string_view segment, std::string& buffer) {
  if (segment.find('%') == std::string_view::npos) return segment;
  buffer.clear();
  for (std::size_t at = 0; at < segment.size(); ++at) {
    const int byte = segment[at] == '%' ? escaped_byte(segment, at) : -1;
    buffer += byte < 0 ? segment[at] : static_cast<char>(byte);
    if (byte >= 0) at += 2;
  }
  return buffer;
}

const QueryParameter* Query::find(std::string_view name) const noexcept {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [name](const QueryParameter& parameter) { return parameter.name == name; });
  return found == parameters_.end() ? nullptr : &*found;
}

std::size_t Query::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::count_if(parameters_.begin(), parameters_.end(),
                                                [name](const QueryParameter& parameter) { return parameter.name == name; }));
}

std::string_view Query::repeated() const noexcept {
  for (std::size_t i = 1; i < parameters_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (parameters_[i].name == parameters_[j].name) return parameters_[i].name;
    }
  }
  return {};
}

TargetFault parse_query(std::string_view query, Query& out) {
  out.parameters_.clear();
  out.decoded_.clear();
  // Decoding never lengthens: with this room the views into it stay valid.
  out.decoded_.reserve(query.size());
  TargetFault fault = TargetFault::kNone;
  for (bool more = !query.empty(); more && fault == TargetFault::kNone;) {
    if (out.parameters_.size() == kMaxQueryParameters) {
      fault = TargetFault::kTooManyParameters;
      break;
    }
    const std::size_t end = query.find('&');
    more = end != std::string_view::npos;
    fault = parse_parameter(query.substr(0, end), out.decoded_, out.parameters_.emplace_back());
    query.remove_prefix(more ? end + 1 : query.size());
  }
  if (fault != TargetFault::kNone) out.parameters_.clear();
  return fault;
}

void append_escaped(std::string_view decoded, std::string& out) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : decoded) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(byte)) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

void append_parameter(std::string_view name, std::string_view value, bool& first, std::string& out) {
  out += first ? '?' : '&';
  first = false;
  append_escaped(name, out);
  out += '=';
  append_escaped(value, out);
}

}  // namespace gatehouse::catalogue
