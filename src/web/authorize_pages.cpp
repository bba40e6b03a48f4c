// On the way to the gateway's /authorize: who is signed in here gets a ticket for it (oauth/gate_session.h).
#include "admin/authorize_ticket.h"
#include "base/text.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

/// A SHA-256 in base64url.
bool is_digest(std::string_view text) {
  return text.size() == 43 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

api::Response go_on(Visit& visit) {
  const std::string& browser = visit.query.get("browser");
  if (!is_digest(browser))
    return error_page(visit, fail(Errc::kInvalidArgument, "This address is not whole; go back to the app."));
  if (visit.query.get("fresh") == "1" && !visit.fresh()) return ask_to_prove(visit.request.target);
  const std::string& gate = visit.services.gateway.settings.public_url;
  return redirect(gate + "/authorize/arrive?ticket=" +
                  percent_encoded(admin::make_authorize_ticket(visit.services, *visit.session, browser)) +
                  "&to=" + percent_encoded(visit.query.get("to")));
}

}  // namespace

const std::vector<WebRoute>& authorize_pages() {
  static const std::vector<WebRoute> routes{{"GET", "/authorize/continue", Door::kSession, go_on}};
  return routes;
}

}  // namespace gatehouse::web
