#include "model/decision.h"

namespace gatehouse {

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::kNone: return "none";
    case Reason::kPermitted: return "permitted";
    case Reason::kNoCredential: return "no_credential";
    case Reason::kInvalidToken: return "invalid_token";
    case Reason::kExpired: return "expired";
    case Reason::kRevoked: return "revoked";
    case Reason::kTokenPaused: return "token_paused";
    case Reason::kAccountPaused: return "account_paused";
    case Reason::kSitePaused: return "site_paused";
    case Reason::kAddressNotAllowed: return "address_not_allowed";
    case Reason::kRateLimited: return "rate_limited";
    case Reason::kWrongSite: return "wrong_site";
    case Reason::kTargetNotCanonical: return "target_not_canonical";
    case Reason::kUnknownOperation: return "unknown_operation";
    case Reason::kUnknownParameter: return "unknown_parameter";
    case Reason::kBadRequest: return "bad_request";
    case Reason::kInsufficientScope: return "insufficient_scope";
    case Reason::kRoleExcludesOperation: return "role_excludes_operation";
    case Reason::kOperationRefused: return "operation_refused";
    case Reason::kOutsideBoundary: return "outside_boundary";
    case Reason::kWaitingForGrant: return "waiting_for_grant";
    case Reason::kGrantPaused: return "grant_paused";
    case Reason::kResourcePaused: return "resource_paused";
    case Reason::kGrantUnbacked: return "grant_unbacked";
    case Reason::kRestrictedContent: return "restricted_content";
    case Reason::kQueryRefused: return "query_refused";
    case Reason::kBodyRefused: return "body_refused";
    case Reason::kSharedContainer: return "shared_container";
    case Reason::kUpstreamUnavailable: return "upstream_unavailable";
    case Reason::kUpstreamCredential: return "upstream_credential";
    case Reason::kUpstreamAnswer: return "upstream_answer";
    case Reason::kTooLarge: return "too_large";
    case Reason::kOverloaded: return "overloaded";
    case Reason::kStale: return "stale";
    case Reason::kInternal: return "internal";
  }
  return "internal";
}

std::optional<Reason> parse_reason(std::string_view word) noexcept {
  for (int number = 0; number <= static_cast<int>(Reason::kInternal); ++number) {
    if (to_string(static_cast<Reason>(number)) == word) return static_cast<Reason>(number);
  }
  return std::nullopt;
}

}  // namespace gatehouse
