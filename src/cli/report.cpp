// gatehouse report …, gatehouse tonight, gatehouse advise
#include <iostream>

#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

std::string word(const json::object& item, std::string_view name) {
  const json::value* value = item.if_contains(name);
  return value ? printable(in_words(*value)) : "-";
}

bool given(const json::object& item, std::string_view name) {
  const json::value* value = item.if_contains(name);
  if (!value || value->is_null()) return false;
  return !value->is_array() || !value->get_array().empty();
}

/// "token quick-fix", but not "administrator key administrator key nightly".
std::string kind_and_name(const json::object& item) {
  const std::string kind = word(item, "kind"), name = word(item, "name");
  return name.find(kind) == std::string::npos ? kind + " " + name : name;
}

void print_automation(std::ostream& out, const json::object& automation) {
  if (given(automation, "account")) {
    out << "      - " << word(automation, "account") << "\n";
    return;
  }
  out << "      - " << word(automation, "tool") << " at " << word(automation, "place") << ", " << word(automation, "requests")
      << (word(automation, "requests") == "1" ? " request on " : " requests on ") << word(automation, "days")
      << (word(automation, "days") == "1" ? " day" : " days");
  if (given(automation, "hours")) out << ", " << word(automation, "hours");
  out << "\n";
}

/// As somebody reads it who was just woken: when, what, what stops, who knows, what to type.
void print_wake_item(std::ostream& out, const json::object& item) {
  constexpr std::size_t kShown = 5;
  out << (given(item, "expires_at") ? word(item, "expires_at") : std::string("no end")) << "  " << kind_and_name(item) << " ("
      << word(item, "id") << ")";
  if (given(item, "account")) out << " of " << word(item, "account");
  out << "\n    stops   " << word(item, "stops") << "\n";
  const json::array& automations = item.at("automations").as_array();
  for (std::size_t i = 0; i < automations.size() && i < kShown; ++i) print_automation(out, automations[i].as_object());
  if (automations.size() > kShown) out << "      … " << automations.size() - kShown << " more\n";
  out << "    wakes   " << (given(item, "alarm") ? word(item, "alarm") : word(item, "wakes")) << "\n";
  out << "    deputy  " << word(item, "deputy") << "\n";
  out << "    told    ";
  if (!given(item, "told")) out << "nobody";
  std::string_view between;
  for (const json::value& told : item.at("told").as_array()) {
    out << between << word(told.as_object(), "who") << " " << word(told.as_object(), "at");
    between = ", ";
  }
  for (const json::value& known : item.at("acknowledged").as_array())
    out << "; taken on by " << word(known.as_object(), "who") << " " << word(known.as_object(), "at");
  out << "\n";
  for (const json::value& command : item.at("commands").as_array()) out << "    $ " << printable(in_words(command)) << "\n";
}

/// Exit 6 where something ends, and where nobody would wake up.
int wake(Call& call) {
  int status = kDone;
  const json::value answer = call.fetch("GET", with_query(api_path({"reports", "wake"}), call.query()), status);
  if (status != kDone) return status;
  const json::object& report = answer.as_object();
  const json::array& items = report.at("items").as_array();
  if (call.context.json) {
    call.context.out << json::serialize(answer) << "\n";
  } else if (items.empty()) {
    call.context.err << (report.at("what_if").as_bool() ? "Nobody: nothing stands on it.\n"
                                                        : "Nobody: nothing ends before " + word(report, "until") + ".\n");
  } else {
    for (const json::value& item : items) print_wake_item(call.context.out, item.as_object());
    call.context.err << word(report, "count") << (report.at("what_if").as_bool() ? " credentials stand on it" : " end")
                     << (items.size() < static_cast<std::size_t>(report.at("count").as_int64()) ? " (the first ones are shown)"
                                                                                                : "")
                     << "; for " << word(report, "alarms") << " nobody would wake up.\n";
  }
  return items.empty() ? kDone : kFoundSomething;
}

