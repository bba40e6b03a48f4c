// links: http
// Requests' and answers' heads: whatever passes must be unambiguous, lie within its bytes, and read the same when written anew.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/head_scanner.h"

namespace {

using namespace gatehouse::http;

void require(bool holds) {
  if (!holds) std::abort();
}

bool within(std::string_view bytes, std::string_view view) {
  return view.data() >= bytes.data() && view.data() + view.size() <= bytes.data() + bytes.size();
}

void check_fields(std::string_view bytes, const FieldTable& fields) {
  int framings = 0;
  for (const Field& field : fields.all()) {
    require(within(bytes, field.name) && within(bytes, field.value));
    require(!field.name.empty() && field.name.find_first_of(" \t\r\n:") == std::string_view::npos);
    for (const char byte : field.value) require(byte == '\t' || (static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7f));
    framings += field.known == Known::kContentLength || field.known == Known::kTransferEncoding;
  }
  require(framings <= 1);
}

std::string written(const FieldTable& fields) {
  std::string out;
  for (const Field& field : fields.all()) out.append(field.name).append(": ").append(field.value).append("\r\n");
  return out + "\r\n";
}

void try_request(std::string_view bytes) {
  RequestHead head;
  const ScanResult result = scan_request(bytes, head);
  if (result.verdict != Verdict::kComplete) return;
  const std::string_view own = bytes.substr(0, result.consumed);
  require(own.ends_with("\r\n\r\n") && within(own, head.target) && within(own, head.host));
  check_fields(own, head.fields);
  RequestHead again;
  require(scan_request(own.substr(0, own.size() - 1), again).verdict == Verdict::kIncomplete);
  require(scan_request(own, again, own.size() - 1).verdict == Verdict::kComplete);
  const std::string anew = std::string(to_string(head.method)) + " " + std::string(head.target) + " HTTP/1." +
                           std::to_string(head.minor_version) + "\r\n" + written(head.fields);
  if (anew.size() > 32 * 1024) return;
  require(scan_request(anew, again).verdict == Verdict::kComplete);
  require(again.target == head.target && again.host == head.host && again.framing.kind == head.framing.kind &&
          again.framing.length == head.framing.length && again.keep_alive == head.keep_alive);
}

void try_response(std::string_view bytes, Method method) {
  ResponseHead head;
  const ScanResult result = scan_response(bytes, method, head);
  if (result.verdict != Verdict::kComplete) return;
  require(result.consumed <= bytes.size());
  check_fields(bytes.substr(0, result.consumed), head.fields);
  require(head.status >= 100 && head.status <= 599);
  const bool bodyless = method == Method::kHead || head.status < 200 || head.status == 204 || head.status == 304;
  require(!bodyless || head.framing.kind == Framing::Kind::kNone);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_request(bytes);
  try_response(bytes, Method::kGet);
  try_response(bytes, Method::kHead);
  return 0;
}
