#include "store/migrate.h"

#include <array>
#include <string_view>

namespace gatehouse::store {
namespace {

/// In order, never changed once released: schema N is the first N of them. Each file is one raw string literal.
constexpr std::array<std::string_view, 19> kMigrations{
#include "store/migrations/0001_initial.sql"
    ,
#include "store/migrations/0002_outbox.sql"
    ,
#include "store/migrations/0003_rotation.sql"
    ,
#include "store/migrations/0004_usage.sql"
    ,
#include "store/migrations/0005_propose.sql"
    ,
#include "store/migrations/0006_register.sql"
    ,
#include "store/migrations/0007_sign_in.sql"
    ,
#include "store/migrations/0008_authority.sql"
    ,
#include "store/migrations/0009_telling.sql"
    ,
#include "store/migrations/0010_atlassian.sql"
    ,
#include "store/migrations/0011_oauth.sql"
    ,
#include "store/migrations/0012_oauth_people.sql"
    ,
#include "store/migrations/0013_attachment_homes.sql"
    ,
#include "store/migrations/0014_audit_segments.sql"
    ,
#include "store/migrations/0015_report_indexes.sql"
    ,
#include "store/migrations/0016_token_urls.sql"
    ,
#include "store/migrations/0017_app_devices.sql"
    ,
#include "store/migrations/0018_openapi_sites.sql"
    ,
#include "store/migrations/0019_denials.sql"
};

Result<std::int64_t> version_of(Session& session) {
  GH_TRY(const auto row, session.row("SELECT COALESCE(MAX(version), 0) FROM schema_versions", "i", {}, "No schema version."));
  return std::get<std::int64_t>(row.front());
}

Result<void> step(Session& session, const std::string& name, int wanted) {
  // Whoever comes second waits here, then finds the work done.
  if (session.is_postgres()) {
    GH_TRYV(session.rows("SELECT CAST(pg_advisory_xact_lock(7161) AS TEXT)", "t"));
  }
  GH_TRYV(session.script("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY)"));
  GH_TRY(const auto found, version_of(session));
  if (found > newest_schema()) {
    return fail(Errc::kUnsupported, "The database " + name + " has schema " + std::to_string(found) + ", this program knows " +
                                        std::to_string(newest_schema()) + ": a newer Gatehouse made it. Use that one.");
  }
  for (std::int64_t next = found + 1; next <= wanted; ++next) {
    GH_TRYV(session.script(kMigrations[static_cast<std::size_t>(next - 1)]));
    GH_TRYV(session.run("INSERT INTO schema_versions (version) VALUES (:p1)", {next}));
  }
  return session.commit();
}

}  // namespace

int newest_schema() noexcept { return static_cast<int>(kMigrations.size()); }

Result<void> migrate(Session& session, const std::string& name, int version) {
  GH_TRYV(session.begin_write());
  auto done = step(session, name, version);
  if (!done) session.rollback();
  return done;
}

}  // namespace gatehouse::store
