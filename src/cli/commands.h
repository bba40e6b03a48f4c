// The remote commands: everything of the command line that speaks to a server by its REST API. main/ calls this once.
#pragma once

#include "cli/context.h"

namespace CLI {
class App;
}

namespace gatehouse::cli {

/// Adds site, user, account, grant, token, explain, trace, audit, policy, report and tonight to `root`. A command that runs sets
/// `exit_status`. `context` and `exit_status` must outlive the parse.
void add_remote_commands(CLI::App& root, Context& context, int& exit_status);

/// `audit verify` of the server's own log, by its REST API; local/ calls it where no data folder was named. Returns the exit
/// status.
int verify_audit(Context& context);
/// `user reset-link EMAIL` where no data folder was named: the server makes the link, for an organization administrator.
int make_sign_in_link(Context& context, const std::string& email, bool invitation);

}  // namespace gatehouse::cli
