// A file beside the audit head that stands as long as the recorder runs, so that the next start can say whether usage was lost.
// Used by the recorder alone.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::admin {

class UsageMark {
 public:
  explicit UsageMark(std::string path) : path_(std::move(path)) {}

  /// When the process before last stored usage, where it ended without storing the rest (killed, or the power went). Begins anew.
  Result<std::optional<Instant>> begin(Instant now);
  /// Everything up to `now` is stored. Not flushed to the disk: after a power cut the mark may be older than the usage.
  Result<void> stored(Instant now) const;
  /// Everything is stored and nothing more comes.
  void end() const noexcept;

 private:
  std::string path_;
};

}  // namespace gatehouse::admin
