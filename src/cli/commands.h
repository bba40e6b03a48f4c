// The remote commands: everything of the command line that speaks to a server by its REST API. main/ calls this once.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace gatehouse::cli {

/// Adds site, user, account, grant, token, explain, trace, audit, policy, report and tonight to `root`. A command that runs sets
/// `exit_status`. `context` and `exit_status` must outlive the parse.
void add_remote_commands(CLI::App& root, Context& context, int& exit_status);

/// `audit verify` of the server's own log, by its REST API; local/ calls it where no data folder was named. Returns the exit
/// status.
int verify_audit(Context& context);

}  // namespace gatehouse::cli
