// The outcome of policy::decide. Zero denies. The decision is the record that `explain` and the audit print.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/scope.h"

namespace gatehouse {

enum class Effect { kDeny = 0, kPermit = 1, kCouldNotDecide = 2 };

/// Stable codes: they stand in metrics, in `explain` and in `report`. Their texts are made in gateway/refuse.cpp alone.
enum class Reason {
  kNone = 0,
  kPermitted,
  kNoCredential,
  kInvalidToken,
  kExpired,
  kRevoked,
  kTokenPaused,
  kAccountPaused,
  kSitePaused,
  kAddressNotAllowed,
  kRateLimited,
  kWrongSite,
  kTargetNotCanonical,
  kUnknownOperation,
  kUnknownParameter,
  kBadRequest,
  kInsufficientScope,
  kRoleExcludesOperation,
  kOperationRefused,
  kOutsideBoundary,
  kWaitingForGrant,
  kGrantPaused,
  kResourcePaused,
  kGrantUnbacked,
  kRestrictedContent,
  kQueryRefused,
  kBodyRefused,
  kSharedContainer,
  kUpstreamUnavailable,
  kUpstreamCredential,
  kUpstreamAnswer,
  kTooLarge,
  kOverloaded,
  kStale,
  kInternal,
};

std::string_view to_string(Reason reason) noexcept;
/// Nothing where no reason is called so.
std::optional<Reason> parse_reason(std::string_view word) noexcept;

/// One step of the explanation, in the order in which it was taken.
struct DecisionStep {
  std::string name;  ///< "scope", "boundary", "grant" …
  bool passed = false;
  std::string detail;
};

struct Decision {
  Effect effect = Effect::kDeny;
  Reason reason = Reason::kNone;
  ScopeSet missing_scopes;          ///< of kInsufficientScope: the least that would do
  std::string resource;             ///< display name of the resource that decided it, where that may be told
  std::vector<DecisionStep> steps;  ///< filled only when asked for: the request path does not allocate
  bool permitted() const noexcept { return effect == Effect::kPermit; }
};

}  // namespace gatehouse
