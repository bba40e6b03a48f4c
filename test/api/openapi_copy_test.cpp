// web/openapi.json is what the panel's client is typed by: the build of the panel must not wait for this program, so a copy is
// committed, and held equal here.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "api/openapi.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

/// The members of the upper levels stand on lines of their own, so that a change can be read.
std::string spread(const json::value& value, int levels) {
  if (levels == 0 || !value.is_object()) return json::serialize(value);
  std::string out;
  for (const auto& [name, member] : value.get_object())
    out += (out.empty() ? "{\n" : ",\n") + json::serialize(name) + ": " + spread(member, levels - 1);
  return out.empty() ? "{}" : out + "\n}";
}

TEST(OpenApiCopy, ThePanelIsTypedByWhatIsServed) {
  const std::string path = std::string(GATEHOUSE_SOURCE_DIR) + "/web/openapi.json";
  const std::string document = spread(json::parse(make_openapi(all_routes())), 3) + "\n";
  if (std::getenv("GATEHOUSE_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << document;
  std::ifstream file(path, std::ios::binary);
  const std::string there{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(there == document) << "GATEHOUSE_UPDATE_GOLDEN=1 writes it";
}

}  // namespace
}  // namespace gatehouse::api
