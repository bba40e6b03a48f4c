// `gatehouse doctor`: looks over an installation, running or not, and says what is wrong and what to do.
#pragma once

#include "cli/context.h"
#include "main/settings.h"

namespace gatehouse {

/// Returns the exit status: 0 where all is well, 6 where something was found. Changes nothing.
int doctor(const Settings& settings, const cli::Context& context);

}  // namespace gatehouse
