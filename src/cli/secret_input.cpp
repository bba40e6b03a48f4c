#include "cli/secret_input.h"

#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace gatehouse::cli {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;

Result<SecretString> take(std::istream& from, const std::string& name) {
  std::string text{std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>()};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return fail(Errc::kInvalidArgument, "There is no secret in " + name + ".");
  if (text.size() > kMostBytes) return fail(Errc::kInvalidArgument, "What stands in " + name + " is too long for a secret.");
  return SecretString(std::move(text));
}

/// Echo is off as long as it lives, whatever happens in between.
class NoEcho {
 public:
  NoEcho() {
    changed_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~NoEcho() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

Result<SecretString> read_secret(Context& context, const std::string& file, const std::string& prompt) {
  if (file == "-") return take(context.in, "standard input");
  if (!file.empty()) {
    std::ifstream from(file, std::ios::binary);
    if (!from) return fail(Errc::kInvalidArgument, "The file " + file + " can't be read.");
    return take(from, file);
  }
  if (isatty(STDIN_FILENO) == 0) {
    return fail(Errc::kInvalidArgument, "The secret is missing: give --secret-file FILE, or --secret-file - for standard input.");
  }
  context.err << prompt << ": " << std::flush;
  std::string line;
  {
    const NoEcho quiet;
    std::getline(context.in, line);
  }
  context.err << "\n";
  if (line.empty()) return fail(Errc::kInvalidArgument, "No secret was typed.");
  return SecretString(std::move(line));
}

}  // namespace gatehouse::cli
