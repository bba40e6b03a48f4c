#include "http/field_names.h"

#include <array>

#include "http/characters.h"

namespace gatehouse::http {
namespace {

constexpr std::uint8_t kOnce = kSingleInRequest | kMattersTo;
constexpr std::uint8_t kOnceBoth = kSingleInRequest | kSingleInResponse | kMattersTo;

constexpr std::array kNames{
    FieldName{"host", Known::kHost, kOnce},
    FieldName{"authorization", Known::kAuthorization, kOnce},
    FieldName{"content-length", Known::kContentLength, kOnceBoth},
    FieldName{"transfer-encoding", Known::kTransferEncoding, kOnceBoth},
    FieldName{"connection", Known::kConnection, 0},
    FieldName{"content-type", Known::kContentType, kOnceBoth},
    FieldName{"content-encoding", Known::kContentEncoding, kOnceBoth},
    FieldName{"expect", Known::kExpect, kOnce},
    FieldName{"user-agent", Known::kUserAgent, kOnce},
    FieldName{"accept", Known::kAccept, kMattersTo},
    FieldName{"accept-language", Known::kAcceptLanguage, kMattersTo},
    FieldName{"accept-encoding", Known::kAcceptEncoding, kMattersTo},
    FieldName{"if-match", Known::kIfMatch, kMattersTo},
    FieldName{"if-none-match", Known::kIfNoneMatch, kMattersTo},
    FieldName{"if-modified-since", Known::kIfModifiedSince, kOnce},
    FieldName{"if-unmodified-since", Known::kIfUnmodifiedSince, kOnce},
    FieldName{"range", Known::kRange, kOnce},
    FieldName{"if-range", Known::kIfRange, kOnce},
    FieldName{"origin", Known::kOrigin, kOnce},
    FieldName{"cookie", Known::kCookie, kMattersTo},
    FieldName{"set-cookie", Known::kSetCookie, kMattersTo},
    FieldName{"location", Known::kLocation, kSingleInResponse | kMattersTo},
    FieldName{"retry-after", Known::kRetryAfter, kMattersTo},
    FieldName{"etag", Known::kETag, kMattersTo},
    FieldName{"last-modified", Known::kLastModified, kMattersTo},
    FieldName{"cache-control", Known::kCacheControl, kMattersTo},
    FieldName{"date", Known::kDate, kOnce},
    FieldName{"content-disposition", Known::kContentDisposition, kOnce},
    FieldName{"content-range", Known::kContentRange, kOnceBoth},
    FieldName{"accept-ranges", Known::kAcceptRanges, kMattersTo},
    FieldName{"www-authenticate", Known::kWwwAuthenticate, kMattersTo},
    FieldName{"x-atlassian-token", Known::kXAtlassianToken, kOnce},
    FieldName{"x-forwarded-for", Known::kXForwardedFor, kMattersTo},
    FieldName{"trailer", Known::kTrailer, 0},
    FieldName{"upgrade", Known::kUpgrade, 0},
    FieldName{"dpop", Known::kOther, kOnce},
    FieldName{"forwarded", Known::kOther, kMattersTo},
    FieldName{"proxy-authorization", Known::kOther, kOnce},
    FieldName{"referer", Known::kOther, kOnce},
    FieldName{"x-http-method-override", Known::kOther, kOverridesMethod},
    FieldName{"x-http-method", Known::kOther, kOverridesMethod},
    FieldName{"x-method-override", Known::kOther, kOverridesMethod},
};

constexpr std::size_t kSlots = 256;
constexpr std::size_t slot_of(std::string_view name) noexcept {
  const auto first = static_cast<unsigned char>(name.front() | 0x20);
  const auto last = static_cast<unsigned char>(name.back() | 0x20);
  const auto middle = static_cast<unsigned char>(name[name.size() / 2] | 0x20);
  return (name.size() * 11U + first * 7U + last * 31U + middle * 3U) % kSlots;
}

/// Open addressing: 0 is an empty slot, else the row's index + 1.
constexpr std::array<std::uint8_t, kSlots> make_slots() {
  std::array<std::uint8_t, kSlots> slots{};
  for (std::size_t row = 0; row < kNames.size(); ++row) {
    std::size_t slot = slot_of(kNames[row].lower);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<std::uint8_t>(row + 1);
  }
  return slots;
}
constexpr std::array<std::uint8_t, kSlots> kTable = make_slots();
constexpr FieldName kUnknown{};

}  // namespace

const FieldName& find_field_name(std::string_view name) noexcept {
  if (name.empty()) return kUnknown;
  for (std::size_t slot = slot_of(name); kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    const FieldName& row = kNames[kTable[slot] - 1U];
    if (equals_lower(name, row.lower)) return row;
  }
  return kUnknown;
}

}  // namespace gatehouse::http