void print_finding(std::ostream& out, const json::object& item) {
  out << kind_and_name(item) << " (" << word(item, "id") << ")";
  if (given(item, "account") && word(item, "account") != word(item, "name")) out << " of " << word(item, "account");
  out << ": " << (given(item, "reasons") ? word(item, "reasons") : std::string("well")) << "\n";
  if (word(item, "detail") != "-" && !word(item, "detail").empty()) out << "    " << word(item, "detail") << "\n";
  if (const json::value* consumers = item.if_contains("consumers")) {
    for (const json::value& one : consumers->as_array()) print_automation(out, one.as_object());
  }
  out << "    ask " << word(item, "answers");
  if (given(item, "last_used_at") || given(item, "account"))
    out << "; " << word(item, "calls_a_day") << " calls a day, last used " << word(item, "last_used_at");
  out << "\n";
  if (given(item, "command")) out << "    $ " << word(item, "command") << "\n";
}

/// Exit 6 where something was found.
int findings(Call& call, const std::string& name) {
  int status = kDone;
  const json::value answer = call.fetch("GET", with_query(api_path({"reports", name}), call.query()), status);
  if (status != kDone) return status;
  const json::object& report = answer.as_object();
  const json::array& items = report.at("items").as_array();
  if (call.context.json) {
    call.context.out << json::serialize(answer) << "\n";
  } else {
    for (const json::value& item : items) print_finding(call.context.out, item.as_object());
    call.context.err << word(report, "count") << " found"
                     << (items.size() < static_cast<std::size_t>(report.at("count").as_int64())
                             ? "; the " + std::to_string(items.size()) + " most pressing are shown (--limit)"
                             : std::string())
                     << ".\n";
  }
  return report.at("count").as_int64() == 0 ? kDone : kFoundSomething;
}

int plan(Call& call) {
  int status = kDone;
  call.body.erase("plan");
  const json::value answer = call.fetch("GET", with_query(api_path({"reports", "shared", "plan"}), call.query()), status);
  if (status != kDone) return status;
  if (call.context.json) {
    call.context.out << json::serialize(answer) << "\n";
  } else {
    call.context.out << answer.at("apply").as_string().c_str();
  }
  return kDone;
}

/// The reports in one: how much each found, and what to do about the first. Exit 6 where there is something.
int advise(Call& call) {
  json::array items;
  for (const char* name :
       {"wake", "overdue", "orphans", "shared", "drift", "weak", "unused", "grown", "incomplete", "installation"}) {
    int status = kDone;
    const json::value answer = call.fetch("GET", api_path({"reports", name}) + "?limit=1", status);
    if (status != kDone) return status;
    const json::object& report = answer.as_object();
    if (report.at("count").as_int64() == 0) continue;
    const json::object& first = report.at("items").at(0).as_object();
    json::object item{{"report", name}, {"count", report.at("count")}, {"name", first.at("name")}};
    const json::value* const command = first.if_contains("command");
    const json::value* const commands = first.if_contains("commands");
    item["command"] = command ? *command : commands && !commands->as_array().empty() ? commands->at(0) : json::value(nullptr);
    items.push_back(std::move(item));
  }
  if (call.context.json) {
    call.context.out << json::serialize(json::object{{"items", items}}) << "\n";
  } else {
    for (const json::value& one : items) {
      const json::object& item = one.as_object();
      call.context.out << word(item, "count") << " in report " << word(item, "report") << "; the first is " << word(item, "name")
                       << "\n";
      if (given(item, "command")) call.context.out << "    $ " << word(item, "command") << "\n";
    }
    if (items.empty()) call.context.err << "Nothing: no report found anything.\n";
  }
  return items.empty() ? kDone : kFoundSomething;
}

