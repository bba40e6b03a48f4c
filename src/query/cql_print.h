// Tree to CQL text. The inverse of parse_cql: parsing what is printed gives an equal tree.
//
// Every text is quoted, and every AND or OR within another is in parentheses, so that the text means the same whether or not
// its reader knows of precedence.
#pragma once

#include <string>

#include "query/cql_tree.h"

namespace gatehouse::query {

/// `query` must be a tree that parse_cql can give.
std::string print(const CqlQuery& query);
std::string print(const CqlNode& node);

}  // namespace gatehouse::query
