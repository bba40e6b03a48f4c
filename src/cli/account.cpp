// gatehouse account …
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

Command& with_register_options(Command& command, bool needed) {
  command.text("--purpose", "purpose", "what it is for, in a sentence");
  if (needed) command.required();
  command.text("--runs-in", "runs_in", "where it runs");
  if (needed) command.required();
  return command.text("--deputy", "deputy", "who is woken when the owner is away, by e-mail address")
      .duration("--rotate-every", "rotate_every", "how often its permanent tokens are to be rotated, such as 90d")
      .text("--rotation-plan", "rotation_plan", "how its secret is replaced where it runs")
      .text("--tool", "tool", "what runs it: GitLab CI, Jenkins, Automation for Jira")
      .text("--repository", "repository", "where its source is")
      .text("--job", "job", "its name there")
      .text("--link", "link", "address of the job or the rule")
      .texts("--declared-site", "declared_sites", "a site that it is said to use: a key, or another address")
      .texts("--declared-resource", "declared_resources", "a project or space that it is said to use, such as acme/A")
      .texts("--declared-scope", "declared_scopes", "a scope that it is said to need")
      .text("--docs", "docs", "address of its documentation")
      .text("--runbook", "runbook", "address of what to do when it fails")
      .choice("--criticality", "criticality", "how bad it is when it stops", {"low", "normal", "high"})
      .duration("--expected-every", "expected_every", "how often it is expected to call, such as 1h");
}

}  // namespace

void add_account_commands(CLI::App& root, Runner runner) {
  CLI::App* account = add_noun(root, "account", "service accounts: one for each integration");
  Command create(account, runner, "create", "create one");
  create.positional("HANDLE", "handle", "its unique short name")
      .text("--owner", "owner", "who answers for it, by e-mail address")
      .required();
  create.flag("--external", "external", "only kept in the register: it never passes the gateway");
  with_register_options(create, true).run([](Call& call) {
    call.body["handle"] = call.text("handle");
    return call.post(api_path({"accounts"}), print_record);
  });
  Command(account, runner, "list", "list them")
      .text("--owner", "owner", "whose they are, as owner or deputy")
      .flag("--archived", "archived", "these as well")
      .run([](Call& call) {
        return call.list(api_path({"accounts"}), [](Context& context, const boost::json::value& items) {
          print_table(context, items,
                      {{"HANDLE", "handle"},
                       {"OWNER", "owner"},
                       {"DEPUTY", "deputy"},
                       {"CRITICALITY", "criticality"},
                       {"STATE", "state"},
                       {"PURPOSE", "purpose"}});
        });
      });
  Command(account, runner, "show", "show one").positional("HANDLE", "handle", "its handle").run([](Call& call) {
    return call.get(api_path({"accounts", call.text("handle")}), print_record);
  });
  Command edit(account, runner, "edit", "change its register entry; what is left out stays");
  with_register_options(edit.positional("HANDLE", "handle", "its handle"), false).run([](Call& call) {
    return call.send("PATCH", api_path({"accounts", call.text("handle")}), print_record);
  });
  Command pause(account, runner, "pause", "refuse every request of all its credentials");
  with_paused_resource(with_pause_options(pause.positional("HANDLE", "handle", "its handle"))).run([](Call& call) {
    return call.post(api_path({"accounts", call.text("handle"), "pause"}), print_record);
  });
  Command resume(account, runner, "resume", "end its pause");
  with_paused_resource(resume.positional("HANDLE", "handle", "its handle")).run([](Call& call) {
    return call.post(api_path({"accounts", call.text("handle"), "resume"}), print_record);
  });
  Command(account, runner, "adopt", "bring one that was only in the register under Gatehouse: it may have grants and tokens then")
      .positional("HANDLE", "handle", "its handle")
      .run([](Call& call) {
        return call.post(api_path({"accounts", call.text("handle"), "adopt"}), print_record);
      });
  Command(account, runner, "transfer", "give it to another owner")
      .positional("HANDLE", "handle", "its handle")
      .text("--to", "to", "the new owner, by e-mail address")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"accounts", call.text("handle"), "transfer"}), print_record);
      });
  add_usage_command(account, runner, "accounts", "HANDLE");
  Command(account, runner, "archive", "end it for ever: its tokens are revoked, its grants removed")
      .positional("HANDLE", "handle", "its handle")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        return call.post(api_path({"accounts", call.text("handle"), "archive"}), print_record);
      });
}

}  // namespace gatehouse::cli
