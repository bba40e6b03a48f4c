// JSON values of what may be missing: null where it is. For all that describes records, here and in inventory/.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace gatehouse::admin {

inline boost::json::value text_or_null(std::string_view text) {
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

inline boost::json::value instant_or_null(const std::optional<Instant>& at) {
  return at ? boost::json::value(format_instant(*at)) : boost::json::value(nullptr);
}

}  // namespace gatehouse::admin
