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
/// {"intact","records","last_sequence","sealed","absent":[FILE],"findings":[{"sequence","what","detail"}]}
Result<Document> verify_audit(Services& services);
/// [{"file","first","last","first_at","last_at","sealed_at","sha256"}], the oldest first.
Result<Documents> list_audit_segments(Services& services);
/// Moves the records before `before` into files of the data folder (audit/segments.h), and answers with the new ones. Never the
/// last record of all. kInvalidArgument where `before` lies ahead.
Result<Documents> seal_audit(Services& services, const Caller& caller, Instant before);
/// A job: seals what is older than the policy's keep-audit, where it says how long.
Result<void> seal_old_audit(Services& services, Instant now);

}  // namespace gatehouse::admin
