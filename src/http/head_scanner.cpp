#include "http/head_scanner.h"

#include <cstring>

#include "http/characters.h"
#include "http/field_names.h"
#include "http/limits.h"

namespace gatehouse::http {
namespace {

/// A walk over the head's bytes. Every read is bounded by `end`.
struct Cursor {
  const char* at;
  const char* end;
  bool done() const noexcept { return at == end; }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }
  std::string_view take(CharacterClass which) noexcept {
    const char* begin = at;
    while (at != end && is(*at, which)) ++at;
    return {begin, static_cast<std::size_t>(at - begin)};
  }
};

/// After a line's content: CR LF and nothing else (RFC 9112 section 2.2 lets a recipient accept a bare LF; two parsers then
/// differ).
Verdict end_of_line(Cursor& cursor, Verdict otherwise) noexcept {
  if (cursor.done()) return Verdict::kIncomplete;
  if (*cursor.at == '\n') return Verdict::kBareLineFeed;
  if (*cursor.at != '\r') return otherwise;
  if (cursor.left() < 2) return Verdict::kIncomplete;
  if (cursor.at[1] != '\n') return Verdict::kBareCarriageReturn;
  cursor.at += 2;
  return Verdict::kComplete;
}

/// Whether the part that is new since the last look can end the head. Saves reading a head anew for each byte that arrives.
bool may_be_complete(std::string_view bytes, std::size_t scanned) noexcept {
  if (scanned == 0) return true;
  std::size_t from = scanned > 3 ? scanned - 3 : 0;
  while (from < bytes.size()) {
    const void* hit = std::memchr(bytes.data() + from, '\n', bytes.size() - from);
    if (hit == nullptr) return false;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes.data());
    const std::string_view rest = bytes.substr(at + 1, 2);
    if (rest == "\r\n" || (!rest.empty() && rest.front() == '\n')) return true;
    from = at + 1;
  }
  return false;
}

struct FieldRules {
  std::uint8_t single;
  bool refuse_underscore;
  bool refuse_override;
};
constexpr FieldRules kRequestRules{kSingleInRequest, true, true};
constexpr FieldRules kResponseRules{kSingleInResponse, false, false};

Verdict repeated(Known known) noexcept {
  switch (known) {
    case Known::kHost: return Verdict::kHostRepeated;
    case Known::kContentLength: return Verdict::kLengthRepeated;
    case Known::kTransferEncoding: return Verdict::kEncodingUnknown;
    default: return Verdict::kRepeated;
  }
}

/// Fields that may stand once but have no slot in the table: one bit each would do; there are few, so names are compared.
bool stands_already(const FieldTable& fields, const FieldName& row) noexcept {
  if (row.known != Known::kOther) return fields.find(row.known) != nullptr;
  for (const Field& field : fields.all()) {
    if (equals_lower(field.name, row.lower)) return true;
  }
  return false;
}

Verdict field_name(Cursor& cursor, const FieldRules& rules, std::string_view& name) noexcept {
  name = cursor.take(kTokenClass);
  if (cursor.done()) return Verdict::kIncomplete;
  if (*cursor.at == ':') {
    ++cursor.at;
    if (name.empty()) return Verdict::kFieldName;
    if (rules.refuse_underscore && std::memchr(name.data(), '_', name.size()) != nullptr) return Verdict::kUnderscore;
    return Verdict::kComplete;
  }
  switch (*cursor.at) {
    case ' ':
    case '\t': return name.empty() ? Verdict::kFolded : Verdict::kSpaceBeforeColon;
    case '\n': return Verdict::kBareLineFeed;
    case '\r': return Verdict::kNoColon;
    default: return Verdict::kFieldName;
  }
}

Verdict one_field(Cursor& cursor, const FieldRules& rules, FieldTable& fields) {
  std::string_view name;
  Verdict verdict = field_name(cursor, rules, name);
  if (verdict != Verdict::kComplete) return verdict;
  const std::string_view value = trim(cursor.take(kValueClass));
  verdict = end_of_line(cursor, Verdict::kFieldValue);
  if (verdict != Verdict::kComplete) return verdict;
  if (fields.all().size() == kMaxFields) return Verdict::kTooManyFields;
  const FieldName& row = find_field_name(name);
  if (rules.refuse_override && (row.traits & kOverridesMethod)) return Verdict::kMethodOverride;
  if ((row.traits & rules.single) && stands_already(fields, row)) return repeated(row.known);
  fields.add(Field{name, value, row.known});
  return Verdict::kComplete;
}

/// All fields and the empty line behind them.
Verdict all_fields(Cursor& cursor, const FieldRules& rules, FieldTable& fields) {
  fields.clear();
  for (;;) {
    if (cursor.done()) return Verdict::kIncomplete;
    if (*cursor.at == '\r') return end_of_line(cursor, Verdict::kFieldName);
    const Verdict verdict = one_field(cursor, rules, fields);
    if (verdict != Verdict::kComplete) return verdict;
  }
}

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
};

