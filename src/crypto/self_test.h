// Known-answer test of everything that crypto/ rests on. main/ runs it once at start and does not go on where it fails.
#pragma once

#include "base/result.h"

namespace gatehouse::crypto {

/// Also initializes libsodium; call it before any other function of crypto/. Takes about a millisecond.
Result<void> self_test();

}  // namespace gatehouse::crypto
