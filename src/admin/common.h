// Small parts that all use cases share: documents, audit events, pauses, limits of texts.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "admin/services.h"
#include "base/result.h"
#include "model/audit_event.h"
#include "model/state.h"

namespace gatehouse::admin {

/// A record as admin/describe.h renders it.
using Document = boost::json::object;

/// One page of documents, and where the next begins (empty: nowhere).
struct Documents {
  boost::json::array items;
  std::string next;
};

struct PauseRequest {
  std::string reason;
  std::optional<Instant> until;
  std::string resume_by = {};  ///< "owner": owners and deputies may end it too; else organization administrators alone
};

/// The user behind the caller; empty for a command on the host or a job.
UserId user_of(const Caller& caller);

AuditEvent make_event(const Caller& caller, std::string_view action, std::string_view kind, std::string_view id,
                      std::string_view name);
AuditEvent with_change(AuditEvent event, const Document* before, const Document* after);

/// kInvalidArgument where `until` has passed.
Result<Pause> make_pause(const PauseRequest& request, Instant now);
/// Neither empty nor longer than `most` bytes.
Result<void> check_name(std::string_view value, std::string_view field, std::size_t most = 200);
/// May be empty.
Result<void> check_note(std::string_view value, std::string_view field, std::size_t most = 2000);
/// Empty, or https:// or http://: it becomes a link in the panel, and "javascript:" must not.
Result<void> check_link(std::string_view value, std::string_view field);
/// 1 to 1000, 100 where it was not said.
Result<store::Page> make_page(std::string after, std::optional<std::int64_t> limit);

}  // namespace gatehouse::admin
