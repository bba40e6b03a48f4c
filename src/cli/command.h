// Command: one leaf of the command line, declared by its options; what was given becomes a JSON body or query parameters.
//
//   Command(account, runner, "pause", "Refuse every request of all its credentials.")
//       .positional("HANDLE", "account")
//       .text("--reason", "reason", "why")
//       .instant("--until", "until", "when it is over by itself")
//       .run([](Call& call) { return call.post(api_path({"accounts", call.text("account"), "pause"}), show_record); });
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/client.h"
#include "cli/context.h"

// CLI11 costs a unit five seconds to compile: command.cpp alone has it.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gatehouse::cli {

/// Writes an answer for people. With --json the answer itself is written instead.
using Printer = std::function<void(Context& context, const boost::json::value& body)>;

/// What a command has been given, and the ways to send it. Methods return the exit status.
class Call {
 public:
  explicit Call(Context& where) : context(where) {}

  Context& context;
  boost::json::object body;  ///< by the member names of the REST API
  boost::json::object positional;

  /// Of the positionals; empty where it was not given.
  std::string text(std::string_view name) const;
  /// The members of `body` as query parameters.
  QueryParameters query() const;

  int get(const std::string& path, const Printer& printer);
  int list(const std::string& path, const Printer& printer);
  int post(const std::string& path, const Printer& printer) { return send("POST", path, printer); }
  int send(std::string_view method, const std::string& path, const Printer& printer);
  /// Prints the secret alone on standard output, and `words` on standard error; with --json the whole answer.
  int send_for_secret(const std::string& path, std::string_view member,
                      const std::function<std::string(const boost::json::object&)>& words);
  /// For commands that look at the answer themselves: nothing is printed but errors. Null and `status` set on a failure.
  boost::json::value fetch(std::string_view method, const std::string& path, int& status);

  int complain(const Error& error);
  int complain(const Answer& answer);

 private:
  int finish(const Result<Answer>& answer, const Printer& printer);
};

/// Where commands put what they return.
struct Runner {
  Context& context;
  int& exit_status;
};

class Command {
 public:
  /// Whose address --url is here: `site add --url` means the site's, and the server's is then named before the noun or by
  /// GATEHOUSE_URL.
  enum class Url { kServer, kSite };
  Command(CLI::App* parent, Runner runner, const std::string& name, const std::string& about, Url url = Url::kServer);

  Command& positional(const std::string& word, const std::string& name, const std::string& about, bool required = true);
  Command& text(const std::string& flag, const std::string& member, const std::string& about);
  Command& choice(const std::string& flag, const std::string& member, const std::string& about, std::vector<std::string> choices);
  /// Repeatable; each may be a comma list. `flag` may name several words: "--resource,--project".
  Command& texts(const std::string& flag, const std::string& member, const std::string& about);
  Command& flag(const std::string& flag, const std::string& member, const std::string& about);
  Command& instant(const std::string& flag, const std::string& member, const std::string& about);
  Command& duration(const std::string& flag, const std::string& member, const std::string& about);
  Command& integer(const std::string& flag, const std::string& member, const std::string& about);
  /// Into `value` and not into the request: the name of a file, say, that is read when the command runs.
  Command& local(const std::string& flag, const std::shared_ptr<std::string>& value, const std::string& about);
  /// Leaves --key-file to the command's own use: the administrator key is then named before the noun or by GATEHOUSE_KEY.
  Command& without_key_file();
  /// The option that was added last must be given.
  Command& required();
  void run(std::function<int(Call&)> action);

 private:
  CLI::Option* add(const std::string& flag, const std::string& member, const std::string& about);
  CLI::App* app_;
  Runner runner_;
  std::shared_ptr<Call> call_;
  CLI::Option* last_ = nullptr;
};

/// --json, --url and --key-file, where `app` has none of that name yet.
void add_common_options(CLI::App& app, Context& context, bool with_url);
/// A noun: a command that holds others, and says so where none is given.
CLI::App* add_noun(CLI::App& parent, const std::string& name, const std::string& about);

}  // namespace gatehouse::cli
