// One request of a browser on its way through web/: who it is, what it sent, and how a page answers it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/sessions.h"
#include "admin/webauthn.h"
#include "api/message.h"
#include "web/fields.h"
#include "web/html.h"
#include "web/web.h"

namespace gatehouse::web {

inline constexpr std::string_view kSessionCookie = "__Host-gatehouse-admin";
inline constexpr std::string_view kBrowserCookie = "__Host-gatehouse-browser";

struct Visit {
  admin::Services& services;
  const WebOptions& options;
  const api::Request& request;
  std::string path;
  Fields query;
  Fields form;  ///< of a form; a JSON body is read by its handler
  admin::ClientInfo client;
  std::optional<admin::LiveSession> session;

  /// Where to go afterwards, as the query or the form says.
  std::string next() const;
  Instant now() const { return services.clock.now(); }
  /// Proved lately enough that the person is there, for what makes a secret or gives authority.
  bool fresh() const;
};

/// Signed in already, or on the way to it: the cookies, and where to.
api::Response signed_in(const admin::SignedIn& how, std::string location);
void add_cookie(api::Response& response, std::string_view name, std::string_view value, std::string_view more = {});
void add_session_cookies(api::Response& response, const admin::SignedIn& how);
void drop_session_cookie(api::Response& response);
/// To /sign-in or /step-up, and back here afterwards.
api::Response ask_to_sign_in(const Visit& visit);
api::Response ask_to_prove(std::string_view back);
/// A page of the person who is signed in.
api::Response own_page(const Visit& visit, int status, std::string_view title, std::string body, bool with_script = false);
/// What went wrong, on a page of its own.
api::Response error_page(const Visit& visit, const Error& error);
/// 429 for what is tried too often; as the REST API answers otherwise.
int page_status(Errc code) noexcept;
/// For JSON answers of this module.
api::Response json_problem(const Visit& visit, const Error& error);
/// "https://gatehouse.example" and "gatehouse.example", as the browser's (checked) Origin says.
admin::RelyingParty relying_party(const Visit& visit);
/// `path` of this listener as the browser reaches it: what another service sends it back to.
std::string absolute(const Visit& visit, std::string_view path);

/// Who may come, and what a POST must bring: an Origin of this listener always; of a session its CSRF token too. kWatch: a
/// session too, and no use of it: pages ask for such by themselves, again and again.
enum class Door { kOpen, kSession, kFresh, kTool, kWatch };
struct WebRoute {
  std::string_view method;
  std::string_view path;  ///< one that ends with '/' takes whatever follows
  Door door;
  api::Response (*handler)(Visit&);
};
const std::vector<WebRoute>& sign_in_pages();
const std::vector<WebRoute>& account_pages();
const std::vector<WebRoute>& passkey_calls();
const std::vector<WebRoute>& provider_pages();
const std::vector<WebRoute>& take_pages();
const std::vector<WebRoute>& device_pages();
const std::vector<WebRoute>& atlassian_pages();
const std::vector<WebRoute>& authorize_pages();
const std::vector<WebRoute>& event_streams();

}  // namespace gatehouse::web
