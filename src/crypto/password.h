// Passwords of people: Argon2id (RFC 9106) by libsodium. admin/passwords.h calls it, and bounds how many run at once.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::crypto {

/// "$argon2id$…" with a salt of its own: 64 MiB and 2 passes, about 55 ms of CPU. Blocks. kUnavailable where the memory is not
/// to be had.
Result<std::string> hash_password(const SecretString& password);
/// Costs what `stored` says. False for what is no such text.
bool password_matches(const std::string& stored, const SecretString& password);

}  // namespace gatehouse::crypto
