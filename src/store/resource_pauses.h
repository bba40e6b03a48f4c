// Resources that are paused for one token, one service account or a whole site. A change is noted on whom the pause is for, by
// the use case, which updates that record in the same unit of work.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/resource_pause.h"
#include "store/stored.h"

namespace gatehouse::store {

class ResourcePauses {
 public:
  explicit ResourcePauses(Session& session) noexcept : session_(session) {}
  ResourcePauses(const ResourcePauses&) = delete;

  /// All of them: there are few, and whoever decides requests needs each.
  Result<std::vector<ResourcePause>> all() const;
  Result<std::vector<ResourcePause>> of(PausedFor whom, const std::string& subject) const;
  /// Adds it, or replaces the one of the same subject and resource.
  Result<void> put(const ResourcePause& pause);
  /// kNotFound where there is none.
  Result<void> remove(PausedFor whom, const std::string& subject, const Resource& resource);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
