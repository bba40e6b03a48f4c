// Random JQL for the property tests: trees as parse_jql can give them, and texts that spell a tree in every way the language has.
#pragma once

#include <rapidcheck.h>

#include <string>

#include "query/jql_tree.h"

namespace gatehouse::query::test {

/// Trees of at most `depth` levels. The fields project, status, level and summary are frequent, so that a small set of issues
/// tells queries apart; their values are mostly those of jql_evaluator.h.
rc::Gen<JqlQuery> any_jql(int depth = 3);

/// A text that means `query`: other cases, quotes, escapes, white space, needless parentheses. Only within a property.
std::string respelled(const JqlQuery& query);

/// A text of any characters but NUL, the odd ones frequent.
rc::Gen<std::string> any_text();

}  // namespace gatehouse::query::test
