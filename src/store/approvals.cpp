#include "store/approvals.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "id, kind, subject, scopes, asked_by, asked_at, expires_at, decision, decided_by, decided_at, reason";
constexpr std::string_view kTypes = "tttttiiitit";
constexpr std::string_view kAbsent = "There is no such request.";

Result<Approval> read(const Row& row) {
  Cells cells(row, "approvals");
  Approval approval;
  approval.id = cells.text();
  approval.kind = cells.text();
  approval.subject = cells.text();
  approval.scopes = cells.scopes();
  approval.asked_by = cells.id<UserId>();
  approval.asked_at = cells.instant();
  approval.expires_at = cells.instant();
  approval.decision = cells.number(ApprovalDecision::kOpen, ApprovalDecision::kExpired);
  approval.decided_by = cells.id<UserId>();
  approval.decided_at = cells.optional_instant();
  approval.reason = cells.text();
  GH_TRYV(cells.finish());
  return approval;
}

}  // namespace

Result<Approval> Approvals::get(const std::string& id) const {
  GH_TRY(const auto row,
         session_.row("SELECT " + std::string(kColumns) + " FROM approvals WHERE id = :p1", kTypes, {id}, kAbsent));
  return read(row);
}

Result<std::vector<Approval>> Approvals::list(bool decided) const {
  const std::string which =
      decided ? " ORDER BY asked_at DESC, id LIMIT 1000" : " WHERE decision = 0 ORDER BY asked_at, id LIMIT 1000";
  GH_TRY(const auto rows, session_.rows("SELECT " + std::string(kColumns) + " FROM approvals" + which, kTypes));
  std::vector<Approval> all;
  for (const Row& row : rows) {
    GH_TRY(Approval one, read(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<void> Approvals::insert(const Approval& approval) {
  Binds binds;
  binds.text(approval.id).text(approval.kind).text(approval.subject).scopes(approval.scopes).id(approval.asked_by);
  binds.instant(approval.asked_at).instant(approval.expires_at).number(approval.decision).optional_id(approval.decided_by);
  binds.optional_instant(approval.decided_at).text(approval.reason);
  return insert_plain(session_, "approvals", kColumns, binds);
}

Result<void> Approvals::decide(const Approval& approval) {
  Binds binds;
  binds.number(approval.decision).optional_id(approval.decided_by).optional_instant(approval.decided_at);
  binds.text(approval.reason).text(approval.id);
  GH_TRY(const auto changed, session_.run("UPDATE approvals SET decision = :p1, decided_by = :p2, decided_at = :p3, reason = :p4 "
                                          "WHERE id = :p5 AND decision = 0",
                                          binds.values()));
  if (changed == 0) return fail(Errc::kConflict, "That was decided already.", {}, "approval");
  return success();
}

}  // namespace gatehouse::store
