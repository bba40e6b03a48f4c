// gatehouse grant …
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {

void add_grant_commands(CLI::App& root, Runner runner) {
  CLI::App* grant = add_noun(root, "grant", "what a service account may do on one resource");
  Command(grant, runner, "add", "let a service account use a resource")
      .text("--account", "account", "the service account, by handle")
      .required()
      .text("--resource,--project,--space", "resource", "acme/A, or acme/* for the whole site")
      .required()
      .texts("--scopes", "scopes", "Atlassian's scope names, with commas between them")
      .required()
      .text("--role", "role", "access role: viewer, member, administrator, or the organization's own")
      .flag("--directory", "directory", "users and groups beyond those visible in the granted resources")
      .choice("--restricted", "restricted", "issues with a security level and restricted pages", {"exclude", "include"})
      .run([](Call& call) { return call.post(api_path({"grants"}), print_record); });
  Command(grant, runner, "list", "list them")
      .text("--account", "account", "of this service account")
      .text("--resource,--project,--space", "resource", "on this resource")
      .text("--site", "site", "on this site")
      .flag("--removed", "removed", "these as well")
      .choice("--backing", "backing", "only these", {"backed", "in-grace", "unbacked"})
      .run([](Call& call) {
        return call.list(api_path({"grants"}), [](Context& context, const boost::json::value& items) {
          print_table(context, items,
                      {{"ID", "id"},
                       {"ACCOUNT", "account"},
                       {"RESOURCE", "resource"},
                       {"SCOPES", "scopes"},
                       {"ROLE", "role"},
                       {"BACKING", "backing"},
                       {"STATE", "state"}});
        });
      });
  Command(grant, runner, "show", "show one").positional("ID", "id", "its id").run([](Call& call) {
    return call.get(api_path({"grants", call.text("id")}), print_record);
  });
  Command pause(grant, runner, "pause", "let it count as absent");
  with_pause_options(pause.positional("ID", "id", "its id")).run([](Call& call) {
    return call.post(api_path({"grants", call.text("id"), "pause"}), print_record);
  });
  Command(grant, runner, "resume", "end its pause").positional("ID", "id", "its id").run([](Call& call) {
    return call.post(api_path({"grants", call.text("id"), "resume"}), print_record);
  });
  Command(grant, runner, "back", "answer for it, where who gave it has lost the authority")
      .positional("ID", "id", "its id")
      .run([](Call& call) {
        return call.post(api_path({"grants", call.text("id"), "back"}), print_record);
      });
  Command(grant, runner, "remove", "remove it for ever")
      .positional("ID", "id", "its id")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        const std::string path = with_query(api_path({"grants", call.text("id")}), call.query());
        call.body.clear();
        return call.send("DELETE", path, print_record);
      });
}

}  // namespace gatehouse::cli
