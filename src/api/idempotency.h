// Idempotency-Key: a change that is asked for again with the same key is not made again; its answer is given again, without
// secrets.
//
// draft-ietf-httpapi-idempotency-key-header-07: another request under the same key is 422, one that is still under way 409. Keys
// are each caller's own and are kept for a day. A refused change leaves nothing, so that it may be asked for again.
#pragma once

#include <functional>
#include <string_view>

#include "admin/services.h"
#include "api/message.h"

namespace gatehouse::api {

inline constexpr std::size_t kMostIdempotencyKey = 200;

/// Runs `act` where `key` of `caller` is new. kLimitExceeded, kUnavailable and the like come as answers.
Response once(admin::Services& services, std::string_view caller, std::string_view key, const Request& request,
              const std::function<Response()>& act);

/// Whether a member of an answer is never repeated.
bool is_secret_member(std::string_view name) noexcept;

}  // namespace gatehouse::api
