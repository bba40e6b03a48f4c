#include <array>

#include "http/head_scanner.h"

namespace gatehouse::http {
namespace {

struct Row {
  Verdict verdict;
  VerdictText text;
};

constexpr std::array kRows{
    Row{Verdict::kRefused, {400, "The request could not be read."}},
    Row{Verdict::kComplete, {200, "The head is complete."}},
    Row{Verdict::kIncomplete, {400, "The request ended before its head did; end the head with an empty line."}},
    Row{Verdict::kBadMethod, {400, "The request line does not begin with a method; write it as GET /path HTTP/1.1."}},
    Row{Verdict::kMethodNotImplemented,
        {501, "This method is not served; use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, in capitals."}},
    Row{Verdict::kConnectRefused, {405, "CONNECT is not served: this is a gateway to configured sites, not a proxy."}},
    Row{Verdict::kTargetTooLong,
        {414, "The request target is longer than 8192 bytes; send long queries in a POST body where the API has one."}},
    Row{Verdict::kTargetCharacter,
        {400, "The request target holds a space, control character, backslash, '#' or byte beyond ASCII; percent-encode it."}},
    Row{Verdict::kTargetForm, {400, "The request target must be a path that begins with '/', without scheme and host."}},
    Row{Verdict::kVersion, {505, "Only HTTP/1.1 and HTTP/1.0 are spoken here."}},
    Row{Verdict::kStartLine, {400, "The first line is not a method, a target and a version with one space between each."}},
    Row{Verdict::kBareLineFeed, {400, "A line of the head ends in LF alone; end every line with CR LF."}},
    Row{Verdict::kBareCarriageReturn, {400, "The head holds a CR that no LF follows."}},
    Row{Verdict::kFolded,
        {400, "A header field is folded over several lines, or the head begins with white space; put each field on one line."}},
    Row{Verdict::kHeadTooLarge, {431, "The head is longer than 32768 bytes."}},
    Row{Verdict::kTooManyFields, {431, "The head has more than 128 header fields."}},
    Row{Verdict::kFieldName, {400, "A header field has no name, or a name with a character that names may not hold."}},
    Row{Verdict::kSpaceBeforeColon, {400, "White space stands between a header field's name and its colon; remove it."}},
    Row{Verdict::kNoColon, {400, "A line of the head has no colon; write header fields as Name: value."}},
    Row{Verdict::kFieldValue,
        {400, "A header field's value holds a control character or is not of the form that its field needs."}},
    Row{Verdict::kUnderscore, {400, "A header field's name holds an underscore, which some servers read as a dash; use dashes."}},
    Row{Verdict::kHostMissing, {400, "The Host header field is missing."}},
    Row{Verdict::kHostRepeated, {400, "The Host header field stands more than once."}},
    Row{Verdict::kHostInvalid, {400, "The Host header field is not a host name or address with an optional port."}},
    Row{Verdict::kRepeated, {400, "A header field that may stand only once is repeated."}},
    Row{Verdict::kLengthInvalid, {400, "Content-Length is not a plain decimal number without sign and leading zeros."}},
    Row{Verdict::kLengthRepeated, {400, "Content-Length is given more than once."}},
    Row{Verdict::kLengthAndEncoding, {400, "Content-Length and Transfer-Encoding are both given; send only one."}},
    Row{Verdict::kEncodingUnknown, {501, "The only Transfer-Encoding understood is exactly one 'chunked'."}},
    Row{Verdict::kEncodingInOldVersion, {400, "Transfer-Encoding has no meaning in HTTP/1.0."}},
    Row{Verdict::kContentEncoding, {415, "Encoded request bodies are not accepted; send the body without Content-Encoding."}},
    Row{Verdict::kExpectUnknown, {417, "The only expectation understood is 100-continue."}},
    Row{Verdict::kUpgrade, {400, "Upgrades (WebSocket, h2c) are not served; send plain HTTP/1.1 without Upgrade."}},
    Row{Verdict::kMethodOverride, {400, "Header fields that override the method are not accepted; send the method itself."}},
    Row{Verdict::kConnectionNames,
        {400, "Connection names a header field that must reach the gateway; it may say close or keep-alive."}},
    Row{Verdict::kStatusInvalid, {502, "The status line is not HTTP/1.1 or HTTP/1.0 with a three-digit status."}},
};
static_assert(kRows.size() == static_cast<std::size_t>(Verdict::kCount));

constexpr bool in_order() {
  for (std::size_t at = 0; at < kRows.size(); ++at) {
    if (static_cast<std::size_t>(kRows[at].verdict) != at) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

VerdictText describe(Verdict verdict) noexcept {
  const auto at = static_cast<std::size_t>(verdict);
  return at < kRows.size() ? kRows[at].text : kRows[0].text;
}

}  // namespace gatehouse::http
