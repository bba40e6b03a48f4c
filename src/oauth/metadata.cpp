#include <boost/json.hpp>

#include "base/encoding.h"
#include "oauth/endpoints.h"

namespace gatehouse::oauth {

namespace json = boost::json;

namespace {

json::array texts(std::initializer_list<std::string_view> all) {
  json::array out;
  for (const std::string_view one : all) out.emplace_back(json::string_view(one.data(), one.size()));
  return out;
}

json::array scopes() {
  json::array out;
  out.emplace_back("offline_access");
  for (ScopeIndex scope = 0; scope < scope_count(); ++scope) out.emplace_back(scope_name(scope));
  return out;
}

}  // namespace

http::ElsewhereAnswer metadata_endpoint(Context& context) {
  const std::string& issuer = context.issuer();
  const json::array methods = texts({"client_secret_basic", "client_secret_post", "private_key_jwt"});
  const json::array algorithms = texts({"EdDSA", "Ed25519", "ES256", "RS256"});
  json::object body;
  body["issuer"] = issuer;
  body["authorization_endpoint"] = issuer + "/authorize";
  body["authorization_response_iss_parameter_supported"] = true;
  body["code_challenge_methods_supported"] = texts({"S256"});
  body["response_modes_supported"] = texts({"query"});
  body["prompt_values_supported"] = texts({"none", "login", "consent", "select_account"});
  body["device_authorization_endpoint"] = issuer + "/oauth/device_authorization";
  body["token_endpoint"] = issuer + "/oauth/token";
  body["revocation_endpoint"] = issuer + "/oauth/revoke";
  body["introspection_endpoint"] = issuer + "/oauth/introspect";
  body["jwks_uri"] = issuer + "/.well-known/jwks.json";
  body["grant_types_supported"] =
      texts({"authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code",
             "urn:ietf:params:oauth:grant-type:token-exchange"});
  body["response_types_supported"] = texts({"code"});
  for (const char* endpoint : {"token", "revocation", "introspection"}) {
    json::array mine = methods;
    if (endpoint != std::string_view("introspection")) mine.emplace_back("none");
    body[std::string(endpoint) + "_endpoint_auth_methods_supported"] = std::move(mine);
    body[std::string(endpoint) + "_endpoint_auth_signing_alg_values_supported"] = algorithms;
  }
  body["scopes_supported"] = scopes();
  body["authorization_details_types_supported"] = texts({"gatehouse_resource"});
  return public_answer(body);
}

http::ElsewhereAnswer key_set_endpoint(Context& context) {
  json::array keys;
  const auto snapshot = context.services.feed->access_keys().snapshot();
  for (const token::AccessKey& key : snapshot->all()) {
    if (!key.signing || key.ends_at <= context.now()) continue;
    json::object jwk{{"use", "sig"}, {"kid", key.id}, {"alg", token::to_string(key.form)}};
    const bool ec = key.form == token::AccessForm::kEs256;
    jwk["kty"] = ec ? "EC" : "OKP";
    jwk["crv"] = ec ? "P-256" : "Ed25519";
    jwk["x"] = to_base64url(key.signing->x());
    if (ec) jwk["y"] = to_base64url(key.signing->y());
    keys.push_back(std::move(jwk));
  }
  return public_answer(json::object{{"keys", std::move(keys)}});
}

}  // namespace gatehouse::oauth
