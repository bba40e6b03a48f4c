// Taking a token that was made for somebody: a user after signing in, an outsider with the link and a code. Opening the page
// takes nothing, since mail programs look at links by themselves; the button does, once.
#include "admin/handovers.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;

std::string link_of(const Visit& visit) { return visit.path.substr(std::string_view("/take/").size()); }

/// An outsider's link holds a secret of its own behind the id.
bool for_outsider(const std::string& link) { return link.find('.') != std::string::npos; }

Response ask_page(const Visit& visit, int status, std::string_view wrong) {
  const std::string link = link_of(visit);
  std::string body;
  if (!wrong.empty()) body += note(wrong, true);
  body += "<p>A token was made for you. It is shown once, when you take it; have a place ready to keep it.</p>";
  const std::string token = visit.session ? admin::csrf_of(visit.services, *visit.session) : std::string();
  body += for_outsider(link)
              ? form("/take/" + link, token,
                     field("The code that you were told", "code", "text", "off", {}, "Eight digits, not from this message.") +
                         button("Take the token"))
              : form("/take/" + link, token, button("Take the token"));
  return own_page(visit, status, "A token for you", std::move(body));
}

Response show(Visit& visit) {
  if (!for_outsider(link_of(visit))) {
    if (!visit.session) return ask_to_sign_in(visit);
    if (!visit.fresh()) return ask_to_prove(visit.path);
  }
  return ask_page(visit, 200, {});
}

Response take(Visit& visit) {
  const std::string link = link_of(visit);
  Result<admin::CreatedToken> taken = fail(Errc::kInternal, {});
  if (for_outsider(link)) {
    Caller caller = admin::caller_of(admin::LiveSession(), visit.client);
    caller.actor_kind.clear();
    taken = admin::take_token_with_code(visit.services, caller, link, visit.form.get("code"));
  } else {
    if (!visit.session) return ask_to_sign_in(visit);
    if (!admin::csrf_matches(visit.services, *visit.session, visit.form.get("csrf")) || !visit.fresh())
      return ask_to_prove(visit.path);
    taken = admin::take_token(visit.services, admin::caller_of(*visit.session, visit.client), link);
  }
  if (!taken) {
    if (page_status(taken.error().code) >= 500) return error_page(visit, taken.error());
    return ask_page(visit, page_status(taken.error().code), taken.error().public_detail);
  }
  const std::string body = "<p>Store it now; it is never shown again:</p><p class=\"secret\">" +
                           html(taken.value().token.expose()) +
                           "</p><p>Who gave it to you can see that it was taken, when and from where.</p>";
  return own_page(visit, 200, "Your token", body);
}

}  // namespace

const std::vector<WebRoute>& take_pages() {
  static const std::vector<WebRoute> routes{
      {"GET", "/take/", Door::kOpen, show},
      {"POST", "/take/", Door::kOpen, take},
  };
  return routes;
}

}  // namespace gatehouse::web
