// links: query
// CQL: what parses prints to a text that parses to the same tree, and what is confined has the boundary at its root.
#include <cstdlib>
#include <string_view>

#include "query/cql_confine.h"
#include "query/cql_print.h"

namespace {

using namespace gatehouse::query;

void require(bool condition) {
  if (!condition) std::abort();
}

class Names final : public CqlBoundaryNames {
 public:
  std::optional<std::string> permitted_space(std::string_view value) const override {
    if (value != "A") return std::nullopt;
    return "A";
  }
};

void check_confined(std::string_view text, CqlConfineOptions options) {
  const auto confined = confine_cql(text, {"A", "~1:b"}, options);
  if (!confined) return;
  const auto again = parse_cql(confined.value().text, {confined.value().text.size(), CqlLimits{}.depth + 2});
  require(again.has_value() && again.value().where.size() == 1);
  static const CqlNode kBoundary = parse_cql("space in (\"A\", \"~1:b\")").value().where.front();
  const CqlNode& root = again.value().where.front();
  require(root == kBoundary ||
          (root.kind == CqlNode::Kind::kAnd && root.children.size() == 2 && root.children.front() == kBoundary));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = parse_cql(text);
  if (query) {
    const std::string printed = print(query.value());
    const auto again = parse_cql(printed, {printed.size(), CqlLimits{}.depth});
    require(again.has_value() && again.value() == query.value());
  } else {
    require(query.error().at <= size && !query.error().message.empty());
  }
  static const Names kNames;
  check_confined(text, {});
  check_confined(text, {&kNames});
  return 0;
}
