// What each place in a JSON request body is, compiled from an operation's `body` lines into a tree that is walked key by key.
//
// The gateway walks it while it reads a body: what child() or element() does not find is unclassified and refuses the request of
// a bounded token. Immutable once loaded, shared by all threads; walking takes no allocation.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalogue/operation.h"

namespace gatehouse::catalogue {

/// One place in a body. It may be a value that is classified, a container of such values, or both (a value that upstream takes as
/// a string or as an object).
class BodyNode {
 public:
  /// The line that classifies the value here; nullptr if this is only a container of classified ones. A classified value is a
  /// scalar, but for kIssueFields and kIssueUpdate (an object, by field metadata), kText (a string or an ADF document) and
  /// subtree().
  const Parameter* parameter() const noexcept { return classified_ ? &parameter_ : nullptr; }
  Kind kind() const noexcept { return classified_ ? parameter_.kind : Kind::kUnclassified; }
  /// The line ends in `**`: any value, and all below it is of kind().
  bool subtree() const noexcept { return subtree_; }
  /// An object may stand here.
  bool takes_object() const noexcept { return !children_.empty() || any_key_; }
  /// By the unescaped key; the `*` line where no line names the key (an exact name wins, and nothing is merged). nullptr: refuse.
  const BodyNode* child(std::string_view key) const noexcept;
  /// Of an array's elements. nullptr: an array here is refused.
  const BodyNode* element() const noexcept { return element_.get(); }

 private:
  friend Result<void> add_body_rule(BodyNode& root, const Parameter& parameter);

  Parameter parameter_;
  bool classified_ = false;
  bool subtree_ = false;
  std::vector<std::pair<std::string, std::unique_ptr<BodyNode>>> children_;  ///< sorted by key
  std::unique_ptr<BodyNode> any_key_;
  std::unique_ptr<BodyNode> element_;
};

/// The place of the whole body; nullptr if the operation classifies nothing of a body.
inline const BodyNode* body_root(const Operation& operation) noexcept { return operation.body.get(); }

/// Adds the place that `parameter.name` names (FORMAT.md). A name that is not well-formed, stands there already, or lies under or
/// over a `**` is kInvalidArgument. Called by the loader only.
Result<void> add_body_rule(BodyNode& root, const Parameter& parameter);

}  // namespace gatehouse::catalogue
