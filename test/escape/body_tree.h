// BodyTree: a JSON body put together by the names of the catalogue's body rows: "fields", "issueUpdates[].fields", "a.*[].id",
// "$".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::escape {

class BodyTree {
 public:
  /// Puts `json` at the place that `name` names; containers on the way are made. What stands there already is kept.
  void put(std::string_view name, const std::string& json, const std::string& any_key = "10000");
  /// "" where nothing was put.
  std::string text() const;

 private:
  std::string raw_;
  std::vector<std::pair<std::string, std::unique_ptr<BodyTree>>> members_;
  std::unique_ptr<BodyTree> element_;
};

}  // namespace gatehouse::escape
