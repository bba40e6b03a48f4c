// What a person may see, for lists: what they answer for, and what touches the resources that they administer. Made by
// admin/authority.h; the lists of accounts, grants and credentials take it as a filter.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/ids.h"
#include "model/resource.h"

namespace gatehouse::store {

struct Sight {
  UserId user;
  std::vector<Resource> administers;
};

/// Conditions of which one must hold; `?` stands for each of the values.
using Alternatives = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Used inside store/ only.
/// The alternatives in parentheses; `bind` takes a value and gives the name under which it stands in the statement.
std::string any_of(const Alternatives& alternatives, const std::function<std::string(const std::string& value)>& bind);
Alternatives sight_of_accounts(const Sight& sight);
Alternatives sight_of_grants(const Sight& sight);
Alternatives sight_of_credentials(const Sight& sight);
/// By `credential`, and by `site` and `resource_id` of what was refused: what lies elsewhere is not told to who only administers.
Alternatives sight_of_denials(const Sight& sight);
/// What the person answers for, and nothing of what only touches their resources.
Sight own_sight(const Sight& sight);

}  // namespace gatehouse::store
