// `gatehouse audit verify [--data DIR]`: exit 6 where the chain is not whole.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace gatehouse::local {

/// Adds `verify` below the `audit` command of `root` (made here where nobody made it yet). Without --data it is `ask_server`,
/// which returns the exit status.
void add_audit_local_commands(CLI::App& root, int& exit_status, std::function<int(bool json)> ask_server);

}  // namespace gatehouse::local
