#include "store/resource_pauses.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "subject_kind, subject, site, resource_id, resource_key, pause_reason, pause_until, pause_resume_by";
constexpr std::string_view kTypes = "itttttii";

Result<std::vector<ResourcePause>> read(Result<std::vector<Row>> rows) {
  GH_TRYV(rows);
  std::vector<ResourcePause> pauses;
  for (const Row& row : rows.value()) {
    Cells cells(row, "resource_pauses");
    ResourcePause& pause = pauses.emplace_back();
    pause.whom = cells.number(PausedFor::kToken, PausedFor::kSite);
    pause.subject = cells.text();
    pause.resource = cells.resource();
    pause.pause = cells.pause();
    GH_TRYV(cells.finish());
  }
  return pauses;
}

}  // namespace

Result<std::vector<ResourcePause>> ResourcePauses::all() const {
  return read(session_.rows(
      "SELECT " + std::string(kColumns) + " FROM resource_pauses ORDER BY subject_kind, subject, resource_id", kTypes));
}

Result<std::vector<ResourcePause>> ResourcePauses::of(PausedFor whom, const std::string& subject) const {
  return read(session_.rows(
      "SELECT " + std::string(kColumns) + " FROM resource_pauses WHERE subject_kind = :p1 AND subject = :p2 ORDER BY resource_id",
      kTypes, {static_cast<std::int64_t>(whom), subject}));
}

Result<void> ResourcePauses::put(const ResourcePause& pause) {
  Binds binds;
  binds.number(pause.whom).text(pause.subject).resource(pause.resource).pause(pause.pause);
  return insert_plain(
      session_, "resource_pauses", kColumns, binds,
      "ON CONFLICT (subject_kind, subject, site, resource_id) DO UPDATE SET resource_key = excluded.resource_key, "
      "pause_reason = excluded.pause_reason, pause_until = excluded.pause_until, "
      "pause_resume_by = excluded.pause_resume_by");
}

Result<void> ResourcePauses::remove(PausedFor whom, const std::string& subject, const Resource& resource) {
  const std::vector<Value> key{static_cast<std::int64_t>(whom), subject, resource.site.value, resource.id};
  constexpr std::string_view kWhere =
      " FROM resource_pauses WHERE subject_kind = :p1 AND subject = :p2 AND site = :p3 AND "
      "resource_id = :p4";
  GH_TRYV(session_.row("SELECT resource_id" + std::string(kWhere), "t", key, "That resource is not paused there."));
  GH_TRYV(session_.run("DELETE" + std::string(kWhere), key));
  return success();
}

}  // namespace gatehouse::store
