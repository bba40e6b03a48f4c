// To Atlassian and back, by which a person connects the account that they have there. A link and not a form: a form's answer may
// not lead to another origin here.
#include "admin/atlassian.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;

constexpr std::string_view kStateCookie = "__Host-gatehouse-atlassian";

/// The one callback URL that the app has at Atlassian.
std::string return_address(const Visit& visit) { return absolute(visit, "/account/atlassian/return"); }

Response no_app(const Visit& visit) {
  return error_page(visit, fail(Errc::kNotFound, "No 3LO app of Atlassian is configured here."));
}

Response depart(Visit& visit) {
  if (!visit.options.atlassian || visit.request.method != "GET") return no_app(visit);
  const auto departure = visit.options.atlassian->depart(*visit.session, return_address(visit));
  Response response = redirect(departure.location);
  add_cookie(response, kStateCookie, departure.state, "; Max-Age=600");
  return response;
}

Response come_back(Visit& visit) {
  if (!visit.options.atlassian || visit.request.method != "GET") return no_app(visit);
  const std::string left = cookie_of(visit.request.field("Cookie"), kStateCookie);
  const auto arrived = visit.options.atlassian->arrive(*visit.session, visit.client, return_address(visit),
                                                       visit.query.get("state"), left, visit.query.get("code"));
  Response response = arrived ? redirect("/account") : error_page(visit, arrived.error());
  add_cookie(response, kStateCookie, "", "; Max-Age=0");
  return response;
}

Response disconnect(Visit& visit) {
  if (!visit.options.atlassian) return no_app(visit);
  const auto done = visit.options.atlassian->disconnect(admin::caller_of(*visit.session, visit.client), visit.session->user.id);
  return done ? redirect("/account") : error_page(visit, done.error());
}

}  // namespace

const std::vector<WebRoute>& atlassian_pages() {
  static const std::vector<WebRoute> routes{
      {"GET", "/account/atlassian", Door::kFresh, depart},
      // Within ten minutes of a fresh proof, by the state's own time.
      {"GET", "/account/atlassian/return", Door::kSession, come_back},
      {"POST", "/account/atlassian/disconnect", Door::kFresh, disconnect},
  };
  return routes;
}

}  // namespace gatehouse::web
