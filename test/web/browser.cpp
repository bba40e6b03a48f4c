#include "test/web/browser.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "web/fields.h"

namespace gatehouse::test {
namespace {

namespace json = boost::json;

std::string unescaped(std::string text) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"&quot;", "\""}, {"&#39;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

std::string between(const std::string& text, const std::string& before, const std::string& after, std::size_t& at) {
  const std::size_t begin = text.find(before, at);
  if (begin == std::string::npos) {
    at = std::string::npos;
    return {};
  }
  const std::size_t end = text.find(after, begin + before.size());
  at = end;
  return text.substr(begin + before.size(), end - begin - before.size());
}

std::string number(std::size_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}

/// CBOR of a byte string.
std::string cbor_bytes(const std::string& bytes) {
  if (bytes.size() < 24) return std::string(1, static_cast<char>(0x40 + bytes.size())) + bytes;
  if (bytes.size() < 256) return "\x58" + number(bytes.size(), 1) + bytes;
  return "\x59" + number(bytes.size(), 2) + bytes;
}

std::string client_data(const std::string& type, const json::object& options, const std::string& origin) {
  return json::serialize(json::object{{"type", type},
                                      {"challenge", to_base64url(as_bytes(std::string(options.at("challenge").as_string())))},
                                      {"origin", origin},
                                      {"crossOrigin", false}});
}

json::string coded(const std::string& bytes) { return json::string(to_base64url(as_bytes(bytes))); }

}  // namespace

std::string Browser::location(const api::Response& response) {
  for (const auto& [name, value] : response.fields) {
    if (name == "Location") return value;
  }
  return {};
}

api::Response Browser::send(api::Request request) {
  request.id = "request000000001";
  request.address = address;
  request.fields.emplace_back("Host", host);
  request.fields.emplace_back("User-Agent", "test browser");
  std::string all;
  for (const auto& [name, value] : cookies) all += (all.empty() ? "" : "; ") + name + "=" + value;
  if (!all.empty()) request.fields.emplace_back("Cookie", all);
  if (request.method != "GET" && !origin.empty()) request.fields.emplace_back("Origin", origin);
  api::Response response = web_.handle(request);
  for (const auto& [name, value] : response.fields) {
    if (name != "Set-Cookie") continue;
    const std::size_t equals = value.find('=');
    const std::string content = value.substr(equals + 1, value.find(';') - equals - 1);
    EXPECT_NE(value.find("; Path=/; Secure; HttpOnly; SameSite=Lax"), std::string::npos) << value;
    if (content.empty()) {
      cookies.erase(value.substr(0, equals));
    } else {
      cookies[value.substr(0, equals)] = content;
    }
  }
  if (response.content_type.rfind("text/html", 0) == 0) shown = response.body;
  return response;
}

api::Response Browser::get(const std::string& target) {
  api::Request request;
  request.method = "GET";
  request.target = target;
  return send(std::move(request));
}

api::Response Browser::post(const std::string& target, const FormFields& fields) {
  api::Request request;
  request.method = "POST";
  request.target = target;
  for (const auto& [name, value] : fields)
    request.body += (request.body.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  request.fields.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return send(std::move(request));
}

api::Response Browser::submit(const std::string& action, const FormFields& fields) {
  std::size_t at = 0;
  const std::string form = between(shown, "action=\"" + action + "\">", "</form>", at);
  if (at == std::string::npos) throw std::runtime_error("the page has no form " + action + ": " + shown);
  FormFields all = fields;
  for (std::size_t from = 0;;) {
    const std::string name = between(form, "type=\"hidden\" name=\"", "\"", from);
    if (from == std::string::npos) break;
    const std::string value = between(form, "value=\"", "\"", from);
    bool given = false;
    for (const auto& [have, _] : fields) given = given || have == name;
    if (!given) all.emplace_back(name, unescaped(value));
  }
  return post(action, all);
}

json::object Browser::ask(const std::string& target, const json::object& body, int expected) {
  api::Request request;
  request.method = "POST";
  request.target = target;
  request.body = json::serialize(body);
  request.fields.emplace_back("Content-Type", "application/json");
  if (!csrf.empty()) request.fields.emplace_back("Gatehouse-CSRF", csrf);
  const api::Response response = send(std::move(request));
  EXPECT_EQ(response.status, expected) << target << ": " << response.body;
  return response.body.empty() ? json::object() : json::parse(response.body).as_object();
}

Authenticator::Authenticator(KeyKind kind) : kind_(kind) {
  id = "credential of kind " + std::to_string(static_cast<int>(kind));
  EVP_PKEY* made = nullptr;
  switch (kind) {
    case KeyKind::kEs256: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); break;
    case KeyKind::kEdDsa: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    case KeyKind::kRs256: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}); break;
  }
  key_.reset(made, EVP_PKEY_free);
}

