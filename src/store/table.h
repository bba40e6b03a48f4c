// Rows to values and back: what every repository is written with. Used inside store/ only.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "model/resource.h"
#include "model/scope.h"
#include "model/state.h"
#include "store/session.h"
#include "store/sight.h"

namespace gatehouse::store {

/// A table that one aggregate lives in. The first column is its id; a column `version` follows those named here.
struct Table {
  std::string_view name;
  std::string_view columns;  ///< "id, key, product": separated by ", "
  std::string_view types;    ///< one letter each, as Session::rows takes them
  Aggregate aggregate;
  std::string_view absent;  ///< what kNotFound says
};

/// Collects the values of a row in the order of its columns.
class Binds {
 public:
  Binds& text(std::string value);
  Binds& integer(std::int64_t value);
  template <class Enum>
  Binds& number(Enum value) {
    return integer(static_cast<std::int64_t>(value));
  }
  template <class Tag>
  Binds& id(const Id<Tag>& value) {
    return text(value.value);
  }
  /// An empty id is NULL: it refers to nothing.
  template <class Tag>
  Binds& optional_id(const Id<Tag>& value) {
    return value.empty() ? null() : text(value.value);
  }
  Binds& instant(Instant at) { return integer(at.time_since_epoch().count()); }
  Binds& optional_instant(const std::optional<Instant>& at) { return at ? instant(*at) : null(); }
  Binds& optional_duration(const std::optional<Duration>& span) { return span ? integer(span->count()) : null(); }
  Binds& optional_integer(std::optional<std::int64_t> value) { return value ? integer(*value) : null(); }
  Binds& scopes(const ScopeSet& scopes);
  Binds& resource(const Resource& resource);  ///< three columns
  Binds& pause(const Pause& pause);           ///< three columns
  Binds& null();
  const std::vector<Value>& values() const noexcept { return values_; }

 private:
  std::vector<Value> values_;
};

/// Reads a row column by column. A value that can't be is remembered; finish() tells.
class Cells {
 public:
  Cells(const Row& row, std::string_view table) noexcept : row_(row), table_(table) {}

  std::string text();
  std::int64_t integer();
  bool boolean() { return integer() != 0; }
  template <class Enum>
  Enum number(Enum first, Enum last) {
    const std::int64_t value = integer();
    if (value < static_cast<std::int64_t>(first) || value > static_cast<std::int64_t>(last)) bad_ = true;
    return bad_ ? first : static_cast<Enum>(value);
  }
  template <class TypedId>
  TypedId id() {
    return TypedId(text());
  }
  Instant instant() { return Instant(Duration(integer())); }
  std::optional<Instant> optional_instant();
  std::optional<Duration> optional_duration();
  std::optional<std::int64_t> optional_integer();
  ScopeSet scopes();
  Resource resource();
  Pause pause();
  /// kDataCorrupt where a value was not of its kind.
  Result<void> finish() const;

 private:
  const Row& row_;
  std::string_view table_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

/// A SELECT that grows by conditions. Fragments are texts of this program; what comes from outside is bound.
class Select {
 public:
  explicit Select(const Table& table);
  /// `fragment` ends where the value goes: "state = ".
  Select& where(std::string_view fragment, Value value);
  Select& where(std::string_view fragment);
  /// "fragment (:p, :p, …)"
  Select& where_in(std::string_view column, const std::vector<std::string>& values);
  /// One of two columns is `value`.
  Select& where_either(std::string_view one, std::string_view other, const std::string& value);
  /// One of the alternatives holds.
  Select& where_any(const Alternatives& alternatives);
  /// Ends a fragment that opened a parenthesis.
  Select& close();
  Result<Row> one(Session& session) const;
  Result<std::vector<Row>> all(Session& session, std::string_view order_by) const;
  /// By id, after `page.after`; one row more than asked for tells whether there is a next page.
  Result<Listed<Row>> listed(Session& session, const Page& page);

 private:
  std::string next_name();
  const Table& table_;
  std::string conditions_;
  std::vector<Value> binds_;
};

/// With version 1; notes the change. A violated uniqueness is kConflict with `conflict` as its text.
Result<void> insert_row(Session& session, const Table& table, const Binds& binds, std::string_view conflict);
/// All columns where id and version are these; the version rises. kNotFound, or kConflict where somebody was quicker.
Result<void> update_row(Session& session, const Table& table, const Binds& binds, std::int64_t version,
                        std::string_view conflict);
/// INSERT of a row without version or change (children and logs); `suffix` may hold an ON CONFLICT clause.
Result<void> insert_plain(Session& session, std::string_view table, std::string_view columns, const Binds& binds,
                          std::string_view suffix = {});
/// Many of them, prepared once. Rows must be alike.
Result<void> insert_each(Session& session, std::string_view table, std::string_view columns, const std::vector<Binds>& rows,
                         std::string_view suffix = {});

template <class T>
std::vector<T*> pointers(std::vector<T>& items) {
  std::vector<T*> out;
  out.reserve(items.size());
  for (T& item : items) out.push_back(&item);
  return out;
}

template <class T, class Read>
Result<Listed<T>> read_listed(Result<Listed<Row>> rows, const Read& read) {
  GH_TRYV(rows);
  Listed<T> out;
  out.next = std::move(rows.value().next);
  out.items.reserve(rows.value().items.size());
  for (const Row& row : rows.value().items) {
    GH_TRY(auto item, read(row));
    out.items.push_back(std::move(item));
  }
  return out;
}

/// Reads the child rows of many parents by few statements and gives each to `take`, in the order of their position. The first
/// column of `table` (named `parent`) is the parent's id, the second the position.
template <class Parent, class Take>
Result<void> read_children(Session& session, const Table& table, std::string_view parent, const std::vector<Parent*>& parents,
                           const Take& take) {
  constexpr std::size_t kAtOnce = 250;
  for (std::size_t from = 0; from < parents.size(); from += kAtOnce) {
    std::map<std::string_view, Parent*> by_id;
    std::vector<std::string> ids;
    for (std::size_t i = from; i < std::min(from + kAtOnce, parents.size()); ++i) {
      ids.push_back(parents[i]->value.id.value);
      by_id.emplace(parents[i]->value.id.value, parents[i]);
    }
    GH_TRY(const auto rows, Select(table).where_in(parent, ids).all(session, std::string(parent) + ", position"));
    for (const Row& row : rows) {
      Cells cells(row, table.name);
      take(*by_id.at(cells.text()), cells);
      GH_TRYV(cells.finish());
    }
  }
  return success();
}

/// Splits at single spaces; an empty text has no words.
std::vector<std::string> words(std::string_view text);

}  // namespace gatehouse::store
