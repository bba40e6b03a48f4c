#include "admin/audit.h"

#include <filesystem>

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/policy.h"
#include "audit/export.h"
#include "audit/formats.h"
#include "audit/segments.h"
#include "audit/verify.h"

namespace gatehouse::admin {
namespace {

/// An answer is held in memory; a longer log is exported in parts by `from` and `to`.
constexpr std::size_t kMostExported = 256UL * 1024 * 1024;

Result<store::AuditRecords::Filter> stored_filter(const store::Repositories& at, const AuditFilter& filter) {
  store::AuditRecords::Filter wanted;
  wanted.action = filter.action;
  wanted.target_id = filter.target;
  wanted.from = filter.from;
  wanted.to = filter.to;
  if (!filter.actor.empty()) {
    GH_TRY(const auto actor, find_user(at, filter.actor));
    wanted.actor_id = actor.value.id.value;
  }
  return wanted;
}

std::string segments_path(const Services& services) {
  return (std::filesystem::path(services.head_path).parent_path() / "audit").string();
}

Document describe_segment(const store::AuditSegment& segment) {
  return Document{{"file", audit::file_name(segment)},
                  {"first", segment.first},
                  {"last", segment.last},
                  {"first_at", format_instant(segment.first_at)},
                  {"last_at", format_instant(segment.last_at)},
                  {"sealed_at", format_instant(segment.sealed_at)},
                  {"sha256", segment.digest}};
}

}  // namespace

Result<Documents> list_audit(Services& services, const AuditFilter& filter, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(auto wanted, stored_filter(*reader.operator->(), filter));
  wanted.newest_first = true;
  GH_TRY(const auto listed, reader->audit_records.list(wanted, page));
  Documents documents;
  for (const AuditRecord& record : listed.items) documents.items.push_back(describe(record));
  documents.next = listed.next;
  return documents;
}

Result<std::string> export_audit(Services& services, const Caller& caller, const AuditFilter& filter, std::string_view format) {
  AuditEvent event = make_event(caller, "audit.export", "audit", "audit", "audit");
  event.reason = format;
  GH_TRYV(services.log.record(std::move(event)));
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto wanted, stored_filter(*reader.operator->(), filter));
  std::string lines;
  if (format == "csv") lines = audit::csv_header() + "\n";
  const auto render = format == "csv" ? audit::to_csv_line : format == "cef" ? audit::to_cef_line : audit::to_json_line;
  GH_TRYV(audit::export_lines(reader, wanted, render, [&lines](std::string_view line) -> Result<void> {
    if (lines.size() + line.size() > kMostExported) {
      return fail(Errc::kLimitExceeded, "The log is too long for one answer; export it in parts by \"from\" and \"to\".");
    }
    lines.append(line);
    lines += '\n';
    return success();
  }));
  return lines;
}

Result<Document> verify_audit(Services& services) {
  std::optional<audit::Head> head;
  // A head that is written between the two reads is newer than the snapshot, and would look like a truncated log.
  auto read = audit::read_head_file(services.head_path, services.keys);
  if (read) head = read.value();
  if (!read && read.error().code != Errc::kNotFound) return read.error();
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const audit::Verification result, audit::verify(reader, head, services.keys, segments_path(services)));
  boost::json::array findings;
  for (const audit::Finding& finding : result.findings) {
    findings.push_back(boost::json::object{{"sequence", finding.sequence}, {"what", finding.what}, {"detail", finding.detail}});
  }
  Document document;
  document["intact"] = result.intact();
  document["records"] = result.records;
  document["last_sequence"] = result.last_sequence;
  document["sealed"] = result.sealed;
  document["absent"] = boost::json::value_from(result.absent);
  document["findings"] = std::move(findings);
  return document;
}

Result<Documents> list_audit_segments(Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto all, audit::read_segments(*reader.operator->(), services.keys));
  Documents documents;
  for (const store::AuditSegment& one : all) documents.items.push_back(describe_segment(one));
  return documents;
}

Result<Documents> seal_audit(Services& services, const Caller& caller, Instant before) {
  const Instant now = services.clock.now();
  if (before > now) return fail(Errc::kInvalidArgument, "Only what lies in the past can be sealed.", {}, "before");
  Documents documents;
  for (;;) {
    AuditEvent event = make_event(caller, "audit.seal", "audit", "", "");
    event.reason = "before " + format_instant(before);
    GH_TRY(const auto made, audit::seal_next(services.database, services.log, services.keys, segments_path(services), before, now,
                                             std::move(event)));
    if (made.empty()) return documents;
    for (const store::AuditSegment& one : made) documents.items.push_back(describe_segment(one));
  }
}

Result<void> seal_old_audit(Services& services, Instant now) {
  std::optional<Duration> keep;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const Policy policy, read_policy(*reader.operator->()));
    keep = policy.keep_audit;
  }
  if (!keep) return success();
  // What is due waits until it is a day's worth: each sealing is a record itself, which would else be sealed an hour later.
  constexpr Duration kDay = std::chrono::hours(24);
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto oldest, reader->audit_records.list({}, store::Page{{}, 1}));
    if (oldest.items.empty() || oldest.items.front().at >= now - *keep - kDay) return success();
  }
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "keep-audit";
  GH_TRYV(seal_audit(services, caller, now - *keep));
  return success();
}

}  // namespace gatehouse::admin
