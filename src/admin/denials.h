// Use cases over what was used and refused: days of use for a token or an account, the latest denials. Each as far as one may
// see.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/common.h"

namespace gatehouse::admin {

/// Days of UTC. Without `from` and `to`: the last `days` with today.
struct UsageWindow {
  std::optional<Instant> from;
  std::optional<Instant> to;
  std::optional<std::int64_t> days;
};

/// {"from","to","partial","calls","errors","denials","days":[{"day","calls","errors","denials"}]}, each day of the window. Who
/// only administers some of its resources may not count what it does elsewhere: kNotAllowed.
Result<Document> usage_of_token(Services& services, const Caller& caller, std::string_view token, const UsageWindow& window);
/// Of all its tokens together, ended ones too; for who does not answer for the account of those that one may count.
Result<Document> usage_of_account(Services& services, const Caller& caller, std::string_view account, const UsageWindow& window);

struct DenialFilter {
  std::string token;
  std::string account;
  std::string code;              ///< a refusal's word
  std::optional<Instant> since;  ///< the last seven days
};
/// One for each token, operation, code and resource, the latest first. Of a token that one does not answer for only what was
/// refused on resources that one administers, and without a request id; nobody's only for who reads everything.
Result<Documents> list_denials(Services& services, const Caller& caller, const DenialFilter& filter, std::int64_t limit);

}  // namespace gatehouse::admin
