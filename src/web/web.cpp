#include "web/web.h"

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>

#include "api/problem.h"
#include "catalogue/target.h"
#include "web/assets.h"
#include "web/panel.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool matches(const WebRoute& route, std::string_view path) {
  if (route.path.size() > 1 && route.path.back() == '/')
    return path.size() > route.path.size() && path.substr(0, route.path.size()) == route.path;
  return path == route.path;
}

api::Response show_panel(Visit& visit) { return panel_page(visit.request); }

const WebRoute* find(std::string_view method, std::string_view path, bool& other_method) {
  const std::array lists{&sign_in_pages(), &account_pages(),   &passkey_calls(),   &provider_pages(), &take_pages(),
                         &device_pages(),  &atlassian_pages(), &authorize_pages(), &event_streams()};
  for (const auto* list : lists) {
    for (const WebRoute& route : *list) {
      if (!matches(route, path)) continue;
      if (route.method == method) return &route;
      other_method = true;
    }
  }
  static const WebRoute kPanel{"GET", "/", Door::kSession, show_panel};
  if (is_panel_page(path)) {
    if (method == kPanel.method) return &kPanel;
    other_method = true;
  }
  return nullptr;
}

bool is_form(const api::Request& request) {
  std::string_view type = request.field("Content-Type");
  type = type.substr(0, type.find(';'));
  return api::same_name(type, kForm);
}

api::Response refuse(const Visit& visit, int status, std::string_view code, std::string_view detail) {
  return api::problem(status, code, detail, visit.request.id);
}

/// A POST of a browser must come from one of these pages: RFC 6454's Origin, which no page of somebody else can set.
bool from_here(const Visit& visit) {
  const std::string_view site = visit.request.field("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin") return false;
  return origin_is_ours(visit.request.field("Origin"), visit.request.field("Host"), visit.options);
}

bool has_csrf(const Visit& visit) {
  const std::string_view header = visit.request.field("Gatehouse-CSRF");
  return admin::csrf_matches(visit.services, *visit.session, header.empty() ? std::string_view(visit.form.get("csrf")) : header);
}

}  // namespace

bool origin_is_ours(std::string_view origin, std::string_view host, const WebOptions& options) {
  if (host.empty()) return false;
  const std::string secure = "https://" + std::string(host);
  const std::string plain = "http://" + std::string(host);
  if (options.tls) return origin == secure;
  return origin == plain || (options.proxied && origin == secure);
}

Web::Web(admin::Services& services, WebOptions options) : services_(services), options_(std::move(options)), scim_(services) {}

api::Response Web::handle(const api::Request& request) const {
  try {
    return answer(request);
  } catch (const std::exception& caught) {
    std::clog << "admin request " << request.id << ": " << caught.what() << std::endl;
    return api::problem(fail(Errc::kInternal, {}), request.id);
  }
}

api::Response Web::answer(const api::Request& request) const {
  const catalogue::Target target = catalogue::check_target(request.target);
  if (!target.ok()) return api::problem(400, "invalid_argument", catalogue::explain(target.fault), request.id);
  if (target.path.rfind("/scim/v2/", 0) == 0) return scim_.handle(request);
  // HEAD is GET without the body, which the listener leaves out.
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  if (method == "GET") {
    if (auto found = asset(target.path)) return *found;
    if (auto found = panel_asset(request, target.path)) return *found;
  }
  Visit visit{services_, options_, request, std::string(target.path), {}, {}, {}, {}};
  bool other_method = false;
  const WebRoute* route = find(method, target.path, other_method);
  if (!route && other_method) return refuse(visit, 405, "method_not_allowed", "That address does not take this method.");
  if (!route) return refuse(visit, 404, "not_found", "There is no such page.");
  const auto query = Fields::parse(target.query);
  const auto form = is_form(request) ? Fields::parse(request.body) : std::optional<Fields>(Fields());
  if (!query || !form) return refuse(visit, 400, "invalid_argument", "The form is not well formed.");
  visit.query = *query;
  visit.form = *form;
  visit.client.address = request.address;
  visit.client.user_agent = request.field("User-Agent");
  if (route->door == Door::kTool) return route->handler(visit);
  const std::string_view cookies = request.field("Cookie");
  visit.client.browser = cookie_of(cookies, kBrowserCookie);
  if (const std::string cookie = cookie_of(cookies, kSessionCookie); !cookie.empty()) {
    auto session =
        route->door == Door::kWatch ? admin::peek_session_by_cookie(services_, cookie) : admin::find_session(services_, cookie);
    if (session) {
      visit.session = std::move(session.value());
    } else if (session.error().code != Errc::kUnauthenticated) {
      return json_problem(visit, session.error());
    }
  }
  if (method != "GET" && !from_here(visit))
    return refuse(visit, 403, "not_allowed", "This was not sent by a page of this address (Origin).");
  if (route->door == Door::kOpen) return route->handler(visit);
  if (!visit.session) return ask_to_sign_in(visit);
  if (method != "GET" && !has_csrf(visit))
    return refuse(visit, 403, "not_allowed", "The page that sent this is too old; load it again (CSRF token).");
  if (route->door == Door::kFresh && !visit.fresh()) return ask_to_prove("/account");
  return route->handler(visit);
}

}  // namespace gatehouse::web
