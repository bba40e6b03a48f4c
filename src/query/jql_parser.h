// JQL text to tree: the whole language of Jira Cloud, after Atlassian's own grammar, and nothing beside it.
//
// Called by jql_confine, the sandbox and the tests. It never guesses: what it does not know is an error, since a text that
// two parsers read differently must not go upstream. Stricter than Atlassian's on purpose: no invalid UTF-8, no lone
// surrogates, no NUL (also not as an escape), bounded size and depth.
#pragma once

#include <cstddef>
#include <string_view>

#include "query/jql_tree.h"
#include "query/query_error.h"

namespace gatehouse::query {

struct JqlLimits {
  std::size_t bytes = std::size_t{64} * 1024;
  std::size_t depth = 64;  ///< parentheses, NOTs and nested lists, counted together
};

using JqlParse = QueryResult<JqlQuery>;

/// Pure and thread-safe; time and memory are linear in the text. The tree keeps no view of `text`.
/// An empty text is a query without condition.
JqlParse parse_jql(std::string_view text, JqlLimits limits = {});

}  // namespace gatehouse::query
