#include "admin/jwt.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "token/strict_json.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostToken = 16 * 1024;

Error refused(std::string why) {
  return fail(Errc::kUnauthenticated, "The company's provider answered with a token that is not good.", "JWT: " + std::move(why));
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(json::string_view(name.data(), name.size()));
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::vector<std::byte> bytes_of(const json::object& object, std::string_view name) {
  auto decoded = from_base64url(text_of(object, name));
  return decoded ? std::move(decoded.value()) : std::vector<std::byte>();
}

Result<json::object> part_of(std::string_view text) {
  const auto decoded = from_base64url(text);
  if (!decoded) return refused("not base64url");
  auto parsed = token::parse_strict(as_text(decoded.value()));
  if (!parsed) return refused("not a JSON object, or one with a member twice");
  return std::move(*parsed);
}

struct Parts {
  std::string_view head;
  std::string_view claims;
  std::string_view signature;
  std::string_view signed_text;
};

Result<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kMostToken || second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return refused("not three parts");
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

std::string_view name_of(crypto::SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case crypto::SignatureAlgorithm::kEs256: return "ES256";
    case crypto::SignatureAlgorithm::kEdDsa: return "EdDSA";
    case crypto::SignatureAlgorithm::kRs256: return "RS256";
  }
  return {};
}

/// RFC 9864 names the curve in the algorithm: Ed25519 is what RFC 8037 calls EdDSA, where the curve is that one.
bool is_named(crypto::SignatureAlgorithm algorithm, std::string_view name) {
  return name == name_of(algorithm) || (algorithm == crypto::SignatureAlgorithm::kEdDsa && name == "Ed25519");
}

Result<crypto::PublicKey> read_key(const json::object& key) {
  const std::string type = text_of(key, "kty");
  if (type == "RSA") return crypto::PublicKey::rsa(bytes_of(key, "n"), bytes_of(key, "e"));
  if (type == "EC" && text_of(key, "crv") == "P-256") return crypto::PublicKey::p256(bytes_of(key, "x"), bytes_of(key, "y"));
  if (type == "OKP" && text_of(key, "crv") == "Ed25519") return crypto::PublicKey::ed25519(bytes_of(key, "x"));
  return refused("kind of key");
}

}  // namespace

Result<std::vector<NamedKey>> read_key_set(std::string_view text) {
  json::error_code problem;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), problem);
  const auto* object = problem ? nullptr : parsed.if_object();
  const auto* keys = object ? object->if_contains("keys") : nullptr;
  if (!keys || !keys->is_array()) return fail(Errc::kUpstreamFailed, "The company's provider publishes no key set.");
  std::vector<NamedKey> out;
  for (const json::value& one : keys->get_array()) {
    if (!one.is_object() || out.size() >= 100) continue;
    const json::object& key = one.get_object();
    const std::string use = text_of(key, "use");
    if (!use.empty() && use != "sig") continue;
    auto read = read_key(key);
    if (!read) continue;
    const std::string algorithm = text_of(key, "alg");
    if (!algorithm.empty() && !is_named(read.value().algorithm(), algorithm)) continue;
    out.push_back({text_of(key, "kid"), std::move(read.value())});
  }
  return out;
}

Result<TokenHead> read_token_head(std::string_view token) {
  GH_TRY(const Parts parts, split(token));
  GH_TRY(const json::object head, part_of(parts.head));
  if (head.contains("crit")) return refused("crit");
  TokenHead out{text_of(head, "alg"), text_of(head, "kid"), text_of(head, "typ")};
  static constexpr std::array<std::string_view, 4> kKnown{"RS256", "ES256", "EdDSA", "Ed25519"};
  if (std::find(kKnown.begin(), kKnown.end(), out.algorithm) == kKnown.end()) return refused("alg");
  return out;
}

Result<json::object> verify_token(std::string_view token, const std::vector<NamedKey>& keys) {
  GH_TRY(const TokenHead head, read_token_head(token));
  GH_TRY(const Parts parts, split(token));
  const auto signature = from_base64url(parts.signature);
  if (!signature) return refused("signature");
  const bool right = std::any_of(keys.begin(), keys.end(), [&](const NamedKey& one) {
    if (!is_named(one.key.algorithm(), head.algorithm) || (!head.key_id.empty() && !one.id.empty() && one.id != head.key_id))
      return false;
    return one.key.verifies_jose(parts.signed_text, signature.value());
  });
  if (!right) return refused("no key of the provider made this signature");
  return part_of(parts.claims);
}

}  // namespace gatehouse::admin
