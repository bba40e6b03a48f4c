// After the keyring got new keys (store/data_folder.h): seals anew what can be, and counts what still needs the older ones.
//
// Called by `gatehouse key rotate`, and again by nobody: what a crash left under the older key stays readable by it, and the next
// rotation seals it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "admin/services.h"

namespace gatehouse::admin {

struct RotatedKeys {
  int epoch = 0;                        ///< of the sealing key
  std::size_t sealed_again = 0;         ///< upstream credentials, webhooks, keys of access tokens
  std::vector<std::string> unreadable;  ///< ids of those that no key opens: left as they are
  /// Secrets whose hash names an older key, which is kept until none is left: a hash can't be made anew without its secret.
  std::size_t older_tokens = 0;
};

/// One unit of work with one audit record, which is the first under the new audit key.
Result<RotatedKeys> seal_all_again(Services& services, const Caller& caller);

}  // namespace gatehouse::admin
