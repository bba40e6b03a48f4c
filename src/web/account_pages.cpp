// One's own account: password, one-time codes, passkeys, sessions. Whatever weakens or opens it asks for a fresh proof first.
#include "admin/passkeys.h"
#include "admin/passwords.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;

std::string csrf(const Visit& visit) { return admin::csrf_of(visit.services, *visit.session); }

std::string text_of(const boost::json::value& item, std::string_view name) {
  const auto* member = item.as_object().if_contains(boost::json::string_view(name.data(), name.size()));
  return member && member->is_string() ? std::string(member->get_string()) : std::string("never");
}

std::string password_part(const Visit& visit, const store::Login& login) {
  std::string out = "<h2>Password</h2><p>";
  out += login.password_set_at ? "Set on " + html(format_instant(*login.password_set_at)) + "." : std::string("None yet.");
  out += "</p>";
  return out + form("/account/password", csrf(visit),
                    field("New password", "password", "password", "new-password", {},
                          "At least 15 characters; a sentence is easy to remember. Ends your other sessions.") +
                        field("Once more", "again", "password", "new-password") + button("Set password"));
}

std::string codes_part(const Visit& visit, const store::Login& login) {
  if (login.sealed_code_key.empty()) {
    return "<h2>One-time codes</h2><p>Not set up. With an authenticator app a stolen password alone opens nothing.</p>" +
           form("/account/codes/begin", csrf(visit), button("Set up codes"));
  }
  return "<h2>One-time codes</h2><p>Set up; " + std::to_string(login.recovery_hashes.size()) + " recovery codes are left.</p>" +
         form("/account/codes/remove", csrf(visit), button("Remove codes", true));
}

std::string passkeys_part(const Visit& visit, const admin::Documents& passkeys) {
  std::string out = "<h2>Passkeys</h2>";
  if (!passkeys.items.empty()) {
    out +=
        "<table><caption>Your passkeys</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Added</th><th "
        "scope=\"col\">Last used</th><th scope=\"col\"></th></tr></thead><tbody>";
    for (const auto& one : passkeys.items) {
      out += "<tr><td>" + html(text_of(one, "name")) + "</td><td>" + html(text_of(one, "created_at")) + "</td><td>" +
             html(text_of(one, "last_used_at")) + "</td><td>" +
             form("/account/passkeys/remove", csrf(visit), hidden("id", text_of(one, "id")) + button("Remove", true)) +
             "</td></tr>";
    }
    out += "</tbody></table>";
  }
  return out +
         "<p><label for=\"f-passkey-name\">Name of a new passkey</label><input id=\"f-passkey-name\" maxlength=\"100\" "
         "autocomplete=\"off\" value=\"\"></p><p><button type=\"button\" hidden data-passkey=\"add\" data-csrf=\"" +
         html(csrf(visit)) + "\">Add a passkey</button></p><p id=\"passkey-told\" role=\"status\"></p>";
}

std::string sessions_part(const Visit& visit, const admin::Documents& sessions) {
  std::string out =
      "<h2>Where you are signed in</h2><table><caption>Your sessions</caption><thead><tr><th scope=\"col\">Since</th><th "
      "scope=\"col\">Last used</th><th scope=\"col\">From</th><th scope=\"col\"></th></tr></thead><tbody>";
  for (const auto& one : sessions.items) {
    const bool present = one.as_object().at("present").as_bool();
    out += "<tr><td>" + html(text_of(one, "created_at")) + "</td><td>" + html(text_of(one, "last_used_at")) + "</td><td>" +
           html(text_of(one, "address")) + " <small>" + html(text_of(one, "user_agent")) + "</small></td><td>";
    out += present ? std::string("this one")
                   : form("/account/sessions/end", csrf(visit), hidden("id", text_of(one, "id")) + button("End", true));
    out += "</td></tr>";
  }
  return out + "</tbody></table>" + form("/sign-out-everywhere", csrf(visit), button("Sign out everywhere", true));
}

std::string atlassian_part(const Visit& visit) {
  std::string out =
      "<h2>Atlassian</h2><p>With your own sign-in at Atlassian, Jira and Confluence themselves tell which projects and spaces "
      "you "
      "administer.</p>";
  const auto known = admin::show_atlassian(visit.services, visit.session->user.id.value);
  if (known) {
    const boost::json::object& one = known.value();
    const bool ended = !one.at("ended_at").is_null();
    out += "<p>Connected as " + html(text_of(one, "name")) + " since " + html(text_of(one, "connected_at")) + "." +
           (ended ? " Atlassian takes it no more: connect anew." : "") + "</p>";
    for (const auto& each : one.at("administers").as_array()) {
      out += "<p>You administer " + html(text_of(each, "resource")) + " <small>(asked " + html(text_of(each, "checked_at")) +
             ")</small></p>";
    }
    out += form("/account/atlassian/disconnect", csrf(visit), button("Disconnect", true));
  }
  return out + "<p><a href=\"/account/atlassian\">" + (known ? "Connect anew" : "Connect with Atlassian") + "</a></p>";
}

