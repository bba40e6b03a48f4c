// The one error type of the project. A refusal by policy is not an error but a value (model/decision.h).
//
// `public_detail` may be shown to the caller: it never holds input bytes, names of other people's objects or SQL.
// `log_detail` is for operators. Neither ever holds a secret.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse {

enum class Errc {
  kInvalidArgument = 1,
  kUnauthenticated,
  kNotAllowed,
  kNotFound,
  kConflict,
  kUnsupported,
  kLimitExceeded,
  kTimeout,
  kUnavailable,
  kUpstreamFailed,
  kDataCorrupt,
  kCancelled,
  kInternal,
};

/// A stable lower-case word for `code`, such as "not_found"; for JSON and logs.
std::string_view to_string(Errc code) noexcept;

struct Error {
  Errc code = Errc::kInternal;
  std::string public_detail;
  std::string log_detail;
  /// The input that was wrong (`expires_at`, `--scopes`), where there is one.
  std::string field;
  /// Of kNotAllowed: the role that would do ("org-admin", "project-admin" …), where it is a role that is missing.
  std::string missing_role = {};
};

}  // namespace gatehouse
