// The head of the audit chain, signed, as it is kept outside the database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/keys.h"

namespace gatehouse::audit {

struct Head {
  std::int64_t sequence = 0;  ///< 0: nothing was written yet
  std::string mac;
  int key_epoch = 0;
};

/// One line of JSON with the signature.
std::string format_head(const Head& head, const crypto::Keyring& keys);
/// kDataCorrupt where the signature is not of these keys.
Result<Head> parse_head(std::string_view text, const crypto::Keyring& keys);

/// kNotFound where there is no such file.
Result<Head> read_head_file(const std::string& path, const crypto::Keyring& keys);
/// Replaced atomically and flushed.
Result<void> write_head_file(const std::string& path, const Head& head, const crypto::Keyring& keys);

}  // namespace gatehouse::audit
