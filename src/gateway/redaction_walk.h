// Walk: reads an answer's tokens, writes what is kept, and watches the places that prove where an object lies. Used by
// redactor.cpp and field_redaction.cpp alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/json_reader.h"
#include "gateway/redactor.h"

namespace gatehouse::gateway {

/// What became of a value. Zero: the answer can't be read.
enum class Kept : std::uint8_t { kBroken = 0, kOut, kIn };

/// What was seen at the place that proves where an object lies.
struct Claim {
  std::string id;
  bool seen = false;
  bool conflicting = false;  ///< no scalar, or two different ones (a repeated key)
  bool restricted = false;   ///< a security level was seen
  bool proves() const noexcept { return seen && !conflicting && !id.empty(); }
};

/// A place below the object at hand. Goes down with the reader, key by key.
struct Watch {
  enum class What : std::uint8_t { kId, kIdOrNull, kRestriction };
  Claim* claim = nullptr;
  const std::vector<std::string>* path = nullptr;
  std::size_t depth = 0;  ///< how many steps of `path` have been taken
  What what = What::kId;
};

class Walk {
 public:
  Walk(std::string_view answer, const RedactionContext& the_context, std::string& output, Redaction& the_result)
      : context(the_context), out(output), result(the_result), reader_(answer, JsonReader::RepeatedKeys::kAllowed) {}

  const RedactionContext& context;
  std::string& out;
  Redaction& result;

  JsonToken next() { return reader_.next(); }
  JsonToken token() const noexcept { return reader_.token(); }
  std::string_view text() const noexcept { return reader_.text(); }
  std::string_view error() const noexcept { return reader_.error(); }
  bool is_scalar() const noexcept;

  // Watches are a stack: those of the object at hand are [from, end).
  std::size_t no_watches() const noexcept { return watches_.size(); }
  void watch(Claim& claim, const std::vector<std::string>& path, Watch::What what) {
    watches_.push_back({&claim, &path, 0, what});
  }
  void unwatch(std::size_t from) noexcept { watches_.resize(from); }
  /// After a key: those of [from, end) that it leads towards, one step further; gives where they begin.
  std::size_t derive(std::size_t from);
  /// At the first token of a value: tells the claims whose place this is.
  void note(std::size_t from);

  // Each begins at the first token of a value and ends at its last.
  Kept copy(std::size_t watches);  ///< as it was written, with links rewritten
  Kept drop(std::size_t watches);  ///< reads over it
  Kept link();
  /// Of an attachment's content: carries the issue, so that the gateway can follow it (gateway/attachment_homes.h).
  Kept attachment_link();
  /// Of an attachment of Confluence: what the gateway can download it by stands in its place.
  Kept download_link();
  /// "/wiki", behind which relative links stand.
  Kept context_link();
  /// An empty text in the place of the one at hand.
  Kept emptied();

  /// Writes the key at hand, with a comma unless `first`; gives what to pass to end_member.
  std::size_t begin_member(bool first);
  /// Takes the member out again where its value was not kept.
  Kept end_member(std::size_t before, Kept kept, bool& first);

  /// Each element of an array by `use`; those that are not kept leave no trace.
  template <class Use>
  Kept elements(Use use);
  /// Each member of an object by `use(key)`; the key is valid until `use` reads on.
  template <class Use>
  Kept members(Use use);

  /// `object(watches)` reads an object that names an issue; it is kept if that issue is proven inside.
  template <class Use>
  Kept mention(Use object);
  template <class Use>
  Kept project_mention(Use object);
  /// The issue (or attachment of Confluence) in whose object we are; empty: none, or its id comes later.
  std::string_view issue() const noexcept {
    return issue_ && issue_->proves() ? std::string_view(issue_->id) : context.parent_issue;
  }
  const Claim* set_issue(const Claim* issue) noexcept { return std::exchange(issue_, issue); }

  /// Whether look-ups have proven the issue; notes it as unproven where they have not been asked.
  bool proven(const std::string& id_or_key);
  /// Whether a field is the own one of a team-managed project that is not permitted.
  bool field_of_another_project(std::string_view field_id) const;

 private:
  bool observe(std::size_t from);
  bool read_over(std::size_t watches);

  JsonReader reader_;
  std::vector<Watch> watches_;
  const Claim* issue_ = nullptr;
};

template <class Use>
Kept Walk::elements(Use use) {
  if (token() != JsonToken::kArrayBegin) return drop(no_watches());
  out.push_back('[');
  bool first = true;
  while (next() != JsonToken::kArrayEnd) {
    if (token() == JsonToken::kError) return Kept::kBroken;
    const std::size_t before = out.size();
    if (!first) out.push_back(',');
    if (end_member(before, use(), first) == Kept::kBroken) return Kept::kBroken;
  }
  out.push_back(']');
  return Kept::kIn;
}

template <class Use>
Kept Walk::members(Use use) {
  if (token() == JsonToken::kNull) return copy(no_watches());
  if (token() != JsonToken::kObjectBegin) return drop(no_watches());
  out.push_back('{');
  bool first = true;
  while (next() == JsonToken::kKey) {
    const std::size_t before = begin_member(first);
    const std::string key(text());
    next();
    if (end_member(before, use(std::string_view(key)), first) == Kept::kBroken) return Kept::kBroken;
  }
  if (token() != JsonToken::kObjectEnd) return Kept::kBroken;
  out.push_back('}');
  return Kept::kIn;
}

template <class Use>
Kept Walk::mention(Use object) {
  static const std::vector<std::string> kId = {"id"};
  static const std::vector<std::string> kKey = {"key"};
  const std::size_t start = out.size();
  const std::size_t watches = no_watches();
  Claim id;
  Claim key;
  watch(id, kId, Watch::What::kId);
  watch(key, kKey, Watch::What::kId);
  const Kept kept = object(watches);
  unwatch(watches);
  if (kept != Kept::kIn) return kept;
  const bool named = id.seen ? id.proves() : key.proves();
  if (named && proven(id.seen ? id.id : key.id)) return Kept::kIn;
  out.resize(start);
  ++result.left_out;
  return Kept::kOut;
}

template <class Use>
Kept Walk::project_mention(Use object) {
  static const std::vector<std::string> kId = {"id"};
  const std::size_t start = out.size();
  const std::size_t watches = no_watches();
  Claim id;
  watch(id, kId, Watch::What::kId);
  const Kept kept = object(watches);
  unwatch(watches);
  if (kept != Kept::kIn) return kept;
  if (id.proves() && context.permitted.permits(id.id, false)) return Kept::kIn;
  out.resize(start);
  ++result.left_out;
  return Kept::kOut;
}

}  // namespace gatehouse::gateway
