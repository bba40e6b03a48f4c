// The style sheet and the one script of the pages that the binary writes itself, under names that change with their content.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/message.h"

namespace gatehouse::web {

const std::string& style_path();
const std::string& script_path();
/// Nothing where the path names neither.
std::optional<api::Response> asset(std::string_view path);

}  // namespace gatehouse::web