Response account_page(const Visit& visit, int status, std::string_view told, bool wrong) {
  const UserId& user = visit.session->user.id;
  const auto reader = visit.services.database.read();
  if (!reader) return error_page(visit, reader.error());
  const auto login = reader.value()->sign_in.login(user);
  const auto passkeys = admin::list_passkeys(visit.services, user);
  const auto sessions = admin::list_sessions(visit.services, user, visit.session->session.id);
  if (!login) return error_page(visit, login.error());
  if (!passkeys) return error_page(visit, passkeys.error());
  if (!sessions) return error_page(visit, sessions.error());
  std::string body;
  if (!told.empty()) body += note(told, wrong);
  if (visit.session->session.way == "link" && login.value().sealed_password.empty() && passkeys.value().items.empty()) {
    body += note("You came by a link that works once. Set a password or add a passkey now, so that you can come again.", false);
  }
  if (visit.options.provider) {
    body += "<p><a href=\"/account/provider\">Connect with " + html(visit.options.provider->name()) + "</a></p>";
  }
  if (visit.options.atlassian) body += atlassian_part(visit);
  body += password_part(visit, login.value()) + codes_part(visit, login.value()) + passkeys_part(visit, passkeys.value()) +
          sessions_part(visit, sessions.value());
  return own_page(visit, status, "Your account", std::move(body), true);
}

Response refused(const Visit& visit, const Error& error) {
  if (page_status(error.code) >= 500) return error_page(visit, error);
  return account_page(visit, page_status(error.code), error.public_detail, true);
}

Response show(Visit& visit) { return account_page(visit, 200, {}, false); }

Response set_password(Visit& visit) {
  const SecretString password(visit.form.get("password"));
  if (password.expose() != visit.form.get("again")) return account_page(visit, 400, "The two passwords are not the same.", true);
  const auto how = admin::set_password(visit.services, *visit.session, visit.client, password);
  if (!how) return refused(visit, how.error());
  return signed_in(how.value(), "/account");
}

Response codes_page(const Visit& visit, int status, const SecretString& key, const SecretString& address,
                    std::string_view signed_key, std::string_view wrong) {
  std::string body;
  if (!wrong.empty()) body += note(wrong, true);
  // It came back with the form.
  const bool link = address.expose().rfind("otpauth://", 0) == 0;
  body += "<p>Enter this key in your authenticator app (time-based, 6 digits)" +
          (link ? ", or <a href=\"" + html(address.expose()) + "\">open it there</a>" : std::string()) +
          ":</p><p class=\"secret\">" + html(key.expose()) + "</p>";
  body += form("/account/codes/confirm", csrf(visit),
               hidden("signed_key", signed_key) + hidden("key", key.expose()) + hidden("address", address.expose()) +
                   field("The code that the app shows now", "code", "text", "one-time-code") + button("Turn on"));
  return own_page(visit, status, "One-time codes", std::move(body));
}

Response begin_codes(Visit& visit) {
  const auto setup = admin::begin_codes(visit.services, *visit.session);
  if (!setup) return refused(visit, setup.error());
  return codes_page(visit, 200, setup.value().key, setup.value().address, setup.value().signed_key, {});
}

Response confirm_codes(Visit& visit) {
  const auto shown =
      admin::confirm_codes(visit.services, *visit.session, visit.client, visit.form.get("signed_key"), visit.form.get("code"));
  if (!shown) {
    if (shown.error().field != "code") return refused(visit, shown.error());
    return codes_page(visit, 400, SecretString(visit.form.get("key")), SecretString(visit.form.get("address")),
                      visit.form.get("signed_key"), shown.error().public_detail);
  }
  std::string body =
      note("Codes are asked for from now on.", false) +
      "<p>Each of these recovery codes works once, if the app is lost. They are shown now and never again:</p><ul>";
  for (const SecretString& one : shown.value()) body += "<li class=\"secret\">" + html(one.expose()) + "</li>";
  return own_page(visit, 200, "Recovery codes", body + "</ul><p><a href=\"/account\">I have stored them</a></p>");
}

Response remove_codes(Visit& visit) {
  const auto done = admin::remove_codes(visit.services, *visit.session, visit.client);
  return done ? redirect("/account") : refused(visit, done.error());
}

Response remove_passkey(Visit& visit) {
  const auto done = admin::remove_passkey(visit.services, *visit.session, visit.client, visit.form.get("id"));
  return done ? redirect("/account") : refused(visit, done.error());
}

Response end_session(Visit& visit) {
  const auto done = admin::end_session(visit.services, admin::caller_of(*visit.session, visit.client), visit.session->user.id,
                                       visit.form.get("id"));
  return done ? redirect("/account") : refused(visit, done.error());
}

}  // namespace

const std::vector<WebRoute>& account_pages() {
  static const std::vector<WebRoute> routes{
      {"GET", "/account", Door::kSession, show},
      {"POST", "/account/password", Door::kFresh, set_password},
      {"POST", "/account/codes/begin", Door::kFresh, begin_codes},
      {"POST", "/account/codes/confirm", Door::kFresh, confirm_codes},
      {"POST", "/account/codes/remove", Door::kFresh, remove_codes},
      {"POST", "/account/passkeys/remove", Door::kFresh, remove_passkey},
      {"POST", "/account/sessions/end", Door::kSession, end_session},
  };
  return routes;
}

}  // namespace gatehouse::web
