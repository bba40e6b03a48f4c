#include "catalogue/body_rules.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace gatehouse::catalogue {
namespace {

bool key_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

Error bad_name(std::string_view name, std::string_view why) {
  return fail(Errc::kInvalidArgument, "body \"" + std::string(name) + "\": " + std::string(why));
}

/// One step of a name: a key or `*` or nothing (at the start), then as many `[]`.
struct Step {
  std::string_view key;
  std::size_t arrays = 0;
};

Result<std::vector<Step>> parse_steps(std::string_view name, std::string_view path) {
  std::vector<Step> steps;
  while (true) {
    const std::size_t dot = path.find('.');
    std::string_view part = path.substr(0, dot);
    Step step;
    while (part.ends_with("[]")) {
      part.remove_suffix(2);
      ++step.arrays;
    }
    const bool plain = !part.empty() && std::all_of(part.begin(), part.end(), key_byte);
    const bool array_as_whole = part.empty() && steps.empty() && step.arrays > 0;
    if (!plain && part != "*" && !array_as_whole) {
      return bad_name(name,
                      "expected keys of letters, digits, '_' and '-', or '*', each with as many [] as wanted, joined by '.'");
    }
    step.key = part;
    steps.push_back(step);
    if (dot == std::string_view::npos) return steps;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

const BodyNode* BodyNode::child(std::string_view key) const noexcept {
  const auto found = std::lower_bound(children_.begin(), children_.end(), key,
                                      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  if (found != children_.end() && found->first == key) return found->second.get();
  return any_key_.get();
}

Result<void> add_body_rule(BodyNode& root, const Parameter& parameter) {
  const std::string_view name = parameter.name;
  std::string_view path = name;
  const bool subtree = path == "**" || path.ends_with(".**");
  if (subtree) path.remove_suffix(path.size() == 2 ? 2 : 3);
  std::vector<Step> steps;
  if (!path.empty() && path != "$") {
    GH_TRY(auto parsed, parse_steps(name, path));
    steps = std::move(parsed);
  } else if (path == "$" && subtree) {
    return bad_name(name, "write ** for a body of any value");
  } else if (path.empty() && !subtree) {
    return bad_name(name, "expected a name");
  }

  BodyNode* node = &root;
  const auto descend = [&node](std::unique_ptr<BodyNode>& next) {
    if (!next) next = std::make_unique<BodyNode>();
    node = next.get();
  };
  for (const Step& step : steps) {
    if (node->subtree_) return bad_name(name, "it lies under a ** of another line");
    if (step.key == "*") {
      descend(node->any_key_);
    } else if (!step.key.empty()) {
      const auto found = std::lower_bound(node->children_.begin(), node->children_.end(), step.key,
                                          [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
      const bool known = found != node->children_.end() && found->first == step.key;
      descend((known ? found : node->children_.emplace(found, std::string(step.key), nullptr))->second);
    }
    for (std::size_t i = 0; i < step.arrays; ++i) {
      if (node->subtree_) return bad_name(name, "it lies under a ** of another line");
      descend(node->element_);
    }
  }
  if (node->classified_) return bad_name(name, "it is classified twice");
  if (subtree && (node->takes_object() || node->element_)) return bad_name(name, "lines below a ** say nothing; leave them out");
  node->parameter_ = parameter;
  node->classified_ = true;
  node->subtree_ = subtree;
  return success();
}

}  // namespace gatehouse::catalogue
