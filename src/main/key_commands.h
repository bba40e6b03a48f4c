// `gatehouse key rotate`: new keys for the installation, on the host itself, while no server runs.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace gatehouse {

/// `context` and `exit_status` must outlive the parse.
void add_key_commands(CLI::App& root, cli::Context& context, int& exit_status);

}  // namespace gatehouse
