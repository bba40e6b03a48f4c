// The redactor: an upstream answer, and what of it a bounded token may see.
//
// By the operation's shape (catalogue/shapes.h) and the site's field metadata, in one pass with roll-back: an object is written
// as it is read, and taken out again when it turns out that nothing proved it to lie inside. What is not listed is dropped.
// Issues that are only mentioned (links, parents, subtasks) are kept where `proof` has them; those that it lacks are named in
// `unproven`, so that the caller can look them up and run it again. Pure but for its output; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "gateway/links.h"
#include "policy/decide.h"
#include "upstream/field_types.h"

namespace gatehouse::gateway {

/// What look-ups have said of issues, by id or by key as they were asked for. Only for one request: it is never remembered.
class Proof {
 public:
  void set(std::string id_or_key, bool inside) { issues_[std::move(id_or_key)] = inside; }
  /// nullptr: not asked yet.
  const bool* find(const std::string& id_or_key) const {
    const auto known = issues_.find(id_or_key);
    return known == issues_.end() ? nullptr : &known->second;
  }
  void clear() { issues_.clear(); }
  std::size_t size() const noexcept { return issues_.size(); }

 private:
  std::unordered_map<std::string, bool> issues_;
};

/// Makes an opaque value of upstream's usable by the credential alone that obtained it. Implementations are pure.
class OpaqueSeal {
 public:
  virtual ~OpaqueSeal() = default;
  /// What the client gets instead: of a page token (for the same operation and query only), of a task id.
  virtual std::string page_token(std::string_view token) const = 0;
  virtual std::string task(std::string_view id) const = 0;
};

struct RedactionContext {
  const policy::Permitted& permitted;
  const upstream::FieldTypes& fields;
  const LinkRewriter& links;
  const Proof& proof;
  /// Issue fields that only the gateway asked for: read, and left out again.
  std::span<const std::string_view> hidden_fields;
  /// The object that the request's path names was proven to lie inside: shapes with `inside parent` may be released.
  bool parent_inside = false;
  /// After a write: the answer's own object was located before, so that it need not prove itself.
  bool root_inside = false;
  const OpaqueSeal* seal = nullptr;  ///< null: page tokens and task ids are dropped
  /// The issue that the request's path names, or that an attachment in it was proven by; empty: none.
  std::string_view parent_issue = {};
};

struct Redaction {
  /// Zero releases nothing.
  enum class Outcome : std::uint8_t {
    kMalformed = 0,  ///< not JSON, or not of the shape that the table says: 502
    kOutside,        ///< the object itself is not proven to lie inside
    kReleased,       ///< `out` holds the answer
  };
  Outcome outcome = Outcome::kMalformed;
  std::vector<std::string> contained;  ///< ids of the issues that are released: they prove mentions of one another
  /// Issue ids (or keys), boards as "board 7", service desks as "desk 7" and content of Confluence as "page 7" (content_place.h),
  /// that look-ups may prove; without repetition.
  std::vector<std::string> unproven;
  std::vector<std::pair<std::string, std::string>> attachments;  ///< that are released, each with the id of its issue
  std::string place;             ///< of an answer that is one object: the project that its own word names; empty: none
  bool place_restricted = true;  ///< likewise: it has a security level
  std::size_t left_out = 0;      ///< items and mentions taken out: for the record only, never told to the client
  std::string_view error;        ///< of kMalformed, in a few words without content

  /// Sorted, each once.
  void unite_unproven();
};

/// Redacts `answer`, which is of `shape` (an array of it, if `list`), onto the end of `out`. On any outcome but kReleased `out`
/// is as it was before.
Redaction redact(std::string_view answer, const catalogue::Shape& shape, bool list, const RedactionContext& context,
                 std::string& out);

/// What a piece of a list is: a member of the outermost object, or an element of one of its lists.
struct Part {
  const catalogue::Shape& shape;                 ///< of the answer
  const catalogue::ShapeField* field = nullptr;  ///< of the member; null: an element of an answer that is an array
  bool element = false;
};

/// Likewise for a piece of an answer that is not held whole (gateway/list_redaction.h); adds to `result`, whose own outcome it
/// leaves alone.
Redaction::Outcome redact_part(std::string_view text, const Part& part, const RedactionContext& context, Redaction& result,
                               std::string& out);

}  // namespace gatehouse::gateway
