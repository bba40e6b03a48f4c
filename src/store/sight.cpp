#include "store/sight.h"

namespace gatehouse::store {
namespace {

constexpr const char* kOwnAccounts = "IN (SELECT id FROM accounts WHERE owner = ? OR deputy = ?)";

/// Rows of a table with the columns site and resource_id that touch the resource: it, or the whole of its site.
std::pair<std::string, std::vector<std::string>> touching(const std::string& before, const Resource& resource,
                                                          const std::string& after) {
  if (resource.whole_site()) return {before + "site = ?" + after, {resource.site.value}};
  return {before + "site = ? AND (resource_id = ? OR resource_id = '*')" + after, {resource.site.value, resource.id}};
}

}  // namespace

std::string any_of(const Alternatives& alternatives, const std::function<std::string(const std::string&)>& bind) {
  std::string text;
  for (const auto& [condition, values] : alternatives) {
    text += text.empty() ? "((" : " OR (";
    auto value = values.begin();
    for (const char letter : condition) {
      if (letter == '?') {
        text += bind(*value++);
      } else {
        text += letter;
      }
    }
    text += ")";
  }
  // Nothing holds where there is no alternative.
  return text.empty() ? std::string("(1 = 0)") : text + ")";
}

Alternatives sight_of_accounts(const Sight& sight) {
  const std::string& user = sight.user.value;
  Alternatives any{{"owner = ? OR deputy = ?", {user, user}},
                   {"id IN (SELECT account FROM credentials WHERE owner = ?)", {user}}};
  for (const Resource& one : sight.administers) {
    any.push_back(touching("id IN (SELECT account FROM grants WHERE state <> 0 AND ", one, ")"));
    any.push_back(touching("id IN (SELECT account FROM credentials WHERE id IN (SELECT credential FROM boundary_entries WHERE ",
                           one, "))"));
  }
  return any;
}

Alternatives sight_of_grants(const Sight& sight) {
  const std::string& user = sight.user.value;
  Alternatives any{{"granted_by = ?", {user}}, {std::string("account ") + kOwnAccounts, {user, user}}};
  for (const Resource& one : sight.administers) any.push_back(touching("", one, ""));
  return any;
}

Alternatives sight_of_credentials(const Sight& sight) {
  const std::string& user = sight.user.value;
  Alternatives any{{"owner = ?", {user}}, {std::string("account ") + kOwnAccounts, {user, user}}};
  for (const Resource& one : sight.administers)
    any.push_back(touching("id IN (SELECT credential FROM boundary_entries WHERE ", one, ")"));
  return any;
}

Alternatives sight_of_denials(const Sight& sight) {
  const std::string& user = sight.user.value;
  Alternatives any{{std::string("credential IN (SELECT id FROM credentials WHERE owner = ? OR account ") + kOwnAccounts + ")",
                    {user, user, user}}};
  for (const Resource& one : sight.administers) {
    if (one.whole_site()) {
      any.emplace_back("site = ? AND resource_id <> ''", std::vector<std::string>{one.site.value});
    } else {
      any.emplace_back("site = ? AND resource_id = ?", std::vector<std::string>{one.site.value, one.id});
    }
  }
  return any;
}

Sight own_sight(const Sight& sight) { return {sight.user, {}}; }

}  // namespace gatehouse::store
