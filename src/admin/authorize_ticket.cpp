#include "admin/authorize_ticket.h"

#include "admin/signed_value.h"

namespace gatehouse::admin {
namespace {

constexpr std::string_view kPurpose = "authorize ticket";
constexpr Duration kGoodFor = std::chrono::minutes(1);

}  // namespace

std::string make_authorize_ticket(Services& services, const LiveSession& session, std::string_view browser) {
  return sign_value(services, kPurpose, session.session.id + "~" + std::string(browser), kGoodFor);
}

Result<AuthorizeTicket> take_authorize_ticket(Services& services, std::string_view ticket) {
  GH_TRY(const SignedValue value, open_value(services, kPurpose, ticket));
  bool fresh = false;
  GH_TRYV(services.database.tend_sign_in([&](store::SignIn& sign_in, const store::Repositories&) -> Result<void> {
    GH_TRY(fresh, sign_in.use_once("authorize " + value.nonce, value.ends_at + kGoodFor));
    return success();
  }));
  const std::size_t mark = value.payload.find('~');
  if (!fresh || mark == std::string::npos) return fail(Errc::kUnauthenticated, "That link was used already; begin again.");
  return AuthorizeTicket{value.payload.substr(0, mark), value.payload.substr(mark + 1)};
}

}  // namespace gatehouse::admin
