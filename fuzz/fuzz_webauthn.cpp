// links: admin
// What an authenticator answers: read to the end or refused, and what is read again is the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "admin/cbor.h"
#include "admin/webauthn.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t used = 0;
  const auto value = gatehouse::admin::read_cbor(bytes, used);
  if (value && used > size) std::abort();
  const gatehouse::admin::RelyingParty party{"localhost", "http://localhost:8481"};
  const std::string_view client_data =
      R"({"type":"webauthn.create","challenge":"YQ","origin":"http://localhost:8481","crossOrigin":false})";
  const auto made = gatehouse::admin::check_registration(party, "a", client_data, bytes);
  if (made && made.value().public_key.empty()) std::abort();
  const auto parsed = gatehouse::admin::check_registration(party, "a", bytes, "");
  if (parsed) std::abort();
  return 0;
}
