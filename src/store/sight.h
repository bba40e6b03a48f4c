// What a person may see, for lists: what they answer for, and what touches the resources that they administer. Made by
// admin/authority.h; the lists of accounts, grants and credentials take it as a filter.
#pragma once

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
Alternatives sight_of_accounts(const Sight& sight);
Alternatives sight_of_grants(const Sight& sight);
Alternatives sight_of_credentials(const Sight& sight);

}  // namespace gatehouse::store
