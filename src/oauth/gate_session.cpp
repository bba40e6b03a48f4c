#include "oauth/gate_session.h"

#include <algorithm>

#include "admin/authorize_ticket.h"
#include "admin/signed_value.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "oauth/pages.h"
#include "oauth/parameters.h"

namespace gatehouse::oauth {
namespace {

constexpr std::string_view kSessionCookie = "__Host-gatehouse-gate";
constexpr std::string_view kLeavingCookie = "__Host-gatehouse-leaving";
constexpr std::string_view kGate = "gate session";
constexpr Duration kGateFor = std::chrono::hours(12);

std::string set_cookie(std::string_view name, std::string_view value, std::string_view more = {}) {
  return "Set-Cookie: " + std::string(name) + "=" + std::string(value) + "; Path=/; Secure; HttpOnly; SameSite=Lax" +
         std::string(more) + "\r\n";
}

http::ElsewhereAnswer begin_again() {
  return page(400, "Begin again",
              "<p>This page was opened in another browser, or too late. Go back to the app and begin again.</p>");
}

}  // namespace

std::string cookie_of(const SecretString& header, std::string_view name) {
  std::string_view rest = header.expose();
  std::string found;
  bool seen = false;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || one.substr(0, equals) != name) continue;
    if (seen) return {};
    seen = true;
    found = one.substr(equals + 1);
  }
  return found;
}

std::optional<admin::LiveSession> session_at_gate(Context& context, const gateway::AuthorizationRequest& request) {
  const std::string cookie = cookie_of(request.cookie, kSessionCookie);
  if (cookie.empty()) return std::nullopt;
  const auto value = admin::open_value(context.services, kGate, cookie);
  if (!value) return std::nullopt;
  auto session = admin::find_session_by_id(context.services, value.value().payload);
  if (!session) return std::nullopt;
  return std::move(session.value());
}

http::ElsewhereAnswer ask_to_sign_in(Context& context, const std::string& query, bool fresh) {
  const std::string panel = context.panel_url();
  if (panel.empty()) return page(503, "Not yet", "<p>Gatehouse is just starting. Try again in a moment.</p>");
  const std::string leaving = random_base62(context.services.random, 43);
  std::string location = panel + "/authorize/continue?";
  append_form("to", query, location);
  append_form("browser", to_base64url(crypto::sha256(leaving)), location);
  if (fresh) append_form("fresh", "1", location);
  return redirect(location, set_cookie(kLeavingCookie, leaving, "; Max-Age=900"));
}

http::ElsewhereAnswer arrival_endpoint(Context& context, const gateway::AuthorizationRequest& request) {
  const auto query = Parameters::from_form(request.query);
  if (!query) return begin_again();
  const std::string leaving = cookie_of(request.cookie, kLeavingCookie);
  const auto ticket = admin::take_authorize_ticket(context.services, query.value().text("ticket"));
  if (!ticket || leaving.empty() || ticket.value().browser != to_base64url(crypto::sha256(leaving))) return begin_again();
  const std::string cookie = admin::sign_value(context.services, kGate, ticket.value().session, kGateFor);
  return redirect("/authorize?" + query.value().text("to"),
                  set_cookie(kSessionCookie, cookie) + set_cookie(kLeavingCookie, "", "; Max-Age=0"));
}

}  // namespace gatehouse::oauth
