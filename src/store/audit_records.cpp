#include "store/audit_records.h"

#include <algorithm>
#include <charconv>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "sequence, at, id, action, target_kind, target_id, target_name, before_json, after_json, reason, outcome, actor_kind, "
    "actor_id, "
    "actor_name, on_behalf_of, address, user_agent, key_epoch, mac";
constexpr std::string_view kTypes = "iitttttttttttttttit";

constexpr std::string_view kSegmentColumns =
    "first, last, first_at, last_at, mac, key_epoch, digest, rotated_at, sealed_at, signature";
constexpr std::string_view kSegmentTypes = "iiiititiit";

Result<AuditRecord> read(const Row& row) {
  Cells cells(row, "audit_records");
  AuditRecord record;
  record.sequence = cells.integer();
  record.at = cells.instant();
  record.id = cells.text();
  AuditEvent& event = record.event;
  event.action = cells.text();
  event.target_kind = cells.text();
  event.target_id = cells.text();
  event.target_name = cells.text();
  event.before_json = cells.text();
  event.after_json = cells.text();
  event.reason = cells.text();
  event.outcome = cells.text();
  event.caller.actor_kind = cells.text();
  event.caller.actor_id = cells.text();
  event.caller.actor_name = cells.text();
  event.caller.on_behalf_of = cells.text();
  event.caller.address = cells.text();
  event.caller.user_agent = cells.text();
  record.key_epoch = static_cast<int>(cells.integer());
  record.mac = cells.text();
  GH_TRYV(cells.finish());
  return record;
}

std::string select_from() { return "SELECT " + std::string(kColumns) + " FROM audit_records"; }

}  // namespace

Result<ChainEnd> AuditRecords::end() const {
  GH_TRY(const auto row, session_.row("SELECT sequence, mac, key_epoch FROM chain_head WHERE id = 1", "iti", {},
                                      "The database has no chain head."));
  Cells cells(row, "chain_head");
  ChainEnd end;
  end.sequence = cells.integer();
  end.mac = cells.text();
  end.key_epoch = static_cast<int>(cells.integer());
  GH_TRYV(cells.finish());
  return end;
}

Result<AuditRecord> AuditRecords::get(std::int64_t sequence) const {
  GH_TRY(const auto row,
         session_.row(select_from() + " WHERE sequence = :p1", kTypes, {sequence}, "There is no such audit record."));
  return read(row);
}

Result<Listed<AuditRecord>> AuditRecords::list(const Filter& filter, const Page& page) const {
  std::string sql = select_from() + " WHERE 1 = 1";
  std::vector<Value> binds;
  const auto where = [&](std::string_view fragment, Value value) {
    binds.push_back(std::move(value));
    sql.append(" AND ").append(fragment).append(":p").append(std::to_string(binds.size()));
  };
  if (filter.action.ends_with('.')) {
    // '/' is the letter after '.': all actions of that noun, without LIKE and its wildcards.
    where("action >= ", filter.action);
    where("action < ", filter.action.substr(0, filter.action.size() - 1) + "/");
  } else if (!filter.action.empty()) {
    where("action = ", filter.action);
  }
  if (!filter.target_id.empty()) where("target_id = ", filter.target_id);
  if (!filter.actor_id.empty()) where("actor_id = ", filter.actor_id);
  if (filter.from) where("at >= ", filter.from->time_since_epoch().count());
  if (filter.to) where("at < ", filter.to->time_since_epoch().count());
  if (!page.after.empty()) {
    std::int64_t after = 0;
    const auto [end, problem] = std::from_chars(page.after.data(), page.after.data() + page.after.size(), after);
    if (problem != std::errc() || end != page.after.data() + page.after.size()) {
      return fail(Errc::kInvalidArgument, "The page cursor is not one that this list gave.", {}, "after");
    }
    where(filter.newest_first ? "sequence < " : "sequence > ", after);
  }
  const std::size_t limit = static_cast<std::size_t>(std::clamp(page.limit, 1, 1000));
  sql += filter.newest_first ? " ORDER BY sequence DESC LIMIT " : " ORDER BY sequence LIMIT ";
  sql += std::to_string(limit + 1);
  GH_TRY(const auto rows, session_.rows(sql, kTypes, binds));
  Listed<AuditRecord> listed;
  for (std::size_t i = 0; i < std::min(limit, rows.size()); ++i) {
    GH_TRY(auto record, read(rows[i]));
    listed.items.push_back(std::move(record));
  }
  if (rows.size() > limit) listed.next = std::to_string(listed.items.back().sequence);
  return listed;
}

Result<std::vector<AuditSegment>> AuditRecords::segments() const {
  GH_TRY(const auto rows,
         session_.rows("SELECT " + std::string(kSegmentColumns) + " FROM audit_segments ORDER BY first", kSegmentTypes));
  std::vector<AuditSegment> all;
  for (const Row& row : rows) {
    Cells cells(row, "audit_segments");
    AuditSegment& segment = all.emplace_back();
    segment.first = cells.integer();
    segment.last = cells.integer();
    segment.first_at = cells.instant();
    segment.last_at = cells.instant();
    segment.mac = cells.text();
    segment.key_epoch = static_cast<int>(cells.integer());
    segment.digest = cells.text();
    segment.rotated_at = cells.optional_instant();
    segment.sealed_at = cells.instant();
    segment.signature = cells.text();
    GH_TRYV(cells.finish());
  }
  return all;
}

Result<void> AuditRecords::put_in_segment(const AuditSegment& segment) {
  GH_TRY(const auto before, segments());
  GH_TRY(const ChainEnd chain, end());
  const std::int64_t next = before.empty() ? 1 : before.back().last + 1;
  if (segment.first != next || segment.last < segment.first || segment.last > chain.sequence)
    return fail(Errc::kConflict, "Other records of the audit log were sealed meanwhile; nothing was done.");
  Binds binds;
  binds.integer(segment.first).integer(segment.last).instant(segment.first_at).instant(segment.last_at).text(segment.mac);
  binds.integer(segment.key_epoch).text(segment.digest).optional_instant(segment.rotated_at).instant(segment.sealed_at);
  binds.text(segment.signature);
  GH_TRYV(insert_plain(session_, "audit_segments", kSegmentColumns, binds));
  GH_TRY(const std::int64_t gone,
         session_.run("DELETE FROM audit_records WHERE sequence >= :p1 AND sequence <= :p2", {segment.first, segment.last}));
  if (gone != segment.last - segment.first + 1)
    return fail(Errc::kDataCorrupt, "The audit chain is not whole. Run: gatehouse audit verify");
  return success();
}

Result<void> AuditRecords::append(const AuditRecord& record) {
  const AuditEvent& event = record.event;
  Binds binds;
  binds.integer(record.sequence)
      .instant(record.at)
      .text(record.id)
      .text(event.action)
      .text(event.target_kind)
      .text(event.target_id);
  binds.text(event.target_name).text(event.before_json).text(event.after_json).text(event.reason).text(event.outcome);
  binds.text(event.caller.actor_kind).text(event.caller.actor_id).text(event.caller.actor_name).text(event.caller.on_behalf_of);
  binds.text(event.caller.address).text(event.caller.user_agent).integer(record.key_epoch).text(record.mac);
  return insert_plain(session_, "audit_records", kColumns, binds);
}

}  // namespace gatehouse::store
