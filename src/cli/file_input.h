// Files that a command sends.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/context.h"

namespace gatehouse::cli {

/// The whole of a file; "-" is standard input. kInvalidArgument where it can't be read.
Result<std::string> read_file(Context& context, const std::string& file);

}  // namespace gatehouse::cli
