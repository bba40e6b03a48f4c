// CQL text to tree. There is no public grammar of CQL: this is what Atlassian documents, and what isn't is refused.
//
// Called by cql_confine and the tests. Not accepted, since Confluence might read it differently: quoted field names, escapes
// other than \" \' and \\, control and invisible characters outside quotes, EMPTY and NULL, &&, ||, lists in lists.
#pragma once

#include <cstddef>
#include <string_view>

#include "query/cql_tree.h"
#include "query/query_error.h"

namespace gatehouse::query {

struct CqlLimits {
  std::size_t bytes = std::size_t{64} * 1024;
  std::size_t depth = 64;  ///< of parentheses and NOTs, and of the tree: each change between AND and OR makes it deeper by one
};

using CqlParse = QueryResult<CqlQuery>;

/// Pure and thread-safe; time and memory are linear in the text. The tree keeps no view of `text`.
/// An empty text is a query without condition.
CqlParse parse_cql(std::string_view text, CqlLimits limits = {});

}  // namespace gatehouse::query
