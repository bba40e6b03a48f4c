#include "test/escape/body_tree.h"

#include <algorithm>

namespace gatehouse::escape {

void BodyTree::put(std::string_view name, const std::string& json, const std::string& any_key) {
  if (name.empty() || name == "$" || name == "**") {
    if (raw_.empty() && members_.empty() && !element_) raw_ = json;
    return;
  }
  if (!raw_.empty()) return;
  if (name.front() == '.') name.remove_prefix(1);
  if (name.starts_with("[]")) {
    if (!element_) element_ = std::make_unique<BodyTree>();
    return element_->put(name.substr(2), json, any_key);
  }
  if (name == "**") return put("", json, any_key);
  const std::size_t end = std::min(name.find_first_of(".["), name.size());
  const std::string key = name.substr(0, end) == "*" ? any_key : std::string(name.substr(0, end));
  auto found = std::find_if(members_.begin(), members_.end(), [&](const auto& member) { return member.first == key; });
  if (found == members_.end()) {
    members_.emplace_back(key, std::make_unique<BodyTree>());
    found = members_.end() - 1;
  }
  found->second->put(name.substr(end), json, any_key);
}

std::string BodyTree::text() const {
  if (!raw_.empty()) return raw_;
  if (element_) return "[" + element_->text() + "]";
  if (members_.empty()) return {};
  std::string out;
  for (const auto& [key, value] : members_) out += (out.empty() ? "{\"" : ",\"") + key + "\":" + value->text();
  return out + "}";
}

}  // namespace gatehouse::escape
