#include "store/sign_in_links.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kColumns = "id, user_id, purpose, hash, sealed_payload, created_at, expires_at, used_at";
constexpr std::string_view kAbsent = "There is no such link.";

}  // namespace

Result<SignInLink> SignInLinks::get(const std::string& id) const {
  GH_TRY(const auto row,
         session_.row("SELECT " + std::string(kColumns) + " FROM sign_in_links WHERE id = :p1", "ttittiii", {id}, kAbsent));
  Cells cells(row, "sign_in_links");
  SignInLink link;
  link.id = cells.text();
  link.user = cells.id<UserId>();
  link.purpose = cells.number(LinkPurpose::kSignIn, LinkPurpose::kPickUp);
  link.hash = cells.text();
  link.sealed_payload = cells.text();
  link.created_at = cells.instant();
  link.expires_at = cells.instant();
  link.used_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return link;
}

Result<void> SignInLinks::insert(const SignInLink& link) {
  Binds binds;
  binds.text(link.id).id(link.user).number(link.purpose).text(link.hash).text(link.sealed_payload);
  binds.instant(link.created_at).instant(link.expires_at).optional_instant(link.used_at);
  GH_TRYV(insert_plain(session_, "sign_in_links", kColumns, binds));
  session_.touch(Aggregate::kSignInLink, link.id);
  return success();
}

Result<void> SignInLinks::use(const std::string& id, Instant at) {
  GH_TRY(const auto changed,
         session_.run("UPDATE sign_in_links SET used_at = :p1, sealed_payload = '' WHERE id = :p2 AND used_at IS NULL",
                      {at.time_since_epoch().count(), id}));
  if (changed == 0) {
    GH_TRYV(session_.row("SELECT id FROM sign_in_links WHERE id = :p1", "t", {id}, kAbsent));
    return fail(Errc::kConflict, "This link was used already; ask for a new one.");
  }
  session_.touch(Aggregate::kSignInLink, id);
  return success();
}

Result<void> SignInLinks::end_all(const UserId& user, Instant at) {
  Binds binds;
  binds.instant(at).id(user).number(LinkPurpose::kSignIn);
  GH_TRYV(session_.run("UPDATE sign_in_links SET used_at = :p1 WHERE user_id = :p2 AND purpose = :p3 AND used_at IS NULL",
                       binds.values()));
  return success();
}

}  // namespace gatehouse::store
