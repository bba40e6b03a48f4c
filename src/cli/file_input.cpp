#include "cli/file_input.h"

#include <fstream>
#include <istream>
#include <iterator>

namespace gatehouse::cli {

Result<std::string> read_file(Context& context, const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(context.in), {});
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(Errc::kInvalidArgument, "The file " + file + " can't be read.");
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace gatehouse::cli
