// `gatehouse login` (RFC 8628): what the tool asks, in the forms of that RFC, and the page on which its person decides.
#include "admin/device_login.h"
#include "base/text.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;
namespace json = boost::json;

Response tool_answer(int status, const json::object& document) {
  Response response;
  response.status = status;
  response.body = json::serialize(document);
  response.fields = {{"Pragma", "no-cache"}};
  return response;
}

Response tool_error(int status, std::string_view error, std::string_view description) {
  return tool_answer(status, {{"error", error}, {"error_description", description}});
}

Response tool_error(const Visit& visit, const Error& error) {
  const int status = page_status(error.code);
  if (status >= 500) return json_problem(visit, error);
  return tool_error(status == 429 ? 429 : 400, status == 429 ? "slow_down" : "invalid_request", error.public_detail);
}

/// Section 3.1 and 3.2. The address of the page is the one that the tool itself was given for this listener.
Response ask(Visit& visit) {
  const auto asked = admin::ask_for_device(visit.services, visit.client, visit.form.get("client_name"));
  if (!asked) return tool_error(visit, asked.error());
  const std::string base =
      std::string(visit.options.tls || visit.options.proxied ? "https://" : "http://") + std::string(visit.request.field("Host"));
  return tool_answer(200, {{"device_code", asked.value().device_code.expose()},
                           {"user_code", asked.value().user_code},
                           {"verification_uri", base + "/device"},
                           {"verification_uri_complete", base + "/device?code=" + asked.value().user_code},
                           {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(admin::kDeviceFor).count()},
                           {"interval", std::chrono::duration_cast<std::chrono::seconds>(admin::kDeviceInterval).count()}});
}

/// Section 3.4 and 3.5.
Response fetch(Visit& visit) {
  if (visit.form.get("grant_type") != "urn:ietf:params:oauth:grant-type:device_code")
    return tool_error(400, "unsupported_grant_type", "Only the device grant is known here.");
  const auto key = admin::poll_device(visit.services, visit.client, visit.form.get("device_code"));
  if (!key) return tool_error(visit, key.error());
  switch (key.value().answer) {
    case admin::DeviceAnswer::kPending: return tool_error(400, "authorization_pending", "Nobody has decided yet.");
    case admin::DeviceAnswer::kSlowDown: return tool_error(400, "slow_down", "Ask every five seconds.");
    case admin::DeviceAnswer::kDenied: return tool_error(400, "access_denied", "It was refused in the browser.");
    case admin::DeviceAnswer::kExpired: return tool_error(400, "expired_token", "This device code is over; begin again.");
    case admin::DeviceAnswer::kGiven: break;
  }
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(key.value().expires_at - visit.now()).count();
  return tool_answer(200, {{"access_token", key.value().key.text.expose()},
                           {"token_type", "Bearer"},
                           {"expires_in", left},
                           {"expires_at", format_instant(key.value().expires_at)},
                           {"user", key.value().email}});
}

Response code_page(const Visit& visit, int status, std::string_view wrong) {
  std::string body;
  if (!wrong.empty()) body += note(wrong, true);
  body += "<form method=\"get\" action=\"/device\">" +
          field("The code that your command line shows", "code", "text", "off", {}, "Eight letters, such as BCDF-GHJK.") +
          button("Go on") + "</form>";
  return own_page(visit, status, "A command line waits", std::move(body));
}

Response show(Visit& visit) {
  const std::string& code = visit.query.get("code");
  if (code.empty()) return code_page(visit, 200, {});
  if (!visit.fresh()) return ask_to_prove("/device?code=" + percent_encoded(code));
  const auto found = admin::look_at_device(visit.services, *visit.session, visit.client, code);
  if (!found) return code_page(visit, page_status(found.error().code), found.error().public_detail);
  const auto word = [&found](std::string_view name) {
    return html(std::string(found.value().at(json::string_view(name.data(), name.size())).as_string()));
  };
  const std::string token = admin::csrf_of(visit.services, *visit.session);
  std::string body = "<p><strong>" + word("name") + "</strong>, from " + word("address") + ", asked at " + word("asked_at") +
                     " to act as <strong>" + html(visit.session->user.email) +
                     "</strong>, with your role, for 30 days.</p><p>Did you start it yourself just now, and does it show <code>" +
                     html(code) + "</code>? If not, refuse: whoever did would act in your name.</p><div class=\"row\">";
  body += form("/device", token, hidden("code", code) + hidden("decision", "approve") + button("Yes, let it act as me"));
  body += form("/device", token, hidden("code", code) + hidden("decision", "deny") + button("Refuse", true)) + "</div>";
  return own_page(visit, 200, "Let a command line act as you?", std::move(body));
}

Response decide(Visit& visit) {
  const std::string& code = visit.form.get("code");
  const bool approve = visit.form.get("decision") == "approve";
  // Refusing gives nothing away, and must not wait.
  if (approve && !visit.fresh()) return ask_to_prove("/device?code=" + percent_encoded(code));
  const auto done = admin::decide_device(visit.services, *visit.session, visit.client, code, approve);
  if (!done) return code_page(visit, page_status(done.error().code), done.error().public_detail);
  return own_page(visit, 200, approve ? "Done" : "Refused",
                  note(approve ? "The command line goes on by itself. You may close this page." : "It gets nothing.", false));
}

}  // namespace

const std::vector<WebRoute>& device_pages() {
  static const std::vector<WebRoute> routes{
      {"POST", "/login/device", Door::kTool, ask},
      {"POST", "/login/token", Door::kTool, fetch},
      {"GET", "/device", Door::kSession, show},
      {"POST", "/device", Door::kSession, decide},
  };
  return routes;
}

}  // namespace gatehouse::web
