// The strict rule for CQL: a query may name only what lies inside the boundary or is common to the site.
//
// As jql_strict.h. Called by cql_confine. Fields and functions that are not documented, that ask about spaces beyond their key or
// that depend on what the shared account has seen are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/cql_tree.h"
#include "query/query_error.h"

namespace gatehouse::query {

/// A thing that the query names and that the caller must prove to lie inside before the query is sent.
struct CqlNamedThing {
  enum class Kind : std::uint8_t { kContent, kUser };
  Kind kind = Kind::kContent;
  std::string text;  ///< of content its id, digits only
  std::size_t at = 0;
  bool operator==(const CqlNamedThing&) const = default;
};

/// What only the caller knows. Implementations must be pure for the time of a call.
class CqlBoundaryNames {
 public:
  virtual ~CqlBoundaryNames() = default;
  /// The key of the space inside the boundary that Confluence would take `value` for (any case), else nothing: refused.
  virtual std::optional<std::string> permitted_space(std::string_view value) const = 0;
};

/// Checks `query` and puts the caller's own spelling in place of each space. Gives back what is to be proven, in order of
/// appearance and without repetition, or an error that names the first field, function or value that is refused.
QueryResult<std::vector<CqlNamedThing>> apply_strict(CqlQuery& query, const CqlBoundaryNames& names);

}  // namespace gatehouse::query
