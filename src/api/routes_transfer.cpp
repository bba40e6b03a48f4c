// Handing over service accounts: offers, and all that a leaver answers for.
#include "admin/transfers.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> offer(Call& call) {
  return reply(admin::offer_account(call.services, call.caller, call.at("account"), call.text("to")), 201);
}

Result<Reply> list(Call& call) { return reply(admin::list_offers(call.services, call.principal)); }

Result<Reply> accept(Call& call) { return reply(admin::accept_offer(call.services, call.caller, call.at("offer"))); }

Result<Reply> decline(Call& call) {
  GH_TRYV(admin::decline_offer(call.services, call.caller, call.at("offer")));
  return Reply{204, nullptr};
}

Result<Reply> everything(Call& call) {
  return reply(admin::transfer_all(call.services, call.caller, call.at("user"), call.text("to")));
}

}  // namespace

std::vector<Route> transfer_routes() {
  const std::vector<Field> to{{"to", Type::kText, true, "E-mail address of who shall own it."}};
  return {
      {"POST",
       "/api/v1/accounts/{account}/offer",
       "offerAccount",
       "account",
       "Offer an account to another person, who accepts or not.",
       Need::kChangeOwn,
       {},
       to,
       "Offer",
       201,
       offer},
      {"GET",
       "/api/v1/offers",
       "listOffers",
       "account",
       "Offers of accounts that one made or got.",
       Need::kAnyKey,
       {},
       {},
       "Offer[]",
       200,
       list},
      {"POST",
       "/api/v1/offers/{offer}/accept",
       "acceptOffer",
       "account",
       "Become the owner of an account that was offered.",
       Need::kAnyKey,
       {},
       {},
       "Account",
       200,
       accept},
      {"POST",
       "/api/v1/offers/{offer}/decline",
       "declineOffer",
       "account",
       "Decline an offer, or take it back.",
       Need::kAnyKey,
       {},
       {},
       "",
       204,
       decline},
      {"POST",
       "/api/v1/users/{user}/transfer-all",
       "transferAll",
       "user",
       "Give all that this person answers for to another.",
       Need::kOrgAdmin,
       {},
       to,
       "TransferredAll",
       200,
       everything},
  };
}

}  // namespace gatehouse::api
