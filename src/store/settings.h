// Policy and settings: named texts.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/stored.h"

namespace gatehouse::store {

class Settings {
 public:
  explicit Settings(Session& session) noexcept : session_(session) {}
  Settings(const Settings&) = delete;

  /// kNotFound where it was never set.
  Result<std::string> get(std::string_view name) const;
  /// By name.
  Result<std::vector<std::pair<std::string, std::string>>> list() const;
  Result<void> set(std::string_view name, std::string_view value);
  Result<void> remove(std::string_view name);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
