// Checks a request's query and JSON body against its route before the handler sees them: unknown names, missing ones, wrong
// types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/route.h"

namespace gatehouse::api {

inline constexpr std::size_t kMaxBody = 1024 * 1024;
inline constexpr std::size_t kMaxFileBody = 8 * kMaxBody;  ///< of the imports of the register
inline constexpr std::size_t kMaxJsonDepth = 16;

/// Fills call.query. A parameter that the route does not declare, one that is repeated, or a wrong type is kInvalidArgument.
Result<void> read_query(const Route& route, std::string_view query, Call& call);
/// Fills call.body. The text must be one JSON object (RFC 8259) without repeated members; texts hold no control characters.
Result<void> read_body(const Route& route, const Request& request, Call& call);

}  // namespace gatehouse::api
