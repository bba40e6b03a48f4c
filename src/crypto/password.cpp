#include "crypto/password.h"

#include <sodium.h>

#include <array>

namespace gatehouse::crypto {

Result<std::string> hash_password(const SecretString& password) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const std::string& text = password.expose();
  if (crypto_pwhash_str(out.data(), text.data(), text.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return fail(Errc::kUnavailable, "There is no memory left to look at a password; try again in a moment.");
  }
  return std::string(out.data());
}

bool password_matches(const std::string& stored, const SecretString& password) {
  if (stored.size() >= crypto_pwhash_STRBYTES) return false;
  const std::string& text = password.expose();
  return crypto_pwhash_str_verify(stored.c_str(), text.data(), text.size()) == 0;
}

}  // namespace gatehouse::crypto
