#include "api/roles_page.h"

#include "policy/authority.h"

namespace gatehouse::api {
namespace {

std::string reach_word(std::uint8_t reach) {
  if (reach & policy::kAll) return "all";
  if (reach == policy::kNone) return "–";
  if (reach == (policy::kOwn | policy::kTheirs)) return "own, and on their resources";
  return reach == policy::kOwn ? "own" : "on their resources";
}

}  // namespace

std::string make_roles_page(const std::vector<Route>& routes) {
  std::string page =
      "# Who may do what\n\n"
      "Made of the table in `src/policy/authority.cpp` and of the routes; don't edit it by hand (`GATEHOUSE_UPDATE_GOLDEN=1 "
      "build/dev/test/test_api`\nwrites it). The words are explained in `docs/operate/people.md`.\n\n"
      "- **all**: of the whole organization. **own**: what one is owner or deputy of, and what concerns oneself. **on their "
      "resources**: the projects\n  and spaces that one administers, given in Gatehouse or known from Jira and Confluence; of "
      "what "
      "touches them and more, only that part.\n"
      "- What a role may not see is answered as if it were not there (404); what it sees and may not do is 403, with the missing "
      "role in\n  `missing_role` (the command line ends with 3).\n"
      "- **Step-up**: somebody who is signed in by a browser or `gatehouse login` proves once more, within ten minutes, to be "
      "there. "
      "An\n  administrator key need not.\n"
      "- An auditor changes nothing, whatever else that person is. The host's own commands may do everything.\n";
  for (const policy::Rule& rule : policy::rules()) {
    std::string operations;
    for (const Route& route : routes) {
      if (route.need != rule.need) continue;
      operations += "| `" + std::string(route.operation_id) + "` | `" + std::string(route.method) + " " +
                    std::string(route.path) + "` | " + std::string(route.summary) + " |\n";
    }
    page += "\n## " + std::string(rule.about) +
            "\n\n| organization administrator | auditor | project administrator | member | "
            "step-up |\n|---|---|---|---|---|\n| " +
            reach_word(rule.org_admin) + " | " + reach_word(rule.auditor) + " | " + reach_word(rule.project_admin) + " | " +
            reach_word(rule.member) + " | " + (rule.step_up ? "yes" : "no") + " |\n";
    if (!operations.empty()) page += "\n| operation | request | |\n|---|---|---|\n" + operations;
  }
  return page;
}

}  // namespace gatehouse::api
