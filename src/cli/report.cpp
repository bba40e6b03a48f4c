// gatehouse report wake, gatehouse tonight
#include <iostream>

#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

/// Exit 6 where somebody is woken.
int wake(Call& call) {
  int status = kDone;
  const json::value report = call.fetch("GET", with_query(api_path({"reports", "wake"}), call.query()), status);
  if (status != kDone) return status;
  const json::array& items = report.at("items").as_array();
  if (call.context.json) {
    call.context.out << json::serialize(report) << "\n";
  } else if (items.empty()) {
    call.context.err << "Nobody: nothing ends before " << in_words(report.at("until")) << ".\n";
  } else {
    print_table(call.context, items,
                {{"ENDS", "expires_at"},
                 {"WAKES", "owner"},
                 {"DEPUTY", "deputy"},
                 {"WHAT", "kind"},
                 {"NAME", "name"},
                 {"ACCOUNT", "account"},
                 {"RUNS IN", "runs_in"},
                 {"CRITICALITY", "criticality"},
                 {"ID", "id"}});
  }
  return items.empty() ? kDone : kFoundSomething;
}

}  // namespace

void add_report_commands(CLI::App& root, Runner runner) {
  CLI::App* report = add_noun(root, "report", "what somebody should know");
  Command(report, runner, "wake", "what ends soon, and who is woken by it; exit 6 where there is something")
      .duration("--within", "within", "from now on; 24h by default")
      .text("--token", "token", "only this token")
      .text("--account", "account", "only this service account")
      .text("--user", "user", "only what this person answers for")
      .text("--site", "site", "only this site")
      .run(wake);
  add_would_deny_command(report, runner);
  Command(&root, runner, "tonight", "the same as report wake --within 24h").run(wake);
}

}  // namespace gatehouse::cli
