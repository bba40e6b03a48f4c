#include "admin/webauthn.h"

#include <boost/json.hpp>

#include "admin/cbor.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kHashSize = 32;
constexpr std::size_t kHeadSize = kHashSize + 1 + 4;
constexpr std::size_t kAaguidSize = 16;
constexpr std::size_t kMostCredentialId = 1023;
constexpr unsigned kPresent = 1;
constexpr unsigned kVerified = 4;
constexpr unsigned kBackupEligible = 8;
constexpr unsigned kBackedUp = 16;
constexpr unsigned kAttested = 64;
constexpr unsigned kExtended = 128;

Error refused(std::string why) {
  return fail(Errc::kUnauthenticated, "The passkey was not accepted; begin again.", "WebAuthn: " + std::move(why));
}

Result<void> check_client_data(const RelyingParty& party, std::string_view type, std::string_view challenge,
                               std::string_view client_data) {
  boost::json::error_code problem;
  const boost::json::value parsed = boost::json::parse(boost::json::string_view(client_data.data(), client_data.size()), problem);
  const auto* object = problem ? nullptr : parsed.if_object();
  if (!object) return refused("client data is no JSON object");
  const auto text = [object](std::string_view name) {
    const auto* member = object->if_contains(boost::json::string_view(name.data(), name.size()));
    return member && member->is_string() ? std::string(member->get_string()) : std::string();
  };
  if (text("type") != type) return refused("type");
  if (text("challenge") != to_base64url(as_bytes(challenge))) return refused("challenge");
  if (text("origin") != party.origin) return refused("origin");
  const auto* crossed = object->if_contains("crossOrigin");
  if (crossed && !(crossed->is_bool() && !crossed->get_bool())) return refused("it was asked from inside another page");
  return success();
}

struct AuthenticatorData {
  unsigned flags = 0;
  std::int64_t uses = 0;
  std::string_view rest;
};

Result<AuthenticatorData> read_authenticator_data(const RelyingParty& party, std::string_view bytes) {
  if (bytes.size() < kHeadSize) return refused("authenticator data is too short");
  const auto expected = crypto::sha256(party.id);
  if (bytes.substr(0, kHashSize) != as_text(expected)) return refused("relying party");
  AuthenticatorData data;
  data.flags = static_cast<unsigned char>(bytes[kHashSize]);
  for (std::size_t i = 0; i < 4; ++i) data.uses = (data.uses << 8) | static_cast<unsigned char>(bytes[kHashSize + 1 + i]);
  data.rest = bytes.substr(kHeadSize);
  if ((data.flags & kPresent) == 0) return refused("nobody was present");
  if ((data.flags & kVerified) == 0) return refused("the person was not verified");
  if ((data.flags & kBackedUp) != 0 && (data.flags & kBackupEligible) == 0) return refused("flags contradict each other");
  return data;
}

std::span<const std::byte> bytes_of(const Cbor* value) {
  return value && value->kind == Cbor::Kind::kBytes ? as_bytes(value->bytes) : std::span<const std::byte>();
}

bool number_is(const Cbor* value, std::int64_t number) {
  return value && value->kind == Cbor::Kind::kNumber && value->number == number;
}

/// RFC 9053 sections 2 and 7, RFC 8230: the labels of keys.
Result<crypto::PublicKey> read_key(const Cbor& key) {
  const Cbor* const type = key.find(1);
  const Cbor* const algorithm = key.find(3);
  if (number_is(algorithm, -7) && number_is(type, 2) && number_is(key.find(-1), 1))
    return crypto::PublicKey::p256(bytes_of(key.find(-2)), bytes_of(key.find(-3)));
  if (number_is(algorithm, -8) && number_is(type, 1) && number_is(key.find(-1), 6))
    return crypto::PublicKey::ed25519(bytes_of(key.find(-2)));
  if (number_is(algorithm, -257) && number_is(type, 3))
    return crypto::PublicKey::rsa(bytes_of(key.find(-1)), bytes_of(key.find(-2)));
  return fail(Errc::kInvalidArgument, "The authenticator's kind of key is not supported; ES256, EdDSA and RS256 are.");
}

}  // namespace

Result<NewCredential> check_registration(const RelyingParty& party, std::string_view challenge, std::string_view client_data,
                                         std::string_view attestation_object) {
  GH_TRYV(check_client_data(party, "webauthn.create", challenge, client_data));
  std::size_t used = 0;
  GH_TRY(const Cbor attestation, read_cbor(attestation_object, used));
  const Cbor* const held = attestation.find("authData");
  if (used != attestation_object.size() || !held || held->kind != Cbor::Kind::kBytes) return refused("attestation object");
  GH_TRY(const AuthenticatorData data, read_authenticator_data(party, held->bytes));
  std::string_view rest = data.rest;
  if ((data.flags & kAttested) == 0 || rest.size() < kAaguidSize + 2) return refused("no credential");
  rest.remove_prefix(kAaguidSize);
  const std::size_t size =
      static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8U | static_cast<unsigned char>(rest[1]);
  rest.remove_prefix(2);
  if (size == 0 || size > kMostCredentialId || size > rest.size()) return refused("credential id");
  NewCredential made;
  made.id = rest.substr(0, size);
  rest.remove_prefix(size);
  GH_TRY(const Cbor key, read_cbor(rest, used));
  GH_TRYV(read_key(key));
  made.public_key = rest.substr(0, used);
  rest.remove_prefix(used);
  if ((data.flags & kExtended) != 0) {
    GH_TRYV(read_cbor(rest, used));
    rest.remove_prefix(used);
  }
  if (!rest.empty()) return refused("bytes are left over");
  made.uses = data.uses;
  return made;
}

Result<std::int64_t> check_assertion(const RelyingParty& party, std::string_view challenge, std::string_view public_key,
                                     std::int64_t uses, const Assertion& assertion) {
  GH_TRYV(check_client_data(party, "webauthn.get", challenge, assertion.client_data));
  GH_TRY(const AuthenticatorData data, read_authenticator_data(party, assertion.authenticator_data));
  std::size_t used = 0;
  GH_TRY(const Cbor cose, read_cbor(public_key, used));
  GH_TRY(const crypto::PublicKey key, read_key(cose));
  std::string message = assertion.authenticator_data;
  const auto digest = crypto::sha256(assertion.client_data);
  message += as_text(digest);
  if (!key.verifies(message, as_bytes(assertion.signature))) return refused("signature");
  if ((data.uses != 0 || uses != 0) && data.uses <= uses) return refused("the count did not rise: the passkey was copied");
  return data.uses;
}

}  // namespace gatehouse::admin
