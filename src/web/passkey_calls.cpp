// What scripts of these pages ask in JSON: passkeys, who is signed in, and the bearer for the REST API.
#include "admin/describe.h"
#include "admin/passkeys.h"
#include "base/encoding.h"
#include "policy/authority.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using api::Response;
namespace json = boost::json;

Response answer(const json::object& document, int status = 200) {
  Response response;
  response.status = status;
  response.body = json::serialize(document);
  return response;
}

/// The members of a small JSON object, all of them texts.
class Body {
 public:
  static Result<Body> read(const Visit& visit) {
    json::error_code problem;
    json::value parsed = json::parse(visit.request.body, problem);
    if (problem || !parsed.is_object()) return fail(Errc::kInvalidArgument, "The body must be one JSON object.");
    Body body;
    body.object_ = std::move(parsed.get_object());
    return body;
  }
  std::string text(std::string_view name) const {
    const auto* member = object_.if_contains(json::string_view(name.data(), name.size()));
    return member && member->is_string() ? std::string(member->get_string()) : std::string();
  }
  /// Of base64url; empty where it is none.
  std::string bytes(std::string_view name) const {
    const auto decoded = from_base64url(text(name));
    return decoded ? std::string(as_text(decoded.value())) : std::string();
  }

 private:
  json::object object_;
};

Response begin_add(Visit& visit) {
  const auto options = admin::begin_passkey(visit.services, relying_party(visit), *visit.session);
  return options ? answer(options.value()) : json_problem(visit, options.error());
}

Response add(Visit& visit) {
  const auto body = Body::read(visit);
  if (!body) return json_problem(visit, body.error());
  admin::PasskeyRegistration registration;
  registration.challenge = body.value().text("challenge");
  registration.name = body.value().text("name");
  registration.client_data = body.value().bytes("client_data");
  registration.attestation_object = body.value().bytes("attestation_object");
  const auto added = admin::add_passkey(visit.services, relying_party(visit), *visit.session, visit.client, registration);
  return added ? answer(added.value(), 201) : json_problem(visit, added.error());
}

Response begin_sign_in(Visit& visit) { return answer(admin::begin_passkey_sign_in(visit.services, relying_party(visit))); }

Response by_passkey(Visit& visit, const admin::LiveSession* session) {
  const auto body = Body::read(visit);
  if (!body) return json_problem(visit, body.error());
  admin::PasskeyAnswer given;
  given.challenge = body.value().text("challenge");
  given.credential = body.value().text("credential");
  given.assertion = {body.value().bytes("client_data"), body.value().bytes("authenticator_data"),
                     body.value().bytes("signature")};
  const auto how = admin::sign_in_by_passkey(visit.services, relying_party(visit), visit.client, given, session);
  if (!how) return json_problem(visit, how.error());
  Response response = answer({{"next", safe_next(body.value().text("next"), visit.options.public_url)}});
  add_session_cookies(response, how.value());
  return response;
}

Response sign_in(Visit& visit) { return by_passkey(visit, nullptr); }
Response prove(Visit& visit) { return by_passkey(visit, &*visit.session); }

Response who(Visit& visit) {
  const admin::LiveSession& session = *visit.session;
  return answer({{"user", session.user.email},
                 {"name", session.user.name},
                 {"role", admin::to_string(session.user.role)},
                 {"way", session.session.way},
                 {"csrf", admin::csrf_of(visit.services, session)},
                 {"proved_until", format_instant(session.session.proved_at + policy::kStepUpFor)},
                 {"ends_at", format_instant(session.session.ends_at)}});
}

Response bearer(Visit& visit) {
  return answer({{"bearer", admin::make_bearer(visit.services, *visit.session)},
                 {"expires_at", format_instant(visit.now() + admin::kBearerFor)}});
}

}  // namespace

const std::vector<WebRoute>& passkey_calls() {
  static const std::vector<WebRoute> routes{
      {"POST", "/sign-in/passkey/begin", Door::kOpen, begin_sign_in},
      {"POST", "/sign-in/passkey", Door::kOpen, sign_in},
      {"POST", "/step-up/passkey", Door::kSession, prove},
      {"POST", "/account/passkeys/begin", Door::kFresh, begin_add},
      {"POST", "/account/passkeys", Door::kFresh, add},
      {"GET", "/session", Door::kSession, who},
      {"POST", "/session/bearer", Door::kSession, bearer},
  };
  return routes;
}

}  // namespace gatehouse::web
