// Requests that carry an Idempotency-Key: what was answered, so that a client that lost the answer may ask again. Kept for a day
// by api/idempotency.h; never with a secret.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::store {

class Session;

struct IdempotentRequest {
  std::string id;           ///< of who asks and of the key
  std::string fingerprint;  ///< of the request
  std::int64_t status = 0;  ///< 0: it is not answered yet
  std::string body;
};

class IdempotentRequests {
 public:
  explicit IdempotentRequests(Session& session) noexcept : session_(session) {}
  IdempotentRequests(const IdempotentRequests&) = delete;

  /// Nothing: it is new, and noted. Else what stands there.
  Result<std::optional<IdempotentRequest>> begin(const IdempotentRequest& request, Instant ends_at);
  Result<void> finish(const std::string& id, std::int64_t status, const std::string& body);
  Result<void> forget(const std::string& id);
  Result<void> forget_before(Instant now);

 private:
  Session& session_;
};

class Database;
/// One transaction without audit record or change number; an error of `work` rolls back.
Result<void> tend_requests(Database& database, const std::function<Result<void>(IdempotentRequests& requests)>& work);

}  // namespace gatehouse::store
