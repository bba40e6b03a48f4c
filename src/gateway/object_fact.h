// Of an OpenAPI site: how it is asked where an object lies, and what its answer says. Used by questions.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/operation.h"

namespace gatehouse::gateway {

/// The target of the read that tells where `id` lies.
std::string object_target(const catalogue::ObjectLookup& lookup, std::string_view id);

/// The value at `steps` of an answer that is one object: a text, or a number as it was written. Empty where there is none, or
/// where the answer is not JSON or has a member twice.
std::string resource_in(std::string_view answer, const std::vector<std::string>& steps);

}  // namespace gatehouse::gateway
