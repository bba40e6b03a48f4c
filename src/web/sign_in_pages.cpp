// Signing in and out, and proving oneself again.
#include "admin/passwords.h"
#include "admin/sign_in.h"
#include "base/text.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;

std::string passkey_button(const Visit& visit, std::string_view what, std::string_view label) {
  std::string out = "<h2>Or without a password</h2><p><button type=\"button\" hidden data-passkey=\"" + std::string(what) +
                    "\" data-next=\"" + html(visit.next()) + "\"";
  if (visit.session) out += " data-csrf=\"" + html(admin::csrf_of(visit.services, *visit.session)) + "\"";
  return out + ">" + html(label) + "</button></p><p id=\"passkey-told\" role=\"status\"></p>";
}

Response sign_in_page(const Visit& visit, int status, std::string_view wrong, std::string_view email) {
  std::string body;
  if (!wrong.empty()) body += note(wrong, true);
  body += form("/sign-in", "",
               hidden("next", visit.next()) + field("E-mail address", "email", "email", "username", email) +
                   field("Password", "password", "password", "current-password") + button("Sign in"));
  if (visit.options.provider) {
    body += "<p><a href=\"/sign-in/provider?next=" + html(percent_encoded(visit.next())) + "\">Sign in with " +
            html(visit.options.provider->name()) + "</a></p>";
  }
  body += passkey_button(visit, "sign-in", "Sign in with a passkey");
  body +=
      "<p>Locked out? On the host, <code>gatehouse user reset-link EMAIL --data DIR</code> prints a link that signs in once.</p>";
  return page(status, {"Sign in", std::move(body), {}, {}, true});
}

Response code_page(const Visit& visit, int status, std::string_view pending, std::string_view wrong) {
  std::string body;
  if (!wrong.empty()) body += note(wrong, true);
  body +=
      form("/sign-in/code", "",
           hidden("next", visit.next()) + hidden("pending", pending) +
               field("Code", "code", "text", "one-time-code", {}, "Of your authenticator app, or one of your recovery codes.") +
               button("Go on"));
  return page(status, {"One more thing", std::move(body)});
}

Response show_sign_in(Visit& visit) {
  if (visit.session) return redirect(visit.next());
  return sign_in_page(visit, 200, {}, {});
}

Response sign_in(Visit& visit) {
  const std::string& email = visit.form.get("email");
  const SecretString password(visit.form.get("password"));
  const auto answer = admin::sign_in_by_password(visit.services, visit.client, email, password);
  if (!answer) {
    if (page_status(answer.error().code) >= 500) return error_page(visit, answer.error());
    return sign_in_page(visit, page_status(answer.error().code), answer.error().public_detail, email);
  }
  if (const auto* more = std::get_if<admin::NeedsCode>(&answer.value())) return code_page(visit, 200, more->pending, {});
  return signed_in(std::get<admin::SignedIn>(answer.value()), visit.next());
}

Response sign_in_code(Visit& visit) {
  const std::string& pending = visit.form.get("pending");
  const auto how = admin::sign_in_by_code(visit.services, visit.client, pending, visit.form.get("code"));
  if (how) return signed_in(how.value(), visit.next());
  if (page_status(how.error().code) >= 500) return error_page(visit, how.error());
  return code_page(visit, page_status(how.error().code), pending, how.error().public_detail);
}

/// Signs in at once: the link was printed on the host or told in person, and no mail program has seen it.
Response follow_link(Visit& visit) {
  if (visit.request.method != "GET") return error_page(visit, fail(Errc::kInvalidArgument, "This link is to be opened (GET)."));
  const std::string_view link = std::string_view(visit.path).substr(std::string_view("/sign-in/link/").size());
  const auto how = admin::sign_in_by_link(visit.services, visit.client, link);
  if (!how) return error_page(visit, how.error());
  return signed_in(how.value(), "/account");
}

Response sign_out(Visit& visit) {
  const auto ended = admin::end_session(visit.services, admin::caller_of(*visit.session, visit.client), visit.session->user.id,
                                        visit.session->session.id);
  if (!ended && ended.error().code != Errc::kNotFound) return error_page(visit, ended.error());
  Response response = redirect("/sign-in");
  drop_session_cookie(response);
  return response;
}

Response sign_out_everywhere(Visit& visit) {
  const auto ended =
      admin::end_sessions(visit.services, admin::caller_of(*visit.session, visit.client), visit.session->user.id.value, "");
  if (!ended) return error_page(visit, ended.error());
  Response response = redirect("/sign-in");
  drop_session_cookie(response);
  return response;
}

Response step_up_page(const Visit& visit, int status, std::string_view wrong) {
  const auto reader = visit.services.database.read();
  if (!reader) return error_page(visit, reader.error());
  const auto login = reader.value()->sign_in.login(visit.session->user.id);
  if (!login) return error_page(visit, login.error());
  std::string body =
      "<p>A secret is to be made, or an authority given. Show once more that it is you; that holds for ten minutes.</p>";
  if (!wrong.empty()) body += note(wrong, true);
  if (!login.value().sealed_password.empty()) {
    std::string inside = hidden("next", visit.next()) + field("Password", "password", "password", "current-password");
    if (!login.value().sealed_code_key.empty()) inside += field("Code", "code", "text", "one-time-code");
    body += form("/step-up", admin::csrf_of(visit.services, *visit.session), inside + button("It is me"));
  } else {
    body += note("You have no password yet. Use a passkey, or a new link: gatehouse user reset-link on the host.", false);
  }
  if (visit.options.provider) {
    body += "<p><a href=\"/step-up/provider?next=" + html(percent_encoded(visit.next())) + "\">Sign in once more with " +
            html(visit.options.provider->name()) + "</a></p>";
  }
  body += passkey_button(visit, "prove", "Use a passkey");
  return own_page(visit, status, "Is it you?", std::move(body), true);
}

Response show_step_up(Visit& visit) { return step_up_page(visit, 200, {}); }

Response step_up(Visit& visit) {
  const SecretString password(visit.form.get("password"));
  const auto how = admin::prove_again(visit.services, *visit.session, visit.client, password, visit.form.get("code"));
  if (how) return signed_in(how.value(), visit.next());
  if (page_status(how.error().code) >= 500) return error_page(visit, how.error());
  return step_up_page(visit, page_status(how.error().code), how.error().public_detail);
}

}  // namespace

const std::vector<WebRoute>& sign_in_pages() {
  static const std::vector<WebRoute> routes{
      {"GET", "/sign-in", Door::kOpen, show_sign_in},       {"POST", "/sign-in", Door::kOpen, sign_in},
      {"POST", "/sign-in/code", Door::kOpen, sign_in_code}, {"GET", "/sign-in/link/", Door::kOpen, follow_link},
      {"POST", "/sign-out", Door::kSession, sign_out},      {"POST", "/sign-out-everywhere", Door::kSession, sign_out_everywhere},
      {"GET", "/step-up", Door::kSession, show_step_up},    {"POST", "/step-up", Door::kSession, step_up},
  };
  return routes;
}

}  // namespace gatehouse::web
