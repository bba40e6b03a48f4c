// To the company's OpenID Connect provider and back. Links and not forms: a form's answer may not lead to another origin here.
#include "admin/provider.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;

constexpr std::string_view kStateCookie = "__Host-gatehouse-provider";

std::string return_address(const Visit& visit) { return absolute(visit, "/sign-in/provider/return"); }

Response no_provider(const Visit& visit) { return error_page(visit, fail(Errc::kNotFound, "No provider is configured here.")); }

Response depart(Visit& visit, admin::ProviderVisit why, const std::string& next) {
  if (!visit.options.provider || visit.request.method != "GET") return no_provider(visit);
  const auto departure =
      visit.options.provider->depart(why, return_address(visit), next, visit.session ? &*visit.session : nullptr);
  if (!departure) return error_page(visit, departure.error());
  Response response = redirect(departure.value().location);
  add_cookie(response, kStateCookie, departure.value().state, "; Max-Age=600");
  return response;
}

Response sign_in(Visit& visit) { return depart(visit, admin::ProviderVisit::kSignIn, visit.next()); }
Response prove(Visit& visit) { return depart(visit, admin::ProviderVisit::kProve, visit.next()); }
Response connect(Visit& visit) { return depart(visit, admin::ProviderVisit::kConnect, "/account"); }

Response come_back(Visit& visit) {
  if (!visit.options.provider || visit.request.method != "GET") return no_provider(visit);
  const std::string left = cookie_of(visit.request.field("Cookie"), kStateCookie);
  const auto arrival =
      visit.options.provider->arrive(visit.client, return_address(visit), visit.query.get("state"), left, visit.query.get("code"),
                                     visit.query.get("iss"), visit.session ? &*visit.session : nullptr);
  Response response = arrival ? signed_in(arrival.value().how, arrival.value().next) : error_page(visit, arrival.error());
  add_cookie(response, kStateCookie, "", "; Max-Age=0");
  return response;
}

}  // namespace

const std::vector<WebRoute>& provider_pages() {
  static const std::vector<WebRoute> routes{
      {"GET", "/sign-in/provider", Door::kOpen, sign_in},
      {"GET", "/sign-in/provider/return", Door::kOpen, come_back},
      {"GET", "/step-up/provider", Door::kSession, prove},
      {"GET", "/account/provider", Door::kFresh, connect},
  };
  return routes;
}

}  // namespace gatehouse::web
