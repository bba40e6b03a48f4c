#include "admin/audit.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<admin::AuditFilter> filter_of(const Call& call) {
  admin::AuditFilter filter;
  filter.action = call.text("action");
  filter.target = call.text("target");
  filter.actor = call.text("actor");
  GH_TRY(filter.from, call.instant("from"));
  GH_TRY(filter.to, call.instant("to"));
  return filter;
}

Result<Reply> list(Call& call) {
  GH_TRY(const admin::AuditFilter filter, filter_of(call));
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_audit(call.services, filter, page));
}

Result<Reply> export_lines(Call& call) {
  GH_TRY(const admin::AuditFilter filter, filter_of(call));
  Reply answer;
  const std::string format = call.text("format");
  answer.content_type = format == "csv"   ? "text/csv; charset=utf-8"
                        : format == "cef" ? "text/plain; charset=utf-8"
                                          : "application/jsonl";
  GH_TRY(answer.raw, admin::export_audit(call.services, call.caller, filter, format));
  return answer;
}

Result<Reply> verify(Call& call) { return reply(admin::verify_audit(call.services)); }

Result<Reply> segments(Call& call) { return reply(admin::list_audit_segments(call.services)); }

Result<Reply> seal(Call& call) {
  GH_TRY(const auto before, call.instant("before"));
  return reply(admin::seal_audit(call.services, call.caller, before.value()));
}

std::vector<Field> filters() {
  return {{"action", Type::kText, false, "token.revoke, or token. for all of a noun."},
          {"target", Type::kText, false, "Of the record with this id."},
          {"actor", Type::kText, false, "By this person, by e-mail address."},
          {"from", Type::kInstant, false, "From this instant on."},
          {"to", Type::kInstant, false, "Before this instant."}};
}

std::vector<Field> export_fields() {
  std::vector<Field> fields = filters();
  fields.push_back({"format", Type::kText, false, "jsonl by default.", {"jsonl", "csv", "cef"}});
  return fields;
}

}  // namespace

std::vector<Route> audit_routes() {
  return {
      {"GET",
       "/api/v1/audit",
       "listAudit",
       "audit",
       "List the audit log, newest first.",
       Need::kAuditor,
       with_paging(filters()),
       {},
       "AuditRecord[]",
       200,
       list},
      {"GET",
       "/api/v1/audit/export",
       "exportAudit",
       "audit",
       "The audit log, oldest first: JSON Lines with its MACs, CSV or CEF.",
       Need::kAuditor,
       export_fields(),
       {},
       "text",
       200,
       export_lines},
      {"POST",
       "/api/v1/audit/verify",
       "verifyAudit",
       "audit",
       "Check the chain and its head.",
       Need::kAuditor,
       {},
       {},
       "AuditVerification",
       200,
       verify},
      {"GET",
       "/api/v1/audit/segments",
       "listAuditSegments",
       "audit",
       "List what was moved into files.",
       Need::kAuditor,
       {},
       {},
       "AuditSegment[]",
       200,
       segments},
      {"POST",
       "/api/v1/audit/seal",
       "sealAudit",
       "audit",
       "Move the records before an instant from the database into files.",
       Need::kOrgAdmin,
       {},
       {{"before", Type::kInstant, true, "Older ones are moved."}},
       "AuditSegment[]",
       200,
       seal},
  };
}

}  // namespace gatehouse::api
