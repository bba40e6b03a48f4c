// gatehouse policy show, gatehouse policy set NAME VALUE
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {

void add_policy_commands(CLI::App& root, Runner runner) {
  CLI::App* policy = add_noun(root, "policy", "the organization's policy");
  Command(policy, runner, "show", "show it").run([](Call& call) { return call.get(api_path({"policy"}), print_record); });
  Command(policy, runner, "set", "change one of it")
      .positional(
          "NAME", "name",
          "service-accounts, longest-lifetime, permanent-tokens, default-overlap, reuse, longest-rotation, longest-overlap, "
          "self-rotation, freeze-windows, notify-ladder, notify-escalate-after, notify-errors, notify-digest, "
          "keep-usage-hours, keep-usage-days or keep-writes")
      .positional("VALUE", "value", "such as guard-standard, 90d, refused")
      .run([](Call& call) {
        call.body[call.text("name")] = call.text("value");
        return call.send("PATCH", api_path({"policy"}), print_record);
      });
}

}  // namespace gatehouse::cli
