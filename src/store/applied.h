// Which records an apply file owns, by its label: only those may its --prune take away.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/stored.h"

namespace gatehouse::store {

class Applied {
 public:
  explicit Applied(Session& session) noexcept : session_(session) {}
  Applied(const Applied&) = delete;

  /// Empty: no file's.
  Result<std::string> label_of(const std::string& kind, const std::string& subject) const;
  /// Kind and id of each.
  Result<std::vector<std::pair<std::string, std::string>>> of_label(const std::string& label) const;
  Result<void> put(const std::string& kind, const std::string& subject, const std::string& label);
  Result<void> remove(const std::string& kind, const std::string& subject);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
