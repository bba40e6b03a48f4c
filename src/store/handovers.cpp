#include "store/handovers.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns =
    "id, credential, recipient, user_id, made_by, hash, code_hash, wrong_codes, sealed_secret, created_at, expires_at, taken_at, "
    "ended_at";
constexpr std::string_view kTypes = "tttttttitiiii";
constexpr std::string_view kAbsent = "There is no such handing over.";

Result<Handover> read(const Row& row) {
  Cells cells(row, "handovers");
  Handover handover;
  handover.id = cells.text();
  handover.credential = cells.id<CredentialId>();
  handover.recipient = cells.text();
  handover.user = cells.id<UserId>();
  handover.made_by = cells.id<UserId>();
  handover.hash = cells.text();
  handover.code_hash = cells.text();
  handover.wrong_codes = static_cast<int>(cells.integer());
  handover.sealed_secret = cells.text();
  handover.created_at = cells.instant();
  handover.expires_at = cells.instant();
  handover.taken_at = cells.optional_instant();
  handover.ended_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return handover;
}

std::string selecting(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM handovers " + std::string(rest);
}

}  // namespace

Result<Handover> Handovers::get(const std::string& id) const {
  GH_TRY(const auto row, session_.row(selecting("WHERE id = :p1"), kTypes, {id}, kAbsent));
  return read(row);
}

Result<std::vector<Handover>> Handovers::select(const std::string& rest, const std::string& value) const {
  std::vector<Value> binds;
  if (!value.empty()) binds.emplace_back(value);
  GH_TRY(const auto rows, session_.rows(selecting(rest), kTypes, binds));
  std::vector<Handover> all;
  for (const Row& row : rows) {
    GH_TRY(Handover one, read(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<std::vector<Handover>> Handovers::of_credential(const CredentialId& credential) const {
  return select("WHERE credential = :p1 ORDER BY created_at, id", credential.value);
}

Result<std::vector<Handover>> Handovers::open() const {
  return select("WHERE ended_at IS NULL ORDER BY expires_at, id LIMIT 1000", {});
}

Result<void> Handovers::insert(const Handover& handover) {
  Binds binds;
  binds.text(handover.id).id(handover.credential).text(handover.recipient).optional_id(handover.user).id(handover.made_by);
  binds.text(handover.hash).text(handover.code_hash).integer(handover.wrong_codes).text(handover.sealed_secret);
  binds.instant(handover.created_at).instant(handover.expires_at).optional_instant(handover.taken_at);
  binds.optional_instant(handover.ended_at);
  return insert_plain(session_, "handovers", kColumns, binds);
}

Result<void> Handovers::end(const std::string& id, Instant at, bool taken) {
  Binds binds;
  binds.instant(at);
  if (taken) {
    binds.instant(at);
  } else {
    binds.null();
  }
  binds.text(id);
  GH_TRY(const auto changed,
         session_.run("UPDATE handovers SET ended_at = :p1, taken_at = :p2, sealed_secret = '' WHERE id = :p3 "
                      "AND ended_at IS NULL",
                      binds.values()));
  if (changed == 0) return fail(Errc::kConflict, "That token was taken already, or its time is over.", {}, "handover");
  return success();
}

Result<void> Handovers::count_wrong_code(const std::string& id) {
  GH_TRYV(session_.run("UPDATE handovers SET wrong_codes = wrong_codes + 1 WHERE id = :p1", {id}));
  return success();
}

}  // namespace gatehouse::store
