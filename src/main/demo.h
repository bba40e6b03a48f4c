// `gatehouse demo`: the main job on the sandbox, with the commands and requests that a user would type.
#pragma once

#include "cli/context.h"
#include "main/settings.h"

namespace gatehouse {

/// Makes an installation in `settings.data` (or a temporary folder), serves it beside a sandbox site, walks through the main job
/// and checks each answer on the way. Stays up until a signal unless `once`. Returns the exit status: 1 where an answer was not
/// what the demo promises.
int demo(const Settings& settings, bool once, const cli::Context& context);

}  // namespace gatehouse
