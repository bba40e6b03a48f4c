// `gatehouse apply` and `gatehouse export`: what ought to be there, as a file. api/ calls it.
//
// All or nothing: one unit of work, with an audit record of each change, and the same checks of authority as the single use
// cases. Applied a second time it changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "admin/common.h"
#include "inventory/apply_file.h"

namespace gatehouse::inventory {

struct ApplyRequest {
  bool dry_run = false;  ///< everything is done, and then given up
  bool prune = false;    ///< what the file's label owns and the file does not name any more goes
};

/// {"changes":[{"action","kind","name","changed":[…]}],"unchanged","tokens":[{"id","account","name","token"}]}: each new token is
/// shown this once, but not with `dry_run`. Errors name the line.
Result<admin::Document> apply_file(admin::Services& services, const Caller& caller, std::string_view yaml,
                                   const ApplyRequest& request);

/// What is there, as such a file, as far as the caller may see it; `label` empty: everything. Without ended tokens, removed
/// grants and archived accounts. Recorded in the audit log before it is handed out.
Result<std::string> export_file(admin::Services& services, const Caller& caller, std::string_view label);

}  // namespace gatehouse::inventory
