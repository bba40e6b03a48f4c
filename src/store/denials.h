// What Gatehouse refused: counted like usage, beside the audit log. One row for each token, operation, reason and resource.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/sight.h"

namespace gatehouse::store {

class Session;

struct Denial {
  CredentialId credential;  ///< empty: nobody's
  SiteId site;              ///< empty where none was recognized
  std::string operation;    ///< empty where none was matched
  std::string reason;       ///< the refusal's word (model/decision.h)
  std::string resource;     ///< display keys of the resources it was decided on, with spaces between; empty where none is known
  std::string resource_id;  ///< its id, where it is one alone
  std::int64_t count = 0;
  Instant first_at{};
  Instant last_at{};
  std::string request_id;  ///< of the last one; listed: only as long as its decision is kept
  bool hidden = false;     ///< the client was answered as if it were not there: why, and where it lies, only a look-up told
};

class Denials {
 public:
  /// Beyond so many rows a token's new kinds are counted without operation and resource: neither a client nor a stranger makes
  /// the table grow for ever.
  static constexpr std::int64_t kMostRows = 500;
  static constexpr Duration kKept = std::chrono::hours(24 * 30);

  explicit Denials(Session& session) noexcept : session_(session) {}
  Denials(const Denials&) = delete;

  struct Filter {
    CredentialId credential;  ///< empty: any
    AccountId account;        ///< empty: any
    std::string reason;       ///< empty: any
    Instant since{};
    /// Only of tokens that this person answers for, or on a resource that they administer. Never nobody's. What is hidden is then
    /// listed, and counted together, as what lies outside.
    std::optional<Sight> sight;
  };
  /// The latest first.
  Result<std::vector<Denial>> list(const Filter& filter, int limit) const;

 private:
  friend class Database;
  friend class Rollups;
  /// Adds the counts to the rows that are there.
  Result<void> append(const std::vector<Denial>& denials);
  /// Drops rows whose last one is older than kKept.
  Result<void> forget(Instant now);

  Session& session_;
};

}  // namespace gatehouse::store
