// Refusal: why a request is not carried out, as a value. Every step gives one or goes on; refuse.cpp alone turns it into HTTP.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/decision.h"
#include "model/scope.h"

namespace gatehouse::gateway {

struct Refusal {
  Reason reason = Reason::kInternal;
  /// What it is about, as the client itself named it or as our tables do: a parameter, a place in the body, an operation, the
  /// site's key. Never another's object and never a value.
  std::string subject;
  /// One sentence for the client that says what was wrong and what would be right, where the reason alone does not.
  std::string detail;
  ScopeSet missing_scopes;        ///< of kInsufficientScope
  std::uint32_t retry_after = 0;  ///< seconds; 0: no such header
  std::uint32_t rate_limit = 0;   ///< of a rate: how many there were; 0: nothing is said of it
  Instant rate_reset{};           ///< … when there are more
  std::string_view rate_reason;   ///< … whose it is, "gatehouse-site-budget"
  int status = 0;                 ///< 0: the reason's own
  bool close = false;             ///< the connection can't be used on
  bool of_person = false;         ///< of kUpstreamCredential: it is a person's own grant at Atlassian, and not the site's
};

/// A value or a Refusal. GH_TRY works on it in functions that return one.
template <class T>
using Step = boost::outcome_v2::basic_result<T, Refusal, boost::outcome_v2::policy::terminate>;

inline Refusal refuse_because(Reason reason, std::string subject = {}, std::string detail = {}) {
  Refusal refusal;
  refusal.reason = reason;
  refusal.subject = std::move(subject);
  refusal.detail = std::move(detail);
  return refusal;
}

}  // namespace gatehouse::gateway
