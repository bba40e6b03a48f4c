#include "catalogue/openapi_scopes.h"

#include <algorithm>

#include "catalogue/openapi.h"

namespace gatehouse::catalogue {
namespace {

constexpr std::string_view kExtension = "x-gatehouse-scopes";

/// RFC 6749 section 3.3, without the comma that separates scopes on our command line.
bool valid_scope(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 100 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != ','; });
}

Result<std::vector<std::string>> names_of(const DocumentPlace& list) {
  if (!list.node->is_list()) return wrong_at(list, "expected a list of scopes.");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.node->items.size(); ++i) {
    const DocumentPlace one = list.item(i);
    if (!valid_scope(one.text()))
      return wrong_at(one, "a scope is up to 100 printable characters without space, comma, quote and backslash.");
    names.emplace_back(one.text());
  }
  return names;
}

}  // namespace

Result<ScopeSet> OpenApiScopes::to_set(const DocumentPlace& place, const std::vector<std::string>& names) {
  ScopeSet set;
  for (const std::string& name : names) {
    seen_.insert(name);
    if (seen_.size() > kMaxDocumentScopes)
      return wrong_at(place, "a document names at most " + std::to_string(kMaxDocumentScopes) + " scopes.");
    GH_TRY(const ScopeIndex scope, register_scope(name));
    set.add(scope);
  }
  return set;
}

Result<void> OpenApiScopes::read(const DocumentPlace& root, const DocumentPlace& place, Operation& operation) {
  operation.has_classic = true;
  if (const DocumentPlace own = place.member(kExtension); own) {
    GH_TRY(const auto names, names_of(own));
    if (names.empty()) return wrong_at(own, "name a scope at least.");
    GH_TRY(operation.classic, to_set(own, names));
    return success();
  }
  const DocumentPlace security = place.member("security") ? place.member("security") : root.member("security");
  std::vector<std::vector<std::string>> alternatives;
  for (std::size_t i = 0; security && security.node->is_list() && i < security.node->items.size(); ++i) {
    const DocumentPlace requirement = security.item(i);
    if (!requirement.node->is_map()) return wrong_at(requirement, "a security requirement is an object of lists.");
    std::vector<std::string> all;
    for (const Member& scheme : requirement.node->members) {
      GH_TRY(const auto names, names_of(requirement.member(scheme.name)));
      all.insert(all.end(), names.begin(), names.end());
    }
    // One without scopes (an API key, say) is how the site is shown who asks: nothing that tells tokens apart.
    if (!all.empty()) alternatives.push_back(std::move(all));
  }
  if (alternatives.size() > 2)
    return wrong_at(security,
                    "more than two alternatives with scopes can't be told apart here; name the scopes in x-gatehouse-scopes.");
  if (alternatives.empty())
    alternatives.push_back({std::string(operation.access == Access::kRead ? kDefaultReadScope : kDefaultWriteScope)});
  GH_TRY(operation.classic, to_set(place, alternatives.front()));
  if (alternatives.size() == 2) {
    operation.has_granular = true;
    GH_TRY(operation.granular, to_set(place, alternatives.back()));
  }
  return success();
}

}  // namespace gatehouse::catalogue
