// The device grant (RFC 8628): a tool without a browser asks, its person says yes on another machine, the tool fetches its
// tokens.
//
//   POST /oauth/device_authorization ─► codes      GET /device ─► /authorize?user_code=… ─► consent      POST /oauth/token
//
// What the person is asked is the consent page of /authorize, and what they give is the same consent. It is asked each time: a
// code that somebody else sent must never be confirmed by habit (section 5.4).
#include <boost/json.hpp>

#include "admin/device_login.h"
#include "oauth/consent.h"
#include "oauth/endpoints.h"
#include "oauth/gate_session.h"
#include "oauth/pages.h"

namespace gatehouse::oauth {
namespace {

/// What of the request counts; the rest is the client's authentication.
constexpr std::string_view kKept[] = {"scope", "authorization_details", "resource", "audience"};

std::int64_t in_seconds(Duration duration) { return std::chrono::duration_cast<std::chrono::seconds>(duration).count(); }

http::ElsewhereAnswer code_page(const Context& context, int status, std::string_view wrong) {
  std::string body;
  if (!wrong.empty()) body += "<p class=\"note\" role=\"alert\">" + html(wrong) + "</p>";
  body +=
      "<form method=\"get\" action=\"/authorize\"><label>The code that your device shows "
      "<input type=\"text\" name=\"user_code\" autocomplete=\"off\" autocapitalize=\"characters\" required></label>"
      "<button>Go on</button></form>";
  // Whoever is not signed in is led there by the form's answer.
  return page(status, "A device waits", body, context.panel_url());
}

/// The person's session, what waits under the code, and the app's request as it was stored.
struct Found {
  admin::LiveSession session;
  store::DeviceRequest device;
  Asked asked;
};

/// Nothing, and `answer` is what to say instead.
std::optional<Found> find_waiting(Context& context, const AuthorizationRequest& request, const std::string& user_code,
                                  http::ElsewhereAnswer& answer) {
  auto session = session_at_gate(context, request);
  if (!session) {
    std::string back;
    append_form("user_code", user_code, back);
    answer = ask_to_sign_in(context, back, false);
    return std::nullopt;
  }
  auto device = admin::find_app_device(context.services, *session, client_info(request), user_code);
  if (!device) {
    const bool too_often = device.error().code == Errc::kLimitExceeded;
    answer = code_page(context,
                       too_often                                ? 429
                       : device.error().code == Errc::kNotFound ? 404
                                                                : 503,
                       device.error().public_detail);
    return std::nullopt;
  }
  std::string why;
  auto asked = find_app(context, device.value().asked, why);
  if (!asked || !check_wanted(context, *asked)) {
    answer = bad_request("The app is not there any more, or may not ask for this any more.");
    return std::nullopt;
  }
  return Found{std::move(*session), std::move(device.value()), std::move(*asked)};
}

ConsentForm form_for(const Found& found, const std::string& user_code) {
  ConsentForm form;
  form.before = "<p>A device at <strong>" + html(found.device.address) + "</strong> asked at " +
                html(format_instant(found.device.created_at)) + ". Did you start it yourself just now, and does it show <code>" +
                html(user_code) + "</code>? If not, refuse: whoever did would act in your name.</p>";
  form.hidden = hidden("user_code", user_code);
  form.user_code = user_code;
  return form;
}

}  // namespace

http::ElsewhereAnswer device_authorization_endpoint(Context& context, const AuthorizationRequest& request) {
  const auto answer = [&]() -> Answered<boost::json::object> {
    if (!request.query.empty())
      return OAuthError{"invalid_request", "Parameters go into the body, not into the address.", 400, 0};
    GH_TRY(const Parameters parameters, Parameters::from_body(request));
    GH_TRY(const ProvenClient client, authenticate_client(context, request, parameters, Public::kAllowed));
    if (client.credential->kind != CredentialKind::kApp)
      return OAuthError{"unauthorized_client", "Only an app has this grant.", 400, 0};
    std::string query;
    const std::string client_id(token::as_view(client.credential->id));
    append_form("client_id", client_id, query);
    for (const std::string_view name : kKept) {
      for (const std::string& value : parameters.all(name)) append_form(name, value, query);
    }
    std::string why;
    auto asked = find_app(context, query, why);
    if (!asked) return invalid_client();
    if (!asked->client.device)
      return OAuthError{"unauthorized_client", "This app was not made for devices (gatehouse app create --device).", 400, 0};
    GH_TRYV(check_wanted(context, *asked));
    const auto device =
        admin::ask_for_device(context.services, client_info(request), asked->app_name, {client_id, std::move(query)});
    if (!device) {
      if (device.error().code == Errc::kInvalidArgument)
        return OAuthError{"invalid_request", device.error().public_detail, 400, 0};
      if (device.error().code == Errc::kLimitExceeded) return OAuthError{"slow_down", device.error().public_detail, 429, 60};
      return server_error(device.error());
    }
    std::string complete = context.issuer() + "/authorize?";
    append_form("user_code", device.value().user_code, complete);
    return boost::json::object{
        {"device_code", device.value().device_code.expose()}, {"user_code", device.value().user_code},
        {"verification_uri", context.issuer() + "/device"},   {"verification_uri_complete", complete},
        {"expires_in", in_seconds(admin::kDeviceFor)},        {"interval", in_seconds(admin::kDeviceInterval)}};
  }();
  return answer ? json_answer(answer.value()) : error_answer(answer.error());
}

http::ElsewhereAnswer verification_endpoint(Context& context, const AuthorizationRequest&) { return code_page(context, 200, {}); }

http::ElsewhereAnswer device_page(Context& context, const AuthorizationRequest& request) {
  const auto query = Parameters::from_form(request.query);
  if (!query || !query.value().has("user_code")) return code_page(context, 400, "Type the code that your device shows.");
  const std::string& user_code = query.value().text("user_code");
  http::ElsewhereAnswer instead;
  const auto found = find_waiting(context, request, user_code, instead);
  if (!found) return instead;
  const auto before = consent_of(context, found->session.user.id, found->asked);
  return consent_page(context, found->asked, found->session, before ? &*before : nullptr, form_for(*found, user_code), {});
}

http::ElsewhereAnswer device_decision(Context& context, const AuthorizationRequest& request, const Parameters& form) {
  const std::string& user_code = form.text("user_code");
  http::ElsewhereAnswer instead;
  const auto found = find_waiting(context, request, user_code, instead);
  if (!found) return instead;
  if (!is_ours(context, request, found->session, found->asked, form, user_code))
    return bad_request("This was not sent by the page of this address.");
  std::string code;
  if (form.text("decision") == "allow") {
    const auto consent = take_consent(context, request, found->session, found->asked, form);
    if (!consent) {
      if (consent.error().code != "invalid_request")
        return page(503, "That did not work", "<p>" + html(consent.error().description) + "</p>");
      return consent_page(context, found->asked, found->session, nullptr, form_for(*found, user_code),
                          consent.error().description);
    }
    code = seal_code(context, code_for(context, found->asked, consent.value(), found->device.ends_at));
  }
  const auto done = admin::decide_app_device(context.services, found->session, client_info(request), user_code, code);
  if (!done) return code_page(context, 404, done.error().public_detail);
  return code.empty() ? page(200, "Refused", "<p>The device gets nothing.</p>")
                      : page(200, "Done", "<p>The device goes on by itself. You may close this page.</p>");
}

Answered<boost::json::object> device_code(Context& context, const AuthorizationRequest& request, const Parameters& parameters,
                                          const ProvenClient& client) {
  if (client.credential->kind != CredentialKind::kApp)
    return OAuthError{"unauthorized_client", "Only an app has this grant.", 400, 0};
  const auto polled = admin::poll_app_device(context.services, parameters.text("device_code"),
                                             std::string(token::as_view(client.credential->id)));
  if (!polled) return server_error(polled.error());
  switch (polled.value().answer) {
    case admin::DeviceAnswer::kPending: return OAuthError{"authorization_pending", "Nobody has decided yet.", 400, 0};
    case admin::DeviceAnswer::kSlowDown: return OAuthError{"slow_down", "Ask every five seconds.", 400, 0};
    case admin::DeviceAnswer::kDenied: return OAuthError{"access_denied", "The person refused.", 400, 0};
    case admin::DeviceAnswer::kExpired: return OAuthError{"expired_token", "This device code is over; begin again.", 400, 0};
    case admin::DeviceAnswer::kGiven: break;
  }
  return redeem_code(context, request, polled.value().code, {}, client);
}

}  // namespace gatehouse::oauth
