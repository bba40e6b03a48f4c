// A token's rate as text: "10/s", "600/m", "5000/h", "20000/d".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/credential.h"

namespace gatehouse::admin {

Result<Rate> parse_rate(std::string_view text);
/// Empty where there is no limit.
std::string format_rate(const Rate& rate);

}  // namespace gatehouse::admin