/// All Connection fields joined (RFC 9110 section 7.6.1): what they nominate may be stripped by a hop before us.
Verdict read_connection(const FieldTable& fields, bool is_request, ConnectionOptions& options) noexcept {
  if (fields.find(Known::kConnection) == nullptr) return Verdict::kComplete;
  for (const Field& field : fields.all()) {
    if (field.known != Known::kConnection) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      const std::string_view option = trim(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      if (option.empty()) continue;
      if (!all(option, kTokenClass)) return Verdict::kFieldValue;
      if (equals_lower(option, "close")) options.close = true;
      if (equals_lower(option, "keep-alive")) options.keep_alive = true;
      if (!is_request) continue;
      const FieldName& row = find_field_name(option);
      if (row.known == Known::kUpgrade) return Verdict::kUpgrade;
      if ((row.traits & kMattersTo) || equals_lower(option.substr(0, 10), "gatehouse-")) return Verdict::kConnectionNames;
    }
  }
  return Verdict::kComplete;
}

Verdict read_framing(const FieldTable& fields, int minor_version, Framing& framing) noexcept {
  framing = Framing();
  const Field* length = fields.find(Known::kContentLength);
  const Field* encoding = fields.find(Known::kTransferEncoding);
  if (length != nullptr && encoding != nullptr) return Verdict::kLengthAndEncoding;
  if (encoding != nullptr) {
    if (minor_version == 0) return Verdict::kEncodingInOldVersion;
    if (!equals_lower(encoding->value, "chunked")) return Verdict::kEncodingUnknown;
    framing.kind = Framing::Kind::kChunked;
  } else if (length != nullptr) {
    if (!parse_length(length->value, framing.length)) return Verdict::kLengthInvalid;
    framing.kind = framing.length == 0 ? Framing::Kind::kNone : Framing::Kind::kLength;
  }
  return Verdict::kComplete;
}

bool valid_port(std::string_view text) noexcept {
  std::uint64_t port = 0;
  return text.size() <= 5 && parse_length(text, port) && port > 0 && port <= 65535;
}

bool valid_host(std::string_view host) noexcept {
  std::size_t end = 0;
  if (!host.empty() && host.front() == '[') {
    end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (const char byte : host.substr(1, end - 1)) {
      if (!is(byte, kHexClass) && byte != ':' && byte != '.') return false;
    }
    ++end;
  } else {
    while (end < host.size() && is(host[end], kHostClass)) ++end;
    if (end == 0 || end > 253 || host.front() == '.') return false;
  }
  return end == host.size() || (host[end] == ':' && valid_port(host.substr(end + 1)));
}

Verdict check_request_fields(RequestHead& head) noexcept {
  const FieldTable& fields = head.fields;
  const Field* host = fields.find(Known::kHost);
  if (host == nullptr) return Verdict::kHostMissing;
  if (!valid_host(host->value)) return Verdict::kHostInvalid;
  head.host = host->value;
  if (fields.find(Known::kUpgrade) != nullptr) return Verdict::kUpgrade;
  const Field* encoding = fields.find(Known::kContentEncoding);
  if (encoding != nullptr && !equals_lower(encoding->value, "identity")) return Verdict::kContentEncoding;
  const Field* expect = fields.find(Known::kExpect);
  if (expect != nullptr && !equals_lower(expect->value, "100-continue")) return Verdict::kExpectUnknown;
  ConnectionOptions options;
  Verdict verdict = read_connection(fields, true, options);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = read_framing(fields, head.minor_version, head.framing);
  if (verdict != Verdict::kComplete) return verdict;
  head.keep_alive = !options.close && (head.minor_version == 1 || options.keep_alive);
  head.expects_continue = expect != nullptr && head.minor_version == 1 && head.framing.kind != Framing::Kind::kNone;
  return Verdict::kComplete;
}

struct MethodName {
  std::string_view name;
  Method method;
};
constexpr MethodName kMethods[] = {{"GET", Method::kGet},        {"HEAD", Method::kHead},     {"POST", Method::kPost},
                                   {"PUT", Method::kPut},        {"DELETE", Method::kDelete}, {"PATCH", Method::kPatch},
                                   {"OPTIONS", Method::kOptions}};

Verdict read_method(Cursor& cursor, Method& method) noexcept {
  const std::string_view name = cursor.take(kTokenClass);
  if (cursor.done()) return name.size() > 32 ? Verdict::kBadMethod : Verdict::kIncomplete;
  if (name.empty() && (*cursor.at == ' ' || *cursor.at == '\t')) return Verdict::kFolded;
  if (name.empty() && *cursor.at == '\n') return Verdict::kBareLineFeed;
  if (name.empty() || *cursor.at != ' ') return Verdict::kBadMethod;
  ++cursor.at;
  for (const MethodName& row : kMethods) {
    if (row.name == name) {
      method = row.method;
      return Verdict::kComplete;
    }
  }
  return name == "CONNECT" ? Verdict::kConnectRefused : Verdict::kMethodNotImplemented;
}

