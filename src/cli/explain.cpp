// gatehouse explain, gatehouse trace
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

void print_decision(Context& context, const json::value& answer) {
  const json::object& decision = answer.as_object();
  const auto word = [&decision](std::string_view name) {
    const auto* value = decision.if_contains(name);
    return value ? in_words(*value) : std::string("-");
  };
  context.out << word("effect") << ": " << word("reason") << "\n";
  if (const auto* operation = decision.if_contains("operation"); operation && operation->is_string()) {
    context.out << "  of    " << word("operation") << ": " << word("method") << " " << word("path") << "\n";
  }
  if (const auto* steps = decision.if_contains("steps"); steps && steps->is_array()) {
    for (const json::value& one : steps->get_array()) {
      const json::object& step = one.as_object();
      context.out << (step.at("passed").as_bool() ? "  ok    " : "  stop  ") << in_words(step.at("step")) << ": "
                  << in_words(step.at("detail")) << "\n";
    }
  }
  if (const auto* missing = decision.if_contains("missing_scopes");
      missing && missing->is_array() && !missing->get_array().empty()) {
    context.out << "missing scopes: " << in_words(*missing) << "\n";
  }
  const auto* changes = decision.if_contains("changes");
  if (!changes || !changes->is_array() || changes->get_array().empty()) return;
  const auto* suffice = decision.if_contains("changes_suffice");
  const bool enough = suffice && suffice->is_bool() && suffice->get_bool();
  context.out << (enough ? "This would permit it:\n" : "This is missing first:\n");
  for (const json::value& one : changes->get_array()) {
    const json::object& change = one.as_object();
    context.out << "  " << in_words(change.at("what")) << "\n    by: " << in_words(change.at("may"));
    if (!change.at("people").as_array().empty()) context.out << " (" << in_words(change.at("people")) << ")";
    context.out << "\n";
    if (change.at("command").is_string()) context.out << "    $ " << in_words(change.at("command")) << "\n";
  }
}

}  // namespace

void add_explain_command(CLI::App& root, Runner runner) {
  auto body_file = std::make_shared<std::string>();
  Command explain(&root, runner, "explain", "why a request was, or would be, permitted or refused");
  explain.text("--request-id", "request_id", "of a refused request: the Gatehouse-Request-Id of its answer")
      .text("--token-id", "token", "or what would be decided for this token, with METHOD and PATH")
      .text("--address", "address", "the client's address; 127.0.0.1 by default")
      .positional("METHOD", "method", "such as GET", false)
      .positional("PATH", "path", "such as /ex/jira/acme/rest/api/3/issue/A-1", false);
  explain.local("--body", body_file, "a file with the request's body");
  explain.run([body_file](Call& call) {
    const bool by_request = call.body.contains("request_id");
    const bool has_both = !call.text("method").empty() && !call.text("path").empty();
    if (by_request == call.body.contains("token") || by_request == has_both) {
      return call.complain(fail(Errc::kInvalidArgument, "Give either --request-id ID, or --token-id ID METHOD PATH."));
    }
    if (has_both) {
      call.body["method"] = call.text("method");
      call.body["path"] = call.text("path");
    }
    if (!body_file->empty()) {
      std::ifstream from(*body_file, std::ios::binary);
      if (!from) return call.complain(fail(Errc::kInvalidArgument, "The file " + *body_file + " can't be read."));
      call.body["body"] = std::string(std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>());
    }
    return call.post(api_path({"explain"}), print_decision);
  });
}

void add_trace_command(CLI::App& root, Runner runner) {
  Command(&root, runner, "trace", "which automation wrote to an object")
      .positional("SITE", "site", "the site, by key")
      .positional("OBJECT", "object", "the object, such as PROJ-123")
      .instant("--at", "at", "up to this instant; now by default")
      .integer("--limit", "limit", "how many at most; 100 by default")
      .run([](Call& call) {
        call.body["site"] = call.text("site");
        call.body["object"] = call.text("object");
        return call.list(api_path({"trace"}), [](Context& context, const json::value& items) {
          print_table(context, items,
                      {{"AT", "at"},
                       {"OBJECT", "object"},
                       {"OPERATION", "operation"},
                       {"ACCOUNT", "account"},
                       {"TOKEN", "token_name"},
                       {"OWNER", "owner"},
                       {"ADDRESS", "address"},
                       {"STATUS", "status"},
                       {"REQUEST", "request_id"}});
        });
      });
}

}  // namespace gatehouse::cli
