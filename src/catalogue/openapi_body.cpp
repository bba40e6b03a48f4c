#include "catalogue/openapi_body.h"

#include <algorithm>
#include <set>
#include <vector>

namespace gatehouse::catalogue {
namespace {

using Steps = std::vector<std::string>;

/// What catalogue/body_rules.h can name.
bool plain_key(std::string_view key) noexcept { return all_of(key, "_-"); }

/// {"tasks", "*", "project"} → "tasks[].project".
std::string row_name(const Steps& steps) {
  std::string name;
  for (const std::string& step : steps) {
    if (step == "*")
      name += "[]";
    else
      name += (name.empty() ? "" : ".") + step;
  }
  return name.empty() ? "$" : name;
}

class BodyRules {
 public:
  BodyRules(const OpenApiDocument& document, const DocumentPlace& schema, Operation& operation,
            std::map<std::string, std::string>& lookups)
      : document_(document), schema_(schema), operation_(operation), lookups_(lookups) {}

  Result<void> read(const DocumentPlace& extension) {
    if (!extension || extension.text() == "none") {
      add("**", Kind::kInert, false);
      return success();
    }
    if (extension.node->is_list()) {
      for (std::size_t i = 0; i < extension.node->items.size(); ++i) {
        GH_TRYV(read_one(extension.item(i)));
      }
    } else {
      GH_TRYV(read_one(extension));
    }
    if (named_.empty()) return wrong_at(extension, "expected none, a pointer such as /project, or a list of these.");
    return add_others();
  }

 private:
  /// "/project", or {pointer: /parent, lookup: getTask, required: true}.
  Result<void> read_one(const DocumentPlace& one) {
    const DocumentPlace pointer = one.node->is_map() ? one.member("pointer") : one;
    if (!pointer || !pointer.node->is_scalar()) return wrong_at(one, "expected a pointer, or {pointer, lookup, required}.");
    GH_TRY(const Steps steps, parse_pointer(pointer, pointer.text()));
    if (steps.empty()) return wrong_at(pointer, "it points to the whole body; name the place in it.");
    for (const std::string& step : steps) {
      if (step != "*" && !plain_key(step))
        return wrong_at(pointer, "a step is letters, digits, '_' and '-', or '*' for each element of a list.");
    }
    if (named_.contains(steps)) return wrong_at(pointer, "this place is named twice.");
    const DocumentPlace lookup = one.member("lookup");
    const std::string name = row_name(steps);
    add(name, lookup ? Kind::kObject : Kind::kResource, one.member("required").text() == "true");
    if (lookup) lookups_[name] = lookup.text();
    named_.insert(steps);
    return success();
  }

  /// Beside the named places only what the schema names is known: another spelling of a name is not.
  Result<void> add_others() {
    std::set<Steps> objects;
    for (const Steps& steps : named_) {
      for (std::size_t i = 0; i < steps.size(); ++i)
        objects.insert(Steps(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i)));
    }
    for (const Steps& object : objects) {
      GH_TRY(const DocumentPlace schema, document_.below(schema_, object));
      GH_TRY(const auto properties, document_.properties(schema));
      for (const auto& [name, place] : properties) {
        Steps steps = object;
        steps.push_back(name);
        if (plain_key(name) && !named_.contains(steps) && !objects.contains(steps))
          add(row_name(steps) + ".**", Kind::kInert, false);
      }
    }
    return success();
  }

  void add(std::string name, Kind kind, bool required) {
    Parameter row;
    row.carrier = Parameter::Carrier::kBody;
    row.name = std::move(name);
    row.kind = kind;
    row.required = required;
    operation_.parameters.push_back(std::move(row));
  }

  const OpenApiDocument& document_;
  const DocumentPlace& schema_;
  Operation& operation_;
  std::map<std::string, std::string>& lookups_;
  std::set<Steps> named_;
};

}  // namespace

Result<void> read_body_rules(const OpenApiDocument& document, const DocumentPlace& extension, const DocumentPlace& schema,
                             Operation& operation, std::map<std::string, std::string>& lookups) {
  return BodyRules(document, schema, operation, lookups).read(extension);
}

}  // namespace gatehouse::catalogue
