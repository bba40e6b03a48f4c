#include "cli/agent_place.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/random.h"

namespace gatehouse::cli {
namespace {

constexpr std::size_t kMostBytes = 4096;

/// A descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const noexcept { return descriptor_; }
  bool ok() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Error failed(const std::string& what, const std::string& path) {
  const int number = errno;
  const Errc code = number == ENOENT                      ? Errc::kNotFound
                    : number == EACCES || number == EPERM ? Errc::kNotAllowed
                                                          : Errc::kUnavailable;
  return fail(code, what + " " + path + ": " + std::strerror(number) + ".");
}

std::string unused_name(const std::string& stem) {
  SystemRandom random;
  return stem + random_base62(random, 12);
}

/// A name that has to be on disk before anybody relies on it.
Result<void> sync_folder(const std::string& folder) {
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.ok() || ::fsync(opened.get()) != 0) return failed("This folder could not be written to disk:", folder);
  return success();
}

Result<void> write_new(const std::string& path, std::string_view text) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.ok()) return failed("This file could not be made:", path);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("This file could not be written:", path);
    done += static_cast<std::size_t>(count);
  }
  if (::fchmod(file.get(), 0600) != 0 || ::fsync(file.get()) != 0) return failed("This file could not be written to disk:", path);
  return success();
}

/// Leaves nothing half-done behind.
Result<void> replace(const std::string& made, const std::string& path) {
  if (::rename(made.c_str(), path.c_str()) == 0) return success();
  Error error = failed("This file could not be replaced:", path);
  ::unlink(made.c_str());
  return error;
}

void remove_data(const std::string& folder, const std::string& key) {
  ::unlink((folder + "/" + key).c_str());
  ::rmdir(folder.c_str());
}

}  // namespace

AgentPlace::AgentPlace(std::string folder, std::string name, bool swaps)
    : folder_(std::move(folder)), name_(std::move(name)), path_(in_folder(name_)), swaps_(swaps) {}
AgentPlace::AgentPlace(AgentPlace&& other) noexcept
    : folder_(std::move(other.folder_)),
      name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      swaps_(other.swaps_),
      lock_(std::exchange(other.lock_, -1)) {}
AgentPlace::~AgentPlace() {
  if (lock_ >= 0) ::close(lock_);
}

AgentPlace AgentPlace::file(std::string path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", std::move(path), false};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1), false};
}
AgentPlace AgentPlace::directory(std::string path, std::string key) { return {std::move(path), std::move(key), true}; }

Result<void> AgentPlace::lock() {
  const std::string path = in_folder("." + name_ + ".agent-lock");
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (lock_ < 0) return failed("The agent needs to write into its folder; this could not be made:", path);
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return success();
  return fail(Errc::kConflict, "Another agent looks after " + path_ + " already. One token has one agent.");
}

Result<SecretString> AgentPlace::read() const {
  const File file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return failed("The token can't be read:", path_);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed("The token can't be read:", path_);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Errc::kNotAllowed, "Others can read " + path_ + "; run: chmod 600 " + path_);
  std::string text(kMostBytes, '\0');
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  if (count < 0) return failed("The token can't be read:", path_);
  text.resize(static_cast<std::size_t>(count));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  SecretString token(std::move(text));
  if (token.expose().find_first_of("\r\n ") != std::string::npos || token.empty())
    return fail(Errc::kInvalidArgument, path_ + " holds no token: it is one line that begins with gtht_.");
  return token;
}

Result<void> AgentPlace::write(const SecretString& token) const {
  // Before the token, so that no crash leaves a new token whose job was never told.
  const std::string mark = in_folder("." + name_ + ".hook-due");
  const File marked(::open(mark.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!marked.ok()) return failed("This file could not be made:", mark);
  GH_TRYV(swaps_ ? swap_data(token) : write_file(token));
  return sync_folder(folder_);
}

Result<void> AgentPlace::write_file(const SecretString& token) const {
  const std::string made = in_folder(unused_name("." + name_ + "."));
  const SecretString line(token.expose() + "\n");
  const Result<void> written = write_new(made, line.expose());
  if (!written) {
    ::unlink(made.c_str());
    return written;
  }
  return replace(made, path_);
}

Result<void> AgentPlace::swap_data(const SecretString& token) const {
  const std::string data = unused_name("..data-");
  const std::string folder = in_folder(data);
  if (::mkdir(folder.c_str(), 0700) != 0) return failed("This folder could not be made:", folder);
  Result<void> written = write_new(folder + "/" + name_, token.expose());
  if (written) written = sync_folder(folder);
  std::array<char, 256> old{};
  const ssize_t length = ::readlink(in_folder("..data").c_str(), old.data(), old.size());
  const std::string link = in_folder(unused_name("..link-"));
  if (written && ::symlink(data.c_str(), link.c_str()) != 0) written = failed("This link could not be made:", link);
  if (written) written = replace(link, in_folder("..data"));
  if (!written) {
    remove_data(folder, name_);
    return written;
  }
  // The first time, and where a plain file stood.
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) {
    const std::string name_link = in_folder(unused_name("..link-"));
    if (::symlink(("..data/" + name_).c_str(), name_link.c_str()) != 0) return failed("This link could not be made:", name_link);
    GH_TRYV(replace(name_link, path_));
  }
  const std::string_view before(old.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  // Only what this agent made: whoever mounted another folder there looks after it.
  if (before.starts_with("..data-") && before.find('/') == std::string_view::npos)
    remove_data(in_folder(std::string(before)), name_);
  return success();
}

bool AgentPlace::hook_is_due() const { return ::access(in_folder("." + name_ + ".hook-due").c_str(), F_OK) == 0; }

Result<void> AgentPlace::hook_has_run() const {
  const std::string mark = in_folder("." + name_ + ".hook-due");
  if (::unlink(mark.c_str()) != 0 && errno != ENOENT) return failed("This file could not be removed:", mark);
  return success();
}

}  // namespace gatehouse::cli
