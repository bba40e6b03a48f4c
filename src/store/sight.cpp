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

}  // namespace gatehouse::store
