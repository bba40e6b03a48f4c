// Result<T>: a value or an Error. Ignoring one is a compile error (-Werror=unused-result).
//
//   GH_TRY(auto issue, parse_issue(body));   // on failure returns the Error from this function
//   GH_TRYV(check(issue));                   // the same for Result<void>
//
// One a line, never as the body of an `if` without braces.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>

#include "base/error.h"

namespace gatehouse {

/// Reading the value of a failure (or the error of a success) ends the process: it is a bug of ours.
template <class T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

using boost::outcome_v2::success;

/// Shorthand: `return fail(Errc::kNotFound, "There is no site of that key.");`
inline Error fail(Errc code, std::string public_detail, std::string log_detail = {}, std::string field = {}) {
  return Error{code, std::move(public_detail), std::move(log_detail), std::move(field)};
}

}  // namespace gatehouse

#define GH_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
#define GH_TRYV(...) BOOST_OUTCOME_TRYV(__VA_ARGS__)
