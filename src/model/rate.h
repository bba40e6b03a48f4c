// A rate: so many requests in so long.
#pragma once

#include "base/clock.h"

namespace gatehouse {

struct Rate {
  int requests = 0;  ///< 0: no limit of its own
  Duration per{};
  bool operator==(const Rate&) const = default;
};

}  // namespace gatehouse
