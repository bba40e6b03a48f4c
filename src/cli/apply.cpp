// gatehouse apply, gatehouse export
#include <fstream>
#include <iostream>

#include "cli/file_input.h"
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

/// Secrets of new tokens go to standard output, one a line with account and name before it; words to standard error.
void print_applied(Context& context, const json::value& answer) {
  const json::object& applied = answer.as_object();
  for (const json::value& change : applied.at("changes").as_array()) {
    context.err << change.at("action").as_string().c_str() << " " << change.at("kind").as_string().c_str() << " "
                << printable(std::string(change.at("name").as_string()));
    const std::string members = in_words(change.at("changed"));
    if (!change.at("changed").as_array().empty()) context.err << " (" << members << ")";
    context.err << "\n";
  }
  context.err << applied.at("unchanged").as_int64() << " unchanged.\n";
  for (const json::value& token : applied.at("tokens").as_array()) {
    if (!token.at("token").is_string()) continue;
    context.out << token.at("account").as_string().c_str() << "\t" << printable(std::string(token.at("name").as_string())) << "\t"
                << token.at("token").as_string().c_str() << "\n";
  }
  if (!applied.at("tokens").as_array().empty()) context.err << "This is the only time that the tokens are shown.\n";
}

int apply(Call& call) {
  const std::string file(call.body.at("file").as_string());
  call.body.erase("file");
  const auto text = read_file(call.context, file);
  if (!text) return call.complain(text.error());
  call.body["text"] = text.value();
  return call.post(api_path({"apply"}), print_applied);
}

int export_file(Call& call) {
  const std::string file = call.body.contains("file") ? std::string(call.body.at("file").as_string()) : "-";
  call.body.erase("file");
  const auto client = Client::make(call.context);
  if (!client) return call.complain(client.error());
  const auto answer = client.value().send("GET", with_query(api_path({"apply", "export"}), call.query()));
  if (!answer) return call.complain(answer.error());
  if (!answer.value().ok()) return call.complain(answer.value());
  if (file == "-") {
    call.context.out << answer.value().text;
    return kDone;
  }
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << answer.value().text << std::flush;
  if (!stream) return call.complain(fail(Errc::kInternal, "The file " + file + " can't be written."));
  return kDone;
}

}  // namespace

void add_apply_commands(CLI::App& root, Runner runner) {
  Command(&root, runner, "apply", "bring what is there to what a file says: all of it, or nothing")
      .text("-f,--file", "file", "the YAML file, or - for standard input")
      .required()
      .flag("--dry-run", "dry_run", "say what would be changed, and change nothing")
      .flag("--prune", "prune", "what the file's label owns and the file does not name any more goes")
      .run(apply);
  Command(&root, runner, "export", "what is there, as a file for apply; without secrets")
      .text("-f,--file", "file", "where it is written; - or left out: standard output")
      .text("--label", "label", "only what the files of this label own")
      .run(export_file);
}

}  // namespace gatehouse::cli
