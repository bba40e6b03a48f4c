// Commands that run on the host itself and wire the program: init, serve, sandbox, demo, doctor.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace gatehouse {

/// `context` and `exit_status` must outlive the parse.
void add_host_commands(CLI::App& root, cli::Context& context, int& exit_status);

}  // namespace gatehouse
