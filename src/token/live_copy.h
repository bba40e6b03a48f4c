// A credential copied to be changed: what requests of one that differs would meet. Used by `explain` and by what is proposed.
#pragma once

#include <memory>

#include "token/live_index.h"

namespace gatehouse::token {

/// Of its own, in no index, and without secrets.
std::shared_ptr<LiveCredential> copy_of(const LiveCredential& credential);

}  // namespace gatehouse::token