Verdict read_target(Cursor& cursor, std::string_view& target) noexcept {
  target = cursor.take(kTargetClass);
  if (target.size() > kMaxTargetBytes) return Verdict::kTargetTooLong;
  if (cursor.done()) return Verdict::kIncomplete;
  if (target.empty()) return Verdict::kStartLine;
  if (target.front() != '/') return Verdict::kTargetForm;
  if (*cursor.at == '\r' || *cursor.at == '\n') return Verdict::kVersion;  // HTTP/0.9
  if (*cursor.at != ' ') return Verdict::kTargetCharacter;
  ++cursor.at;
  return Verdict::kComplete;
}

/// Exactly "HTTP/1.0" or "HTTP/1.1".
Verdict read_version(Cursor& cursor, int& minor_version) noexcept {
  constexpr std::string_view kPrefix = "HTTP/1.";
  const std::string_view have(cursor.at, std::min(cursor.left(), kPrefix.size()));
  if (have != kPrefix.substr(0, have.size())) {
    // A second space within the target ends up here: that is the target's fault and not the version's.
    return have.substr(0, 1) == "H" || have.substr(0, 1) == "h" ? Verdict::kVersion : Verdict::kStartLine;
  }
  if (cursor.left() <= kPrefix.size()) return Verdict::kIncomplete;
  const char digit = cursor.at[kPrefix.size()];
  if (digit != '0' && digit != '1') return Verdict::kVersion;
  minor_version = digit - '0';
  cursor.at += kPrefix.size() + 1;
  return Verdict::kComplete;
}

Verdict read_request(Cursor& cursor, RequestHead& head) {
  Verdict verdict = read_method(cursor, head.method);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = read_target(cursor, head.target);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = read_version(cursor, head.minor_version);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = end_of_line(cursor, Verdict::kVersion);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = all_fields(cursor, kRequestRules, head.fields);
  if (verdict != Verdict::kComplete) return verdict;
  return check_request_fields(head);
}

Verdict read_status_line(Cursor& cursor, ResponseHead& head) noexcept {
  const Verdict version = read_version(cursor, head.minor_version);
  if (version == Verdict::kIncomplete) return version;
  if (version != Verdict::kComplete) return Verdict::kStatusInvalid;
  if (cursor.left() < 5) return Verdict::kIncomplete;
  const std::string_view status(cursor.at + 1, 3);
  if (*cursor.at != ' ' || !all(status, kDigitClass) || status[0] < '1' || status[0] > '5') return Verdict::kStatusInvalid;
  head.status = (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');
  cursor.at += 4;
  // Servers are known to leave out the space before an empty reason; nothing can be read two ways in that.
  if (*cursor.at != ' ' && *cursor.at != '\r' && *cursor.at != '\n') return Verdict::kStatusInvalid;
  cursor.take(kValueClass);
  return end_of_line(cursor, Verdict::kStatusInvalid);
}

Verdict read_response(Cursor& cursor, Method method, ResponseHead& head) {
  Verdict verdict = read_status_line(cursor, head);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = all_fields(cursor, kResponseRules, head.fields);
  if (verdict != Verdict::kComplete) return verdict;
  ConnectionOptions options;
  verdict = read_connection(head.fields, false, options);
  if (verdict != Verdict::kComplete) return verdict;
  verdict = read_framing(head.fields, head.minor_version, head.framing);
  if (verdict != Verdict::kComplete) return verdict;
  // RFC 9112 section 6.3, rules 1 and 8.
  if (method == Method::kHead || head.status < 200 || head.status == 204 || head.status == 304) {
    head.framing = Framing();
  } else if (head.framing.kind == Framing::Kind::kNone && head.fields.find(Known::kContentLength) == nullptr) {
    head.framing.kind = Framing::Kind::kUntilClose;
  }
  head.keep_alive =
      !options.close && (head.minor_version == 1 || options.keep_alive) && head.framing.kind != Framing::Kind::kUntilClose;
  return Verdict::kComplete;
}

ScanResult finish(Verdict verdict, std::string_view bytes, const Cursor& cursor) noexcept {
  const auto consumed = static_cast<std::size_t>(cursor.at - bytes.data());
  if (verdict == Verdict::kIncomplete && bytes.size() >= kMaxHeadBytes) return {Verdict::kHeadTooLarge, 0};
  if (verdict != Verdict::kComplete) return {verdict, 0};
  if (consumed > kMaxHeadBytes) return {Verdict::kHeadTooLarge, 0};
  return {Verdict::kComplete, consumed};
}

}  // namespace

ScanResult scan_request(std::string_view bytes, RequestHead& head, std::size_t scanned) {
  Cursor cursor{bytes.data(), bytes.data() + bytes.size()};
  if (!may_be_complete(bytes, scanned) && bytes.size() < kMaxHeadBytes) return {Verdict::kIncomplete, 0};
  const Verdict verdict = read_request(cursor, head);
  return finish(verdict, bytes, cursor);
}

ScanResult scan_response(std::string_view bytes, Method method, ResponseHead& head, std::size_t scanned) {
  Cursor cursor{bytes.data(), bytes.data() + bytes.size()};
  if (!may_be_complete(bytes, scanned) && bytes.size() < kMaxHeadBytes) return {Verdict::kIncomplete, 0};
  const Verdict verdict = read_response(cursor, method, head);
  return finish(verdict, bytes, cursor);
}

}  // namespace gatehouse::http
