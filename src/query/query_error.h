// What is wrong with a query and where. Of both languages, JQL and CQL.
//
// `message` says what was expected; it may quote a few characters of the query and is meant for who sent it, never for a log.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace gatehouse::query {

struct QueryError {
  std::size_t at = 0;  ///< byte offset in the text that was given; its length where the text ended too early
  std::string message;
  bool operator==(const QueryError&) const = default;
};

/// A value or a QueryError; GH_TRY works on it in functions that return one.
template <class T>
using QueryResult = boost::outcome_v2::basic_result<T, QueryError, boost::outcome_v2::policy::terminate>;

}  // namespace gatehouse::query
