// Narrows a JQL query to a boundary: parse, AND the projects in front of it, print, parse again and compare.
//
// Called by the gateway (by project ids) and by `gatehouse jql confine` (by keys). On any doubt there is an error and no
// text: never an unconfined query. What it promises is that every issue of the result lies in the projects, however the
// text was written; that foreign things are not asked about is the strict rule's part (jql_strict.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "query/jql_parser.h"
#include "query/jql_strict.h"

namespace gatehouse::query {

/// The boundary. At least one project in all, or confining fails.
struct ProjectClause {
  enum class By : std::uint8_t {
    kId,   ///< digits; printed bare, which Jira reads as an id before it tries a key or a name
    kKey,  ///< [A-Za-z][A-Za-z0-9_]*; printed quoted, since IN, DO and ROW are keys and reserved words
  };
  By by = By::kId;
  std::vector<std::string> projects;
  /// Projects of which only issues without a security level are wanted (grants with restricted=exclude).
  std::vector<std::string> projects_without_levels;
};

struct ConfineOptions {
  /// Null: not strict. Else the strict rule, by these names; it must live during the call.
  const BoundaryNames* strict = nullptr;
};

struct ConfinedJql {
  std::string text;
  std::vector<NamedThing> named;  ///< strict only: to be proven inside before `text` may be sent
};

/// Pure and thread-safe. `at` of an error is an offset in `text`.
QueryResult<ConfinedJql> confine_jql(std::string_view text, const ProjectClause& boundary, ConfineOptions options = {});

}  // namespace gatehouse::query
