#include "store/transfer_offers.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns = "id, account, from_user, to_user, created_at, ends_at, decided_at, accepted";
constexpr std::string_view kTypes = "ttttiiii";
constexpr std::string_view kAbsent = "There is no such offer.";

Result<TransferOffer> read(const Row& row) {
  Cells cells(row, "transfer_offers");
  TransferOffer out;
  out.id = cells.text();
  out.account = cells.id<AccountId>();
  out.from = cells.id<UserId>();
  out.to = cells.id<UserId>();
  out.created_at = cells.instant();
  out.ends_at = cells.instant();
  out.decided_at = cells.optional_instant();
  out.accepted = cells.boolean();
  GH_TRYV(cells.finish());
  return out;
}

}  // namespace

Result<TransferOffer> TransferOffers::get(const std::string& id) const {
  GH_TRY(const auto row,
         session_.row("SELECT " + std::string(kColumns) + " FROM transfer_offers WHERE id = :p1", kTypes, {id}, kAbsent));
  return read(row);
}

Result<std::vector<TransferOffer>> TransferOffers::open_of(const UserId& user, Instant now) const {
  GH_TRY(const auto rows,
         session_.rows("SELECT " + std::string(kColumns) +
                           " FROM transfer_offers WHERE (to_user = :p1 OR from_user = :p2) AND decided_at IS NULL "
                           "AND ends_at > :p3 ORDER BY created_at, id LIMIT 1000",
                       kTypes, {user.value, user.value, now.time_since_epoch().count()}));
  std::vector<TransferOffer> out;
  for (const Row& row : rows) {
    GH_TRY(auto offer, read(row));
    out.push_back(std::move(offer));
  }
  return out;
}

Result<void> TransferOffers::insert(const TransferOffer& offer) {
  Binds binds;
  binds.text(offer.id).id(offer.account).id(offer.from).id(offer.to).instant(offer.created_at).instant(offer.ends_at);
  binds.optional_instant(offer.decided_at).integer(offer.accepted ? 1 : 0);
  return insert_plain(session_, "transfer_offers", kColumns, binds);
}

Result<void> TransferOffers::decide(const std::string& id, bool accepted, Instant at) {
  GH_TRY(const auto changed,
         session_.run("UPDATE transfer_offers SET decided_at = :p1, accepted = :p2 WHERE id = :p3 AND decided_at IS NULL",
                      {at.time_since_epoch().count(), std::int64_t{accepted ? 1 : 0}, id}));
  if (changed == 0) return fail(Errc::kConflict, "This offer was decided already.");
  return success();
}

Result<void> TransferOffers::withdraw(const AccountId& account, Instant at) {
  GH_TRYV(session_.run("UPDATE transfer_offers SET decided_at = :p1 WHERE account = :p2 AND decided_at IS NULL",
                       {at.time_since_epoch().count(), account.value}));
  return success();
}

}  // namespace gatehouse::store
