// `gatehouse audit verify --data DIR`: exit 6 where the chain is not whole.
#pragma once

#include <CLI/CLI.hpp>

namespace gatehouse::local {

/// Adds `verify` below the `audit` command of `root` (made here where nobody made it yet).
void add_audit_local_commands(CLI::App& root, int& exit_status);

}  // namespace gatehouse::local
