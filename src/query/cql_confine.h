// Narrows a CQL query to spaces: parse, AND the spaces in front of it, print, parse again and compare.
//
// Called by the gateway and by `gatehouse cql confine`. On any doubt there is an error and no text: never an unconfined query.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/cql_parser.h"
#include "query/cql_strict.h"

namespace gatehouse::query {

struct CqlConfineOptions {
  /// Null: not strict. Else the strict rule, by these names; it must live during the call.
  const CqlBoundaryNames* strict = nullptr;
};

struct ConfinedCql {
  std::string text;
  std::vector<CqlNamedThing> named;  ///< strict only: to be proven inside before `text` may be sent
};

/// `space_keys`: one or more, each letters and digits, or a personal space's ~ and account id (letters, digits, . _ : -).
/// Pure and thread-safe. `at` of an error is an offset in `text`.
QueryResult<ConfinedCql> confine_cql(std::string_view text, const std::vector<std::string>& space_keys,
                                     CqlConfineOptions options = {});

}  // namespace gatehouse::query
