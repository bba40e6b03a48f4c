// The fields and functions of Jira Cloud that the strict rule knows, under their old and their new names.
//
// Called by jql_strict. What is not here is refused; what asks beyond the boundary whatever its values are (saved filters, link
// types, project categories, functions of apps) is left out on purpose. Each function that stays tells of the found issue only,
// or names in its arguments what it asks about.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "query/jql_strict.h"

namespace gatehouse::query {

struct SystemField {
  std::string_view name;  ///< lower case
  FieldKind kind = FieldKind::kUnknown;
  enum class Use : std::uint8_t {
    kUsual,
    kWithHistory,   ///< WAS and CHANGED too
    kWithProperty,  ///< issue.property[key].path
    kOrderOnly,     ///< in ORDER BY
  };
  Use use = Use::kUsual;
};

/// What an argument of a function is.
enum class ArgumentKind : std::uint8_t { kPlain, kUser, kGroup, kProject, kIssue };

struct JqlFunction {
  std::string_view name;                 ///< lower case
  FieldKind fits = FieldKind::kUnknown;  ///< the kind of the fields that it may stand behind
  std::size_t least = 0;                 ///< arguments
  std::size_t most = 0;
  std::array<ArgumentKind, 2> arguments{};  ///< of the first and of every further one
};

/// `name` in lower case; null where it isn't known.
const SystemField* find_system_field(std::string_view name) noexcept;
const JqlFunction* find_jql_function(std::string_view name) noexcept;

}  // namespace gatehouse::query
