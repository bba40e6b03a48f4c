// Approvals: grants and tokens that wait for the decision of a second person, and what was decided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/scope.h"
#include "store/stored.h"

namespace gatehouse::store {

/// The numbers are stored.
enum class ApprovalDecision { kOpen = 0, kApproved, kDenied, kExpired };

struct Approval {
  std::string id;
  std::string kind;     ///< "token" or "grant"
  std::string subject;  ///< its id
  ScopeSet scopes;      ///< those that made it wait
  UserId asked_by;
  Instant asked_at{};
  Instant expires_at{};
  ApprovalDecision decision = ApprovalDecision::kOpen;
  UserId decided_by;  ///< empty: nobody, or Gatehouse itself
  std::optional<Instant> decided_at;
  std::string reason;
};

class Approvals {
 public:
  explicit Approvals(Session& session) noexcept : session_(session) {}
  Approvals(const Approvals&) = delete;

  Result<Approval> get(const std::string& id) const;
  /// Open ones first asked first; with `decided` all, newest first. At most 1000.
  Result<std::vector<Approval>> list(bool decided) const;
  Result<void> insert(const Approval& approval);
  /// kConflict where it was decided before, so that of two who race one wins.
  Result<void> decide(const Approval& approval);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
