// JQL evaluated for real on the stand-in's issues. Used by everything that searches.
//
// A value is tried as an id first, then as a key, then as a name, each case-insensitively, as Jira does. What the search
// index still believes of a moved or deleted issue counts, not the truth.
#pragma once

#include <string>
#include <vector>

#include "query/jql_parser.h"
#include "sandbox/web.h"

namespace gatehouse::sandbox {

struct Hits {
  std::vector<ObjectId> ids;  ///< in order; a deleted issue may be among them
};

/// Parses and evaluates; throws Refused (400, in Jira's words) for what it does not know.
Hits run_jql(Call& call, const std::string& jql);
/// Does one issue fit? No index lag.
bool fits_jql(Call& call, const std::string& jql, const Issue& issue);
/// The messages that a search would refuse the query with; empty where it is good.
std::vector<std::string> check_jql(Call& call, const std::string& jql);

}  // namespace gatehouse::sandbox
