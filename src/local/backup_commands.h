// `gatehouse backup FILE` and `gatehouse restore FILE`: they open the data folder (or only read it) themselves.
#pragma once

#include <CLI/CLI.hpp>

namespace gatehouse::local {

/// Adds both commands to `root`; a command that ran leaves its exit status (design section 6) in `exit_status`.
void add_backup_commands(CLI::App& root, int& exit_status);

}  // namespace gatehouse::local
