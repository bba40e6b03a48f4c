// gatehouse audit list, audit export, and audit verify where it asks a server (with a data folder it stands in local/)
#include <iostream>

#include "cli/commands.h"
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

Command& with_filters(Command& command) {
  return command.text("--action", "action", "token.revoke, or token. for all of a noun")
      .text("--target", "target", "of the record with this id")
      .text("--actor", "actor", "by this person, by e-mail address")
      .instant("--from", "from", "from this instant on")
      .instant("--to", "to", "before this instant");
}

void print_segments(Context& context, const boost::json::value& items) {
  print_table(context, items,
              {{"FILE", "file"}, {"FIRST", "first"}, {"LAST", "last"}, {"UNTIL", "last_at"}, {"SEALED", "sealed_at"}});
}

}  // namespace

void add_audit_commands(CLI::App& root, Runner runner) {
  CLI::App* audit = add_noun(root, "audit", "who did what");
  Command list(audit, runner, "list", "list the audit log, newest first");
  with_filters(list).run([](Call& call) {
    return call.list(api_path({"audit"}), [](Context& context, const boost::json::value& items) {
      print_table(context, items,
                  {{"#", "sequence"},
                   {"AT", "at"},
                   {"ACTION", "action"},
                   {"TARGET", "target_name"},
                   {"BY", "actor"},
                   {"REASON", "reason"},
                   {"OUTCOME", "outcome"}});
    });
  });
  Command export_lines(audit, runner, "export", "the audit log, oldest first: JSON Lines with its MACs, CSV or CEF");
  export_lines.choice("--format", "format", "jsonl by default", {"jsonl", "csv", "cef"});
  with_filters(export_lines).run([](Call& call) {
    const auto client = Client::make(call.context);
    if (!client) return call.complain(client.error());
    const auto answer = client.value().send("GET", with_query(api_path({"audit", "export"}), call.query()));
    if (!answer) return call.complain(answer.error());
    if (!answer.value().ok()) return call.complain(answer.value());
    call.context.out << answer.value().text;
    return static_cast<int>(kDone);
  });
  Command segments(audit, runner, "segments", "what was moved from the database into files");
  segments.run([](Call& call) { return call.list(api_path({"audit", "segments"}), print_segments); });
  Command seal(audit, runner, "seal", "move older records into files of the data folder; the chain goes on from them");
  seal.instant("--before", "before", "older ones are moved").required().run([](Call& call) {
    return call.post(api_path({"audit", "seal"}), [](Context& context, const boost::json::value& made) {
      const auto& items = made.at("items");
      if (items.as_array().empty()) {
        context.out << "No record is that old.\n";
      } else {
        print_segments(context, items);
      }
    });
  });
}

int verify_audit(Context& context) {
  Call call(context);
  int status = kDone;
  const boost::json::value result = call.fetch("POST", api_path({"audit", "verify"}), status);
  if (status != kDone) return status;
  const auto* object = result.if_object();
  const auto* findings = object ? object->if_contains("findings") : nullptr;
  if (!findings || !findings->is_array())
    return call.complain(fail(Errc::kUpstreamFailed, "The server's answer is not what this command expects."));
  const bool whole = findings->get_array().empty();
  if (context.json) {
    context.out << boost::json::serialize(result) << "\n";
  } else if (whole) {
    context.out << "The chain is whole.\n";
  } else {
    print_table(context, *findings, {{"#", "sequence"}, {"WHAT", "what"}, {"DETAIL", "detail"}});
  }
  return whole ? kDone : kFoundSomething;
}

}  // namespace gatehouse::cli
