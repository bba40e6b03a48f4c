// gatehouse denials, gatehouse token usage, gatehouse account usage
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

void print_usage(Context& context, const json::value& usage) {
  print_table(context, usage.at("days"), {{"DAY", "day"}, {"CALLS", "calls"}, {"ERRORS", "errors"}, {"DENIALS", "denials"}});
  context.err << in_words(usage.at("calls")) << " calls, " << in_words(usage.at("errors")) << " errors, "
              << in_words(usage.at("denials")) << " denials"
              << (usage.at("partial").as_bool() ? ", of the tokens that you may count" : "") << ".\n";
}

}  // namespace

void add_denials_command(CLI::App& root, Runner runner) {
  Command(&root, runner, "denials", "what was refused lately, the latest first")
      .text("--token", "token", "of this token, by id")
      .text("--account", "account", "of this service account")
      .text("--code", "code", "refused for this reason, such as insufficient_scope")
      .instant("--since", "since", "whose last one came since then; 7 days ago by default")
      .integer("--limit", "limit", "how many at most; 100 by default")
      .run([](Call& call) {
        return call.list(api_path({"denials"}), [](Context& context, const json::value& items) {
          print_table(context, items,
                      {{"LAST", "last_at"},
                       {"TIMES", "count"},
                       {"CODE", "code"},
                       {"ACCOUNT", "account"},
                       {"TOKEN", "name"},
                       {"OPERATION", "operation"},
                       {"RESOURCE", "resource"},
                       {"REQUEST", "request_id"}});
        });
      });
}

void add_usage_command(CLI::App* noun, Runner runner, const std::string& plural, const std::string& word) {
  Command(noun, runner, "usage", "its calls, errors and denials by day")
      .positional(word, "subject", word == "ID" ? "its id" : "its handle")
      .integer("--days", "days", "so many with today; 30 by default")
      .instant("--from", "from", "or from the day (UTC) of this instant on")
      .instant("--to", "to", "up to the end of the day of this one; now by default")
      .run([plural](Call& call) {
        return call.get(with_query(api_path({plural, call.text("subject"), "usage"}), call.query()), print_usage);
      });
}

}  // namespace gatehouse::cli