/// Which credential for a job (docs/choose.md).
int advise_on_job(Call& call) {
  return call.get(with_query(api_path({"advise"}), call.query()), [](Context& context, const json::value& answer) {
    const json::object& advice = answer.as_object();
    context.out << word(advice, "recommendation") << "\n";
    for (const json::value& reason : advice.at("reasons").as_array()) context.out << "  - " << reason.as_string().c_str() << "\n";
    context.out << "Service account: " << word(advice, "account") << ". " << word(advice, "account_reason") << "\n"
                << word(advice, "rate_limit") << "\n";
    for (const json::value& command : advice.at("commands").as_array())
      context.out << "    $ " << command.as_string().c_str() << "\n";
  });
}

void add_wake(CLI::App* parent, Runner runner, const std::string& name, const std::string& about) {
  Command(parent, runner, name, about)
      .duration("--within", "within", "from now on; 24h by default")
      .text("--token", "token", "what if this token ended, whatever its end")
      .text("--account", "account", "what if this service account stopped")
      .text("--user", "user", "what if this person left")
      .text("--site", "site", "what if this site could not be reached")
      .integer("--limit", "limit", "how many are listed at most; 100 by default")
      .run(wake);
}

}  // namespace

void add_report_commands(CLI::App& root, Runner runner) {
  CLI::App* report = add_noun(root, "report", "what somebody should know");
  add_wake(report, runner, "wake", "what ends soon, and who is woken by it; exit 6 where there is something");
  Command(report, runner, "shared", "tokens that several tools or places use; exit 6 where there is one")
      .integer("--limit", "limit", "how many are listed at most; 100 by default")
      .flag("--plan", "plan", "print a file for `gatehouse apply` that splits them instead")
      .text("--token", "token", "with --plan: only this token")
      .run([](Call& call) {
        if (call.body.contains("plan")) return plan(call);
        if (call.body.contains("token")) return call.complain(fail(Errc::kInvalidArgument, "--token goes with --plan."));
        return findings(call, "shared");
      });
  for (const auto& [name, about] : std::initializer_list<std::pair<const char*, const char*>>{
           {"drift", "use beyond what is declared, and new places"},
           {"unused", "tokens that nobody uses, and the smaller token that would have sufficed"},
           {"orphans", "tokens, accounts and site credentials without a live owner"},
           {"overdue", "tokens whose rotation is overdue"},
           {"incomplete", "register entries without documentation, runbook, rotation plan or deputy"},
           {"grown", "quick fixes that became infrastructure"},
           {"weak", "permanent and whole-site tokens, and those of suspended owners"},
           {"installation", "Gatehouse's own certificates, keys and secrets, and which of them needs somebody"}}) {
    Command(report, runner, name, std::string(about) + "; exit 6 where there is something")
        .integer("--limit", "limit", "how many are listed at most; 100 by default")
        .run([word = std::string(name)](Call& call) { return findings(call, word); });
  }
  add_would_deny_command(report, runner);
  add_wake(&root, runner, "tonight", "the same as report wake");
  Command(&root, runner, "advise",
          "what each report found, and the first thing to do (exit 6 where there is something); with the options: which "
          "credential for "
          "a job")
      .choice("--acts-as", "acts_as", "whom it acts as", {"person", "system"})
      .choice("--runs-in", "runs_in", "where; tool: one that takes a fixed token and nothing else; outside: somebody else's",
              {"github", "gitlab", "kubernetes", "bitbucket", "server", "tool", "outside"})
      .choice("--projects", "projects", "how many it needs", {"one", "many", "all"})
      .choice("--lasts", "lasts", "how long it is needed", {"once", "days", "long"})
      .flag("--critical", "critical", "somebody has to act at once if it stops")
      .flag("--other-team", "other_team", "another team answers for it")
      .flag("--named", "named", "Jira's history must name it")
      .run([](Call& call) { return call.body.empty() ? advise(call) : advise_on_job(call); });
}

}  // namespace gatehouse::cli
