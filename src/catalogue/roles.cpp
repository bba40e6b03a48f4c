#include "catalogue/roles.h"

#include <algorithm>
#include <utility>

#include "catalogue/kinds.h"
#include "catalogue/table_lines.h"

namespace gatehouse::catalogue {
namespace {

std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

bool valid_role_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 63 && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

const AccessRole* find_role(const std::vector<AccessRole>& roles, std::string_view name) noexcept {
  const auto found = std::find_if(roles.begin(), roles.end(), [name](const AccessRole& role) { return role.name == name; });
  return found == roles.end() ? nullptr : &*found;
}

/// Adds to the last of `roles` what one line says. The roles before it may be included.
Result<void> add_line(const Line& line, const std::vector<Operation>& operations, std::vector<AccessRole>& roles) {
  OperationSet added;
  const std::string_view what = line.words.front();
  if ((what != "access" && what != "includes" && what != "operations") || line.words.size() < 2) {
    return error_at(line.place, "expected access CLASS …, includes ROLE … or operations ID …, found " + quoted(line.text));
  }
  for (std::size_t i = 1; i < line.words.size(); ++i) {
    const std::string_view word = line.words[i];
    if (what == "access") {
      const auto access = parse_access(word);
      if (!access) return error_at(line.place, "expected read, write, delete or administer, found " + quoted(word));
      for (const Operation& operation : operations) {
        if (operation.access == *access) added.set(operation.index);
      }
    } else if (what == "includes") {
      const AccessRole* role = find_role(roles, word);
      if (role == nullptr || role == &roles.back())
        return error_at(line.place, "expected the name of a role that stands before, found " + quoted(word));
      added |= role->operations;
    } else {
      const auto operation =
          std::find_if(operations.begin(), operations.end(), [word](const Operation& known) { return known.id == word; });
      if (operation == operations.end()) return error_at(line.place, "there is no operation " + quoted(word));
      added.set(operation->index);
    }
  }
  roles.back().operations |= added;
  return success();
}

}  // namespace

Result<void> parse_roles(std::string_view text, std::string_view file, const std::vector<Operation>& operations,
                         std::vector<AccessRole>& roles) {
  std::vector<AccessRole> all = roles;
  bool begun = false;
  for (const Line& line : read_lines(text, file)) {
    if (line.indented) {
      if (!begun) return error_at(line.place, "expected \"role NAME\" before its lines");
      GH_TRYV(add_line(line, operations, all));
      continue;
    }
    if (line.words.size() != 2 || line.words[0] != "role" || !valid_role_name(line.words[1])) {
      return error_at(line.place,
                      "expected \"role NAME\", the name of lower-case letters, digits and '-', found " + quoted(line.text));
    }
    if (find_role(all, line.words[1]) != nullptr)
      return error_at(line.place, "the role " + quoted(line.words[1]) + " stands there already");
    all.push_back({std::string(line.words[1]), {}});
    begun = true;
  }
  roles = std::move(all);
  return success();
}

}  // namespace gatehouse::catalogue
