// Where secrets come from: standard input, a file, or a prompt without echo. Never an argument, which others on the host can
// read.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "cli/context.h"

namespace gatehouse::cli {

/// `file` is a path, "-" for standard input, or empty for a prompt (kInvalidArgument where standard input is no terminal). Line
/// ends at its end are taken off.
Result<SecretString> read_secret(Context& context, const std::string& file, const std::string& prompt);

}  // namespace gatehouse::cli
