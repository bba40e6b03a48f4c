// gatehouse approval …
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {

void add_approval_commands(CLI::App& root, Runner runner) {
  CLI::App* approval = add_noun(root, "approval", "what waits for a second person");
  Command(approval, runner, "list", "list what waits")
      .flag("--decided", "decided", "all of them, newest first")
      .run([](Call& call) {
        return call.list(api_path({"approvals"}), [](Context& context, const boost::json::value& items) {
          print_table(context, items,
                      {{"ID", "id"},
                       {"KIND", "kind"},
                       {"NAME", "name"},
                       {"ACCOUNT", "account"},
                       {"SCOPES", "scopes"},
                       {"ASKED BY", "asked_by"},
                       {"UNTIL", "expires_at"},
                       {"DECISION", "decision"}});
        });
      });
  Command(approval, runner, "approve", "let it live; not by who asked for it")
      .positional("ID", "id", "of the request")
      .text("--reason", "reason", "why; told to who asked")
      .run([](Call& call) {
        return call.post(api_path({"approvals", call.text("id"), "approve"}), print_record);
      });
  Command(approval, runner, "deny", "end it for ever")
      .positional("ID", "id", "of the request")
      .text("--reason", "reason", "why; told to who asked")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"approvals", call.text("id"), "deny"}), print_record);
      });
}

}  // namespace gatehouse::cli
