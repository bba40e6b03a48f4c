#include "audit/export.h"

#include <boost/json.hpp>

namespace gatehouse::audit {
namespace {

/// What was stored as a JSON text stays one: parsing it would change its numbers.
void put(boost::json::object& line, const char* name, const std::string& value) {
  if (!value.empty()) line[name] = value;
}

}  // namespace

std::string to_json_line(const AuditRecord& record) {
  const AuditEvent& event = record.event;
  boost::json::object line;
  line["sequence"] = record.sequence;
  line["at"] = format_instant(record.at);
  line["id"] = record.id;
  line["action"] = event.action;
  line["outcome"] = event.outcome;
  put(line, "target_kind", event.target_kind);
  put(line, "target_id", event.target_id);
  put(line, "target_name", event.target_name);
  put(line, "before", event.before_json);
  put(line, "after", event.after_json);
  put(line, "reason", event.reason);
  put(line, "actor_kind", event.caller.actor_kind);
  put(line, "actor_id", event.caller.actor_id);
  put(line, "actor_name", event.caller.actor_name);
  put(line, "on_behalf_of", event.caller.on_behalf_of);
  put(line, "address", event.caller.address);
  put(line, "user_agent", event.caller.user_agent);
  line["key_epoch"] = record.key_epoch;
  line["mac"] = record.mac;
  return boost::json::serialize(line);
}

Result<void> export_json_lines(const store::Reader& reader, const store::AuditRecords::Filter& filter,
                               const std::function<Result<void>(std::string_view line)>& write) {
  return export_lines(reader, filter, to_json_line, write);
}

Result<void> export_lines(const store::Reader& reader, const store::AuditRecords::Filter& filter,
                          const std::function<std::string(const AuditRecord&)>& render,
                          const std::function<Result<void>(std::string_view line)>& write) {
  auto ordered = filter;
  ordered.newest_first = false;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, reader->audit_records.list(ordered, page));
    for (const AuditRecord& record : listed.items) {
      GH_TRYV(write(render(record)));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

}  // namespace gatehouse::audit
