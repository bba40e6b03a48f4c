// gatehouse policy show, gatehouse policy set NAME VALUE
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {

void add_policy_commands(CLI::App& root, Runner runner) {
  CLI::App* policy = add_noun(root, "policy", "the organization's policy");
  Command(policy, runner, "show", "show it").run([](Call& call) { return call.get(api_path({"policy"}), print_record); });
  Command(policy, runner, "list", "list what is stricter for single owners and resources").run([](Call& call) {
    return call.list(api_path({"policies"}), [](Context& context, const boost::json::value& items) {
      print_table(context, items,
                  {{"OWNER", "owner"},
                   {"RESOURCE", "resource"},
                   {"LONGEST", "longest-lifetime"},
                   {"PERMANENT", "permanent-tokens"},
                   {"REQUIRED", "required-fields"},
                   {"APPROVAL", "approval-scopes"}});
    });
  });
  Command(policy, runner, "set", "change one of it")
      .positional(
          "NAME", "name",
          "service-accounts, longest-lifetime, permanent-tokens, default-overlap, reuse, longest-rotation, longest-overlap, "
          "self-rotation, freeze-windows, notify-ladder, notify-escalate-after, notify-errors, notify-digest, "
          "keep-usage-hours, keep-usage-days, keep-writes, keep-audit, grace, approval-scopes, approval-expires, "
          "required-fields, "
          "access-tokens or access-token-lifetime")
      .positional("VALUE", "value", "such as guard-standard, 90d, refused")
      .text("--owner", "owner", "stricter for this person's accounts and tokens; an empty VALUE takes it away")
      .text("--resource,--project,--space", "resource", "stricter for tokens that reach this resource")
      .run([](Call& call) {
        const bool narrow = call.body.contains("owner") || call.body.contains("resource");
        call.body[call.text("name")] = call.text("value");
        return call.send("PATCH", api_path({narrow ? "policies" : "policy"}), print_record);
      });
}

}  // namespace gatehouse::cli
