#include "main/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/commands.h"
#include "local/audit_commands.h"
#include "local/backup_commands.h"
#include "local/query_commands.h"
#include "main/host_commands.h"

namespace gatehouse {

int run_command(const std::vector<std::string>& words, std::istream& in, std::ostream& out, std::ostream& err) {
  CLI::App root("Gatehouse gives every automation a name of its own and a key that opens only its own doors.", "gatehouse");
  root.require_subcommand(1);
  root.set_version_flag("--version", "gatehouse " GATEHOUSE_VERSION);
  root.fallthrough();
  cli::Context context{in, out, err};
  root.add_flag("--json", context.json, "one JSON document on standard output; words go to standard error");
  root.add_option("--url", context.url, "the server's admin address")->envname("GATEHOUSE_URL");
  root.add_option("--key-file", context.key_file, "file with an administrator key, instead of GATEHOUSE_KEY");

  int status = 0;
  cli::add_remote_commands(root, context, status);
  local::add_query_commands(root, status);
  local::add_backup_commands(root, status);
  local::add_audit_local_commands(root, status, [&context](bool json) {
    context.json = json;
    return cli::verify_audit(context);
  });
  add_host_commands(root, context, status);

  const auto noun =
      std::find_if(words.begin(), words.end(), [](const std::string& word) { return word.empty() || word.front() != '-'; });
  if (noun == words.begin() && noun != words.end() &&
      root.get_subcommands([&noun](CLI::App* one) { return one->check_name(*noun); }).empty()) {
    err << "gatehouse: there is no command \"" << *noun << "\"; see gatehouse --help.\n";
    return cli::kWrongUsage;
  }
  std::vector<std::string> reversed(words.rbegin(), words.rend());  // CLI11 takes them from the back
  try {
    root.parse(reversed);
  } catch (const CLI::ParseError& error) {
    // Help and version end with 0; anything else is wrong usage.
    const int code = root.exit(error, out, err);
    return code == 0 ? 0 : 2;
  }
  return status;
}

}  // namespace gatehouse
