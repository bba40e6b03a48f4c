// The administrator keys that `gatehouse login` stores, one for each server's address: ~/.config/gatehouse/keys.json
// ($XDG_CONFIG_HOME), 0600.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::cli {

struct StoredKey {
  SecretString key;  ///< empty: none
  std::string user;
  std::string expires_at;
};

/// kNotAllowed where others may read the file (the error names chmod), kDataCorrupt where it is no such file.
Result<StoredKey> stored_key(const std::string& url);
Result<void> store_key(const std::string& url, const StoredKey& key);
/// Nothing happens where there is none.
Result<void> forget_key(const std::string& url);
/// Where they lie, for messages.
std::string key_store_path();

}  // namespace gatehouse::cli
