#include "web/visit.h"

#include <iostream>

#include "api/problem.h"
#include "base/text.h"
#include "policy/authority.h"

namespace gatehouse::web {
namespace {

constexpr std::string_view kCookieRules = "; Path=/; Secure; HttpOnly; SameSite=Lax";

std::string set_cookie(std::string_view name, std::string_view value, std::string_view more = {}) {
  std::string out(name);
  return out.append("=").append(value).append(kCookieRules).append(more);
}

bool wants_json(const Visit& visit) {
  return visit.request.field("Content-Type").substr(0, 16) == "application/json" || visit.path == "/session" ||
         visit.path.rfind("/session/", 0) == 0;
}

/// A form leads nowhere but where its page's form-action allows, not by a redirect of a redirect either (so Chromium takes it),
/// and at the end of /authorize stands an app that is not known here. So the browser goes there from a page, by itself.
api::Response leads_on(const std::string& location) {
  if (location.starts_with("/") && !location.starts_with("/authorize/")) return redirect(location);
  api::Response response =
      page(200, {"You are signed in", "<p><a href=\"" + html(location) + "\">On to where you came from</a></p>"});
  response.fields.emplace_back("Refresh", "0;url=" + location);
  return response;
}

}  // namespace

std::string Visit::next() const { return safe_next(form.has("next") ? form.get("next") : query.get("next"), options.public_url); }

bool Visit::fresh() const {
  return session && now() >= session->session.proved_at && now() - session->session.proved_at <= policy::kStepUpFor;
}

void add_session_cookies(api::Response& response, const admin::SignedIn& how) {
  response.fields.emplace_back("Set-Cookie", set_cookie(kSessionCookie, how.cookie.expose()));
  response.fields.emplace_back("Set-Cookie", set_cookie(kBrowserCookie, how.browser, "; Max-Age=31536000"));
}

void drop_session_cookie(api::Response& response) {
  response.fields.emplace_back("Set-Cookie", set_cookie(kSessionCookie, "", "; Max-Age=0"));
}

void add_cookie(api::Response& response, std::string_view name, std::string_view value, std::string_view more) {
  response.fields.emplace_back("Set-Cookie", set_cookie(name, value, more));
}

api::Response signed_in(const admin::SignedIn& how, std::string location) {
  api::Response response = leads_on(location);
  add_session_cookies(response, how);
  return response;
}

api::Response ask_to_sign_in(const Visit& visit) {
  if (wants_json(visit)) return json_problem(visit, fail(Errc::kUnauthenticated, "You are not signed in, or not any more."));
  const std::string back = visit.request.method == "POST" ? "/account" : visit.request.target;
  return redirect("/sign-in?next=" + percent_encoded(back));
}

api::Response ask_to_prove(std::string_view back) { return redirect("/step-up?next=" + percent_encoded(back)); }

api::Response own_page(const Visit& visit, int status, std::string_view title, std::string body, bool with_script) {
  PageContent content{title, std::move(body), {}, {}, with_script};
  if (visit.session) {
    content.person = visit.session->user.email;
    content.csrf = admin::csrf_of(visit.services, *visit.session);
  }
  return page(status, content);
}

int page_status(Errc code) noexcept { return code == Errc::kLimitExceeded ? 429 : api::status_of(code); }

namespace {

std::string words_of(const Visit& visit, const Error& error) {
  if (page_status(error.code) >= 500) {
    std::clog << "admin request " << visit.request.id << ": " << to_string(error.code) << ": " << error.public_detail << " "
              << error.log_detail << std::endl;
  }
  if (error.public_detail.empty()) return "Gatehouse could not do this; its log has the reason under " + visit.request.id + ".";
  return error.public_detail;
}

}  // namespace

api::Response error_page(const Visit& visit, const Error& error) {
  const std::string words = words_of(visit, error);
  return own_page(visit, page_status(error.code), "That did not work", note(words, true) + "<p><a href=\"/\">Back</a></p>");
}

api::Response json_problem(const Visit& visit, const Error& error) {
  const std::string words = words_of(visit, error);
  return api::problem(page_status(error.code), to_string(error.code), words, visit.request.id);
}

std::string absolute(const Visit& visit, std::string_view path) {
  const bool secure = visit.options.tls || visit.options.proxied;
  return (secure ? "https://" : "http://") + std::string(visit.request.field("Host")) + std::string(path);
}

admin::RelyingParty relying_party(const Visit& visit) {
  std::string_view host = visit.request.field("Host");
  host = host.substr(0, host.find(':'));
  return {std::string(host), std::string(visit.request.field("Origin"))};
}

}  // namespace gatehouse::web
