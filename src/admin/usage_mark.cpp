#include "admin/usage_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace gatehouse::admin {

Result<std::optional<Instant>> UsageMark::begin(Instant now) {
  std::optional<Instant> before;
  if (std::ifstream from(path_); from) {
    std::string line;
    std::getline(from, line);
    // A mark that can't be read was cut while it was written: the end was unclean, its time is not known.
    const auto at = parse_instant(line);
    before = at ? at.value() : Instant{};
  }
  GH_TRYV(stored(now));
  return before;
}

Result<void> UsageMark::stored(Instant now) const {
  const std::string line = format_instant(now) + "\n";
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int problem = errno;
  if (file >= 0) ::close(file);
  if (!written) return fail(Errc::kUnavailable, "The file " + path_ + " can't be written: " + std::strerror(problem) + ".");
  return success();
}

void UsageMark::end() const noexcept { ::unlink(path_.c_str()); }

}  // namespace gatehouse::admin