Authenticator::~Authenticator() = default;

std::string Authenticator::data(const std::string& party, unsigned flags) const {
  const auto hash = crypto::sha256(party);
  return std::string(as_text(hash)) + static_cast<char>(flags | 1U | (verified ? 4U : 0U)) + number(count, 4);
}

std::string Authenticator::sign(const std::string& message) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, kind_ == KeyKind::kEdDsa ? nullptr : EVP_sha256(), nullptr, key_.get());
  std::string out(1024, '\0');
  std::size_t size = out.size();
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                 reinterpret_cast<const unsigned char*>(message.data()), message.size());
  EVP_MD_CTX_free(context);
  out.resize(size);
  return out;
}

std::string Authenticator::cose() const {
  std::string raw(600, '\0');
  std::size_t size = raw.size();
  auto* bytes = reinterpret_cast<unsigned char*>(raw.data());
  if (kind_ == KeyKind::kRs256) {
    BIGNUM* n = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_RSA_N, &n);
    raw.resize(static_cast<std::size_t>(BN_bn2bin(n, bytes)));
    BN_free(n);
    return std::string("\xa4\x01\x03\x03\x39\x01\x00\x20", 8) + cbor_bytes(raw) + std::string("\x21\x43\x01\x00\x01", 5);
  }
  if (kind_ == KeyKind::kEdDsa) {
    EVP_PKEY_get_raw_public_key(key_.get(), bytes, &size);
    raw.resize(size);
    return "\xa4\x01\x01\x03\x27\x20\x06\x21" + cbor_bytes(raw);
  }
  EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, bytes, raw.size(), &size);
  raw.resize(size);
  return "\xa5\x01\x02\x03\x26\x20\x01\x21" + cbor_bytes(raw.substr(1, 32)) + "\x22" + cbor_bytes(raw.substr(33, 32));
}

json::object Authenticator::create(const json::object& options, const std::string& origin) const {
  const std::string party(options.at("rp").as_object().at("id").as_string());
  const std::string whole = data(party, 0x40) + std::string(16, '\0') + number(id.size(), 2) + id + cose();
  const std::string attestation =
      "\xa3\x63"
      "fmt\x64none\x67"
      "attStmt\xa0\x68"
      "authData" +
      cbor_bytes(whole);
  return {{"challenge", options.at("challenge")},
          {"name", "in software"},
          {"client_data", coded(client_data("webauthn.create", options, origin))},
          {"attestation_object", coded(attestation)}};
}

json::object Authenticator::get(const json::object& options, const std::string& origin) {
  count += static_cast<unsigned>(counts);
  const std::string party(options.at("rpId").as_string());
  const std::string said = client_data("webauthn.get", options, origin);
  const std::string head = data(party, 0);
  const auto digest = crypto::sha256(said);
  return {{"challenge", options.at("challenge")},
          {"credential", coded(id)},
          {"client_data", coded(said)},
          {"authenticator_data", coded(head)},
          {"signature", coded(sign(head + std::string(as_text(digest))))}};
}

}  // namespace gatehouse::test
