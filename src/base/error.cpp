#include "base/error.h"

namespace gatehouse {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::kInvalidArgument: return "invalid_argument";
    case Errc::kUnauthenticated: return "unauthenticated";
    case Errc::kNotAllowed: return "not_allowed";
    case Errc::kNotFound: return "not_found";
    case Errc::kConflict: return "conflict";
    case Errc::kUnsupported: return "unsupported";
    case Errc::kLimitExceeded: return "limit_exceeded";
    case Errc::kTimeout: return "timeout";
    case Errc::kUnavailable: return "unavailable";
    case Errc::kUpstreamFailed: return "upstream_failed";
    case Errc::kDataCorrupt: return "data_corrupt";
    case Errc::kCancelled: return "cancelled";
    case Errc::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace gatehouse
