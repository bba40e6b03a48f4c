// HTTP/1.1 messages as views over one buffer, with an indexed header table. Plain types: no socket, no Asio, no product rule.
//
// Made by http/head_scanner.h, which accepts only what every parser reads alike (RFC 9112 sections 6.3 and 11.2).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gatehouse::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kDelete, kPatch, kOptions };
std::string_view to_string(Method method) noexcept;

/// Header fields that some step asks for by name. Others are found by comparing names.
enum class Known : std::uint8_t {
  kOther,
  kHost,
  kAuthorization,
  kContentLength,
  kTransferEncoding,
  kConnection,
  kContentType,
  kContentEncoding,
  kExpect,
  kUserAgent,
  kAccept,
  kAcceptLanguage,
  kAcceptEncoding,
  kIfMatch,
  kIfNoneMatch,
  kIfModifiedSince,
  kIfUnmodifiedSince,
  kRange,
  kIfRange,
  kOrigin,
  kCookie,
  kSetCookie,
  kLocation,
  kRetryAfter,
  kETag,
  kLastModified,
  kCacheControl,
  kDate,
  kContentDisposition,
  kContentRange,
  kAcceptRanges,
  kWwwAuthenticate,
  kXAtlassianToken,
  kXForwardedFor,
  kTrailer,
  kUpgrade,
  kCount
};

struct Field {
  std::string_view name;   ///< as it was written
  std::string_view value;  ///< without the white space around it
  Known known = Known::kOther;
};

/// How a body is framed, decided by the scanner alone.
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;
};

class FieldTable {
 public:
  const std::vector<Field>& all() const noexcept { return fields_; }
  /// The first field of that name, or nullptr. Fields that may stand only once were refused by the scanner if repeated.
  const Field* find(Known known) const noexcept {
    const std::uint8_t at = first_[static_cast<std::size_t>(known)];
    return at == 0 ? nullptr : &fields_[at - 1U];
  }
  std::string_view value(Known known) const noexcept {
    const Field* field = find(known);
    return field ? field->value : std::string_view();
  }
  void clear() noexcept {
    fields_.clear();
    first_.fill(0);
  }
  /// At most 128 fields: the scanner's limit.
  void add(const Field& field) {
    fields_.push_back(field);
    std::uint8_t& first = first_[static_cast<std::size_t>(field.known)];
    if (first == 0) first = static_cast<std::uint8_t>(fields_.size());
  }

 private:
  std::vector<Field> fields_;  ///< kept between requests: no allocation once it has grown
  std::array<std::uint8_t, static_cast<std::size_t>(Known::kCount)> first_{};
};

/// Valid as long as the buffer it was scanned from.
struct RequestHead {
  Method method = Method::kGet;
  std::string_view target;  ///< origin-form, exactly as sent; the scanner has refused controls, '#', '\\', 8-bit and spaces
  int minor_version = 1;
  std::string_view host;  ///< lower case is not forced; port included
  FieldTable fields;
  Framing framing;
  bool keep_alive = true;
  bool expects_continue = false;
};

struct ResponseHead {
  int status = 0;
  int minor_version = 1;
  FieldTable fields;
  Framing framing;
  bool keep_alive = true;
};

}  // namespace gatehouse::http
