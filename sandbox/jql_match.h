// One JQL clause against one issue. Used by jql_eval.cpp alone.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/edit.h"
#include "sandbox/jql_values.h"

namespace gatehouse::sandbox {

/// A clause whose field is known and whose operand is resolved: ids for what has ids, texts for what has not.
struct Clause {
  const query::JqlClause* source = nullptr;
  std::string field;  ///< canonical
  std::vector<Literal> literals;
  std::set<std::string> ids;
  bool has_empty = false;
};

using SortKey = std::pair<double, std::string>;

/// Throws Refused for a value that doesn't exist and for an operator that the field hasn't.
Clause prepare_clause(const Call& call, const query::JqlClause& source);
bool matches(const Call& call, const Clause& clause, const Issue& issue, bool negated);
SortKey sort_key(const Call& call, const Issue& issue, const std::string& field);

}  // namespace gatehouse::sandbox
