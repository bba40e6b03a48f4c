// Reads what --database says. Used inside store/ only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/session.h"

namespace gatehouse::store {

/// A path, or postgresql:// (postgres://) URL. kInvalidArgument names what is wrong; the password is never part of an error.
Result<Target> parse_target(std::string_view target);

}  // namespace gatehouse::store
