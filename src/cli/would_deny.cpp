// gatehouse report would-deny
#include <iostream>

#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

void print(Context& context, const json::value& report) {
  const std::vector<Column> columns{{"TOKEN", "token"},  {"NAME", "name"},         {"OPERATION", "operation"},
                                    {"WHY", "reason"},   {"RESOURCE", "resource"}, {"REQUESTS", "requests"},
                                    {"LAST", "last_at"}, {"REQUEST", "request_id"}};
  print_table(context, report.at("items").as_array(), columns);
  if (!report.at("not_judged").as_array().empty()) {
    context.err << "Not judged:\n";
    print_table(context, report.at("not_judged").as_array(), columns);
  }
  for (const json::value& token : report.at("tokens").as_array()) {
    context.err << "Token " << in_words(token.at("token")) << " (" << in_words(token.at("name"))
                << "): " << in_words(token.at("permitted")) << " requests would be let through, " << in_words(token.at("denied"))
                << " refused, " << in_words(token.at("not_judged")) << " were not judged. To bound it to "
                << in_words(token.at("proposed")) << " now: " << in_words(token.at("command")) << "\n";
  }
}

}  // namespace

void add_would_deny_command(CLI::App* report, Runner runner) {
  Command(report, runner, "would-deny", "what tokens with a proposed boundary would be refused; exit 6 where there is something")
      .text("--token", "token", "only this token")
      .run([](Call& call) {
        int status = kDone;
        const json::value answer = call.fetch("GET", with_query(api_path({"reports", "would-deny"}), call.query()), status);
        if (status != kDone) return status;
        if (call.context.json)
          call.context.out << json::serialize(answer) << "\n";
        else
          print(call.context, answer);
        return static_cast<int>(answer.at("items").as_array().empty() ? kDone : kFoundSomething);
      });
}

}  // namespace gatehouse::cli
