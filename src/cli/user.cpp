// gatehouse user … (reset-link opens the data folder and stands in local/)
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {

void add_user_commands(CLI::App& root, Runner runner) {
  CLI::App* user = add_noun(root, "user", "the people who own, administer and are woken up");
  const std::vector<std::string> roles{"org-admin", "auditor", "project-admin", "member"};
  Command(user, runner, "add", "add a person")
      .positional("EMAIL", "email", "e-mail address")
      .text("--name", "name", "as people call them")
      .required()
      .choice("--role", "role", "what they may do", roles)
      .required()
      .texts("--resource,--project,--space", "resources", "of a project-admin: what they administer, such as acme/A")
      .run([](Call& call) {
        call.body["email"] = call.text("email");
        return call.post(api_path({"users"}), print_record);
      });
  Command(user, runner, "list", "list them").choice("--role", "role", "only these", roles).run([](Call& call) {
    return call.list(api_path({"users"}), [](Context& context, const boost::json::value& items) {
      print_table(context, items,
                  {{"EMAIL", "email"}, {"NAME", "name"}, {"ROLE", "role"}, {"RESOURCES", "resources"}, {"STATE", "state"}});
    });
  });
  Command(user, runner, "show", "show one").positional("EMAIL", "email", "e-mail address").run([](Call& call) {
    return call.get(api_path({"users", call.text("email")}), print_record);
  });
  Command(user, runner, "edit", "give another name, role or resources; what is left out stays")
      .positional("EMAIL", "email", "e-mail address")
      .text("--name", "name", "as people call them")
      .choice("--role", "role", "what they may do", roles)
      .texts("--resource,--project,--space", "resources", "all that a project-admin administers from now on; \"\" for none")
      .flag("--for-cause", "for_cause", "grants that lose their backing by it end at once")
      .run([](Call& call) {
        return call.send("PATCH", api_path({"users", call.text("email")}), print_record);
      });
  Command suspend(user, runner, "suspend", "end at once all that authenticates as this person");
  suspend.flag("--for-cause", "for_cause", "grants that they gave end at once, instead of going on for the policy's grace");
  with_pause_options(suspend.positional("EMAIL", "email", "e-mail address")).run([](Call& call) {
    return call.post(api_path({"users", call.text("email"), "suspend"}), print_record);
  });
  Command(user, runner, "atlassian", "somebody's own sign-in at Atlassian, and what they administer by it")
      .positional("EMAIL", "email", "e-mail address; \"me\" for yourself")
      .run([](Call& call) {
        if (call.text("email") == "me") return call.get(api_path({"me", "atlassian"}), print_record);
        return call.get(api_path({"users", call.text("email"), "atlassian"}), print_record);
      });
  Command(user, runner, "disconnect-atlassian", "forget somebody's sign-in at Atlassian: what rests on it is in grace")
      .positional("EMAIL", "email", "e-mail address")
      .run([](Call& call) {
        return call.send("DELETE", api_path({"users", call.text("email"), "atlassian"}), print_record);
      });
  Command(user, runner, "restore", "end the suspension").positional("EMAIL", "email", "e-mail address").run([](Call& call) {
    return call.post(api_path({"users", call.text("email"), "restore"}), print_record);
  });
}

}  // namespace gatehouse::cli
