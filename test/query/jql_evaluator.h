// A reference evaluator of JQL over a handful of issues, written for tests only: slow, plain, and without a line of the
// confining.
//
// Fields that it knows: project (by key or id), status, level, summary. Any other clause is true or false for an issue by a hash
// of its text and the issue's key, which is all that a test needs that compares two queries.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "query/jql_tree.h"

namespace gatehouse::query::test {

struct Issue {
  std::string key;
  std::string project;  ///< key
  std::string project_id;
  std::string status;
  std::string level;  ///< empty where it has none
  std::string summary;
};

/// Issues of A (10001), B (20001), C (10002) and IN (10003), each with and without security level, open and done.
const std::vector<Issue>& issues();

/// Keys of the issues that `query` finds.
std::set<std::string> find_issues(const JqlQuery& query);

}  // namespace gatehouse::query::test
