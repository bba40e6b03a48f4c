// The file of `gatehouse apply`: docs/reference/apply_form.md. Read here, carried out by inventory/apply.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/accounts.h"
#include "admin/grants.h"
#include "admin/sites.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "base/result.h"

namespace gatehouse::inventory {

template <class T>
struct AtLine {
  T value;
  int line = 0;
};

/// What stands in the file of an account, whatever of it is there already.
struct ApplyAccount {
  std::string handle;
  std::optional<std::string> owner;
  admin::EditAccount rest;
};

struct ApplySite {
  std::string key;
  std::string product;
  std::optional<std::string> url;
  std::optional<std::string> cloud_id;
  std::optional<std::string> host;
};

struct ApplyFile {
  std::string label;  ///< empty: nothing is owned
  std::vector<AtLine<ApplySite>> sites;
  std::vector<AtLine<admin::AddUser>> users;
  std::vector<AtLine<ApplyAccount>> accounts;
  std::vector<AtLine<admin::AddGrant>> grants;
  std::vector<AtLine<admin::CreateToken>> tokens;
  std::vector<AtLine<std::pair<std::string, std::string>>> policies;
};

/// kInvalidArgument names line and member of what can't be read: a member that is not known, of another type, or missing.
Result<ApplyFile> read_apply_file(std::string_view yaml);

}  // namespace gatehouse::inventory
