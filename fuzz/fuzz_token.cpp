// links: token crypto
// Whatever a client sends as its token, and whatever stands in a database as a hash or a sealed secret.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/seal.h"
#include "crypto/token_hash.h"
#include "token/token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static gatehouse::SystemRandom random;
  static const gatehouse::crypto::Keyring keys = gatehouse::crypto::Keyring::generate(random);
  static const gatehouse::crypto::TokenHasher hasher(keys);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = gatehouse::token::parse(text)) {
    // Its parts are views into the text, and hashing them is a total function.
    if (parsed->id.data() != text.data() + 5 || parsed->secret.data() + parsed->secret.size() + 6 != text.data() + text.size())
      std::abort();
    if (!hasher.matches(hasher.hash(parsed->id, parsed->secret), parsed->id, parsed->secret)) std::abort();
  }
  if (const auto hash = gatehouse::crypto::parse_token_hash(text)) {
    if (gatehouse::crypto::format_token_hash(hash.value()) != text) std::abort();
    // Nobody guesses a hash under keys that were made a moment ago.
    if (hasher.matches(hash.value(), "0123456789abcdef", "secret")) std::abort();
  }
  if (gatehouse::crypto::Sealer(keys, random).open(text, {"purpose", "id", "origin"})) std::abort();
  return 0;
}
