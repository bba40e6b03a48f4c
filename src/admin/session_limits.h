// How long a person's session lasts. Set in the configuration file; admin/sessions.h holds sessions to it.
#pragma once

#include "base/clock.h"

namespace gatehouse::admin {

struct SessionLimits {
  Duration idle = std::chrono::hours(1);
  Duration whole = std::chrono::hours(12);
};

}  // namespace gatehouse::admin
