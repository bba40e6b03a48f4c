// Errors of the admin API as RFC 9457 problem documents. The one place that turns an Error into HTTP.
#pragma once

#include <string_view>

#include "api/message.h"
#include "base/error.h"

namespace gatehouse::api {

int status_of(Errc code) noexcept;

/// `{"type","title","status","detail","code","request_id"}`, with "field" where an input was wrong and
/// "missing_role" where a role is missing. Only `public_detail` is told.
Response problem(const Error& error, std::string_view request_id);
/// The same for what has no Errc of its own, such as 405 or 421.
Response problem(int status, std::string_view code, std::string_view detail, std::string_view request_id);

}  // namespace gatehouse::api
