// The command line as a whole: every noun of design section 6 below one root. main() and the demo run it.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gatehouse {

/// Runs one command, its words without the program's name, and returns the exit status. Streams are read and written only during
/// the call.
int run_command(const std::vector<std::string>& words, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace gatehouse
