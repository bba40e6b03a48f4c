#include "store/idempotent_requests.h"

#include "store/table.h"

namespace gatehouse::store {

Result<std::optional<IdempotentRequest>> IdempotentRequests::begin(const IdempotentRequest& request, Instant ends_at) {
  Binds binds;
  binds.text(request.id).text(request.fingerprint).integer(0).text("").instant(ends_at);
  GH_TRY(
      const auto changed,
      session_.run("INSERT INTO idempotent_requests (id, fingerprint, status, body, ends_at) VALUES (:p1, :p2, :p3, :p4, :p5) ON "
                   "CONFLICT (id) DO NOTHING",
                   binds.values()));
  if (changed == 1) return std::optional<IdempotentRequest>();
  GH_TRY(const auto row, session_.row("SELECT id, fingerprint, status, body FROM idempotent_requests WHERE id = :p1", "ttit",
                                      {request.id}, "There is no such request."));
  Cells cells(row, "idempotent_requests");
  IdempotentRequest out;
  out.id = cells.text();
  out.fingerprint = cells.text();
  out.status = cells.integer();
  out.body = cells.text();
  GH_TRYV(cells.finish());
  return std::optional<IdempotentRequest>(std::move(out));
}

Result<void> IdempotentRequests::finish(const std::string& id, std::int64_t status, const std::string& body) {
  GH_TRYV(session_.run("UPDATE idempotent_requests SET status = :p1, body = :p2 WHERE id = :p3", {status, body, id}));
  return success();
}

Result<void> IdempotentRequests::forget(const std::string& id) {
  GH_TRYV(session_.run("DELETE FROM idempotent_requests WHERE id = :p1", {id}));
  return success();
}

Result<void> IdempotentRequests::forget_before(Instant now) {
  GH_TRYV(session_.run("DELETE FROM idempotent_requests WHERE ends_at < :p1", {now.time_since_epoch().count()}));
  return success();
}

}  // namespace gatehouse::store
