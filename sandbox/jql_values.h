// What a JQL operand stands for: ids, texts and instants. Used by jql_eval.cpp alone.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "query/jql_tree.h"
#include "sandbox/web.h"

namespace gatehouse::sandbox {

/// One literal of an operand.
struct Literal {
  std::string text;
  bool number = false;         ///< written without quotes
  bool empty = false;          ///< EMPTY
  bool list_function = false;  ///< it came out of a function: an unknown value is no error
};

/// `operand` with its functions run and its lists laid flat. `field` is the canonical field name.
std::vector<Literal> literals_of(const Call& call, const std::string& field, const query::JqlOperand& operand);
/// The name that Jira knows the field by, in lower case ("issue", "project", "customfield_10020"); throws 400 where there is
/// none.
std::string canonical_field(const Call& call, const query::JqlField& field);
/// "2024-01-31", "2024/01/31 10:00", "-7d", "startOfDay" already run; milliseconds. Throws 400 for anything else.
std::int64_t instant_of(const std::string& field, const std::string& text);
[[noreturn]] void refuse_jql(const std::string& message);

}  // namespace gatehouse::sandbox
