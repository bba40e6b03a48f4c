// Where a request came from and with what, coarse enough to be counted: a network instead of an address, a tool without its
// version. Called where ticks are stored; reports compare these.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::store {

/// What the recorder writes where it does not tell addresses and user agents apart any longer.
inline constexpr std::string_view kOthers = "others";

/// "203.0.113.0/24", "2001:db8:1:2::/64"; loopback as it is. What is no address is kept as it is.
std::string place_of(std::string_view address);

/// "python-requests nightly-sync" of "python-requests/2.31.0 (Linux) nightly-sync/1.2": names of products without versions and
/// comments, so that an update is not a new tool. "none" where there is nothing.
std::string tool_of(std::string_view user_agent);

}  // namespace gatehouse::store
