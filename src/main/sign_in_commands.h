// `gatehouse user reset-link EMAIL`: on the host with --data, also beside a running server; without it the server is asked.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace gatehouse {

/// `context` and `exit_status` must outlive the parse.
void add_sign_in_commands(CLI::App& root, cli::Context& context, int& exit_status);

}  // namespace gatehouse
