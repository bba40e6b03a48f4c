// The strict head scanner: a request's or an answer's start line and fields, over one buffer, without allocation once the
// field table has grown.
//
// Whatever two parsers could read differently is refused with a Verdict that says what was wrong and what would be right
// (RFC 9112 sections 3, 5, 6.3 and 11.2). It decides the framing of the body; nobody else looks at Content-Length or
// Transfer-Encoding again. It never changes a byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace gatehouse::http {

enum class Verdict : std::uint8_t {
  kRefused = 0,  ///< nothing was decided: zero means no
  kComplete,
  kIncomplete,  ///< more bytes are needed
  // start line
  kBadMethod,
  kMethodNotImplemented,
  kConnectRefused,
  kTargetTooLong,
  kTargetCharacter,
  kTargetForm,
  kVersion,
  kStartLine,
  // lines
  kBareLineFeed,
  kBareCarriageReturn,
  kFolded,
  kHeadTooLarge,
  kTooManyFields,
  kFieldName,
  kSpaceBeforeColon,
  kNoColon,
  kFieldValue,
  kUnderscore,
  // fields
  kHostMissing,
  kHostRepeated,
  kHostInvalid,
  kRepeated,
  kLengthInvalid,
  kLengthRepeated,
  kLengthAndEncoding,
  kEncodingUnknown,
  kEncodingInOldVersion,
  kContentEncoding,
  kExpectUnknown,
  kUpgrade,
  kMethodOverride,
  kConnectionNames,
  // answers
  kStatusInvalid,
  kCount
};

/// The status to answer with, and one sentence for the client: never holds input bytes.
struct VerdictText {
  int status;
  std::string_view text;
};
VerdictText describe(Verdict verdict) noexcept;

struct ScanResult {
  Verdict verdict = Verdict::kRefused;
  std::size_t consumed = 0;  ///< bytes of the head with its blank line, where kComplete
};

/// `scanned` is how many bytes were looked at in vain before, so that a head that arrives byte by byte costs no more; pass
/// what is known or 0. On kComplete `head` holds views into `bytes`; otherwise its content is unspecified.
ScanResult scan_request(std::string_view bytes, RequestHead& head, std::size_t scanned = 0);

/// `method` is the request's: HEAD and the statuses 1xx, 204, 304 have no body whatever the fields say.
ScanResult scan_response(std::string_view bytes, Method method, ResponseHead& head, std::size_t scanned = 0);

}  // namespace gatehouse::http
