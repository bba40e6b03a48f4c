// Tree to JQL text. The inverse of parse_jql: parsing what is printed gives an equal tree, whatever the texts in it hold.
//
// Every text that is not a plain word is quoted; invisible and control characters are written as \uXXXX.
#pragma once

#include <string>

#include "query/jql_tree.h"

namespace gatehouse::query {

/// `query` must be a tree that parse_jql can give (operand kinds as jql_tree.h says).
std::string print(const JqlQuery& query);
std::string print(const JqlNode& node);

}  // namespace gatehouse::query
