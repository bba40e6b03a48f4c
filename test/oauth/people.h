// People: a person signed in at the gate, and an app that they can consent to; as the browser and the app do it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "admin/apps.h"
#include "admin/authorize_ticket.h"
#include "admin/find.h"
#include "admin/sessions.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "oauth/gate_session.h"
#include "oauth/parameters.h"
#include "oauth/presented.h"
#include "test/oauth/asking.h"

namespace gatehouse::oauth {

inline const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline const std::string kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
inline const std::string kRedirect = "https://app.example/callback";

class People : public testing::Test {
 protected:
  void SetUp() override {
    admin::CreateApp wanted;
    wanted.name = "Sprint report";
    wanted.redirect_uris = {kRedirect, "http://127.0.0.1/cb"};
    wanted.scopes = {"read:jira-work", "write:jira-work"};
    wanted.resources = {"acme/A", "acme/B"};
    wanted.device = true;
    const auto made = test::must(admin::create_app(it.world.services(), it.world.caller(), wanted));
    app = {std::string(made.document.at("client_id").as_string()), made.token.expose()};
    sign_in();
  }

  /// As the browser does it: a session of the panel, a ticket, the cookie of the gate.
  void sign_in() {
    admin::Services& services = it.world.services();
    auto work = test::must(services.database.begin());
    user = test::must(admin::find_user(*work.operator->(), test::kAdministrator)).value;
    const admin::SignedIn how = test::must(admin::open_session(services, *work.operator->(), user, "password", {}));
    test::must(admin::commit(services, std::move(work), admin::make_event(it.world.caller(), "test", "user", user.id.value, "")));
    const auto session = test::must(admin::find_session(services, how.cookie.expose()));
    gateway::AuthorizationRequest leaving = get("/authorize", query());
    const Answer away = it.send(leaving);
    const std::string cookie = cookie_in(away.head, "__Host-gatehouse-leaving");
    const std::string ticket = admin::make_authorize_ticket(services, session, to_base64url(crypto::sha256(cookie)));
    std::string arrival;
    append_form("ticket", ticket, arrival);
    append_form("to", query(), arrival);
    gateway::AuthorizationRequest arriving = get("/authorize/arrive", arrival);
    arriving.cookie = SecretString("__Host-gatehouse-leaving=" + cookie);
    const Answer here = it.send(arriving);
    gate = cookie_in(here.head, "__Host-gatehouse-gate");
    // Nobody else's browser can take the ticket, and it works once.
    EXPECT_FALSE(gate.empty());
    EXPECT_EQ(it.send(arriving).status, 400);
  }

  static std::string cookie_in(const std::string& head, const std::string& name) {
    const std::size_t from = head.find(name + "=");
    if (from == std::string::npos) return {};
    const std::size_t begin = from + name.size() + 1;
    return head.substr(begin, head.find(';', begin) - begin);
  }
  static std::string location_in(const std::string& head) {
    const std::size_t from = head.find("Location: ");
    return from == std::string::npos ? std::string() : head.substr(from + 10, head.find('\r', from) - from - 10);
  }
  static std::string parameter(const std::string& location, const std::string& name) {
    const auto parsed = Parameters::from_form(location.substr(location.find('?') + 1));
    return parsed ? parsed.value().text(name) : std::string();
  }

  gateway::AuthorizationRequest get(const std::string& path, const std::string& with) {
    gateway::AuthorizationRequest asked = Asking::request(path, {});
    asked.method = http::Method::kGet;
    asked.query = with;
    if (!gate.empty()) asked.cookie = SecretString("__Host-gatehouse-gate=" + gate);
    return asked;
  }
  std::string query(Form more = {}) {
    Form all{{"response_type", "code"},
             {"client_id", app.id},
             {"redirect_uri", kRedirect},
             {"scope", "read:jira-work offline_access"},
             {"state", "xyz"},
             {"code_challenge", kChallenge},
             {"code_challenge_method", "S256"},
             {"audience", "api.atlassian.com"}};
    for (auto& [name, value] : more) {
      const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
      if (found == all.end()) {
        all.emplace_back(name, value);
      } else {
        found->second = value;
      }
    }
    std::string out;
    for (const auto& [name, value] : all) append_form(name, value, out);
    return out;
  }
  std::string page(const std::string& with) {
    const http::ElsewhereAnswer answer = it.server.answer(get("/authorize", with));
    return answer.head + "\n" + answer.body.expose();
  }
  static std::string hidden_in(const std::string& page, const std::string& name) {
    const std::string mark = "name=\"" + name + "\" value=\"";
    const std::size_t from = page.find(mark);
    return from == std::string::npos ? std::string()
                                     : page.substr(from + mark.size(), page.find('"', from + mark.size()) - from - mark.size());
  }
  Answer decide(const std::string& with, Form more, const std::string& origin = "http://127.0.0.1:8480") {
    const std::string shown = page(with);
    Form form{{"query", with}, {"csrf", hidden_in(shown, "csrf")}};
    for (auto& one : more) form.push_back(std::move(one));
    gateway::AuthorizationRequest asked = Asking::request("/authorize", form);
    asked.cookie = SecretString("__Host-gatehouse-gate=" + gate);
    asked.origin = origin;
    return it.send(asked);
  }
  std::string resource(const std::string& page, std::size_t at) { return hidden_in(page, "r" + std::to_string(at)); }
  /// Consents to acme/A alone.
  std::string code(Form more = {}) {
    const std::string with = query(std::move(more));
    // Remembered, once it was given.
    const std::string at_once = parameter(location_in(it.send(get("/authorize", with)).head), "code");
    if (!at_once.empty()) return at_once;
    return parameter(location_in(decide(with, {{"r0", resource(page(with), 0)}, {"decision", "allow"}}).head), "code");
  }
  Answer redeem(const std::string& with, Form more = {}) {
    Form form{{"grant_type", "authorization_code"}, {"code", with}, {"redirect_uri", kRedirect}, {"code_verifier", kVerifier}};
    for (auto& [name, value] : more) {
      std::erase_if(form, [&](const auto& one) { return one.first == name; });
      if (!value.empty()) form.emplace_back(name, value);
    }
    return it.post("/oauth/token", form, &app);
  }
  Answer refresh(const std::string& token) {
    return it.post("/oauth/token", {{"grant_type", "refresh_token"}, {"refresh_token", token}}, &app);
  }
  bool active(const std::string& token) {
    Context context(it.world.services());
    const auto seen = look_at_access_token(context, token);
    return seen && seen->active;
  }
  void pass(Duration time) {
    it.world.clock().advance(time);
    it.world.services().index.set_fresh(it.world.clock().now());
  }

  Asking it;
  Client app;
  User user;
  std::string gate;
};

}  // namespace gatehouse::oauth
