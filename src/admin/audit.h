// Use cases of the audit log: list, export, verify.
#pragma once

#include <optional>
#include <string>

#include "admin/common.h"

namespace gatehouse::admin {

struct AuditFilter {
  std::string action;  ///< "token.revoke", or "token." for all of a noun
  std::string target;  ///< an id
  std::string actor;   ///< a user, by e-mail address or id
  std::optional<Instant> from;
  std::optional<Instant> to;
};

/// Newest first.
Result<Documents> list_audit(Services& services, const AuditFilter& filter, const store::Page& page);
/// `format` is jsonl (with the MACs), csv (safe for spreadsheets) or cef; empty: jsonl. Oldest first; the export is itself
/// recorded, before anything is handed out.
Result<std::string> export_audit(Services& services, const Caller& caller, const AuditFilter& filter,
                                 std::string_view format = {});
/// {"intact","records","last_sequence","findings":[{"sequence","what","detail"}]}
Result<Document> verify_audit(Services& services);

}  // namespace gatehouse::admin
