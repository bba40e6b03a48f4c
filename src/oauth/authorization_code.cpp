// grant_type=authorization_code (RFC 6749 section 4.1.3, RFC 7636).
#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/token_hash.h"
#include "oauth/code.h"
#include "oauth/endpoints.h"
#include "oauth/families.h"
#include "oauth/issue.h"

namespace gatehouse::oauth {
namespace {

constexpr Duration kCodeRemembered = std::chrono::hours(24 * 400);
constexpr std::size_t kShortestVerifier = 43;
constexpr std::size_t kLongestVerifier = 128;

OAuthError bad_grant() {
  return {"invalid_grant", "The code is not good: it is unknown, over, used before, or was made for another client or address.",
          400, 0};
}

/// RFC 7636 section 4.1 and 4.6. A verifier without a challenge is as wrong as the reverse (RFC 9700 section 4.8).
bool verifies(const std::string& verifier, const std::string& challenge) {
  if (challenge.empty()) return verifier.empty();
  const bool plain = verifier.size() >= kShortestVerifier && verifier.size() <= kLongestVerifier &&
                     std::all_of(verifier.begin(), verifier.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                              c == '.' || c == '_' || c == '~';
                     });
  const auto expected = from_base64url(challenge);
  if (!plain || !expected || expected.value().size() != sizeof(crypto::TokenDigest)) return false;
  crypto::TokenDigest wanted{};
  std::copy(expected.value().begin(), expected.value().end(), wanted.begin());
  return crypto::same_digest(wanted, crypto::sha256(verifier));
}

}  // namespace

Answered<boost::json::object> authorization_code(Context& context, const AuthorizationRequest& request,
                                                 const Parameters& parameters, const ProvenClient& client) {
  if (client.credential->kind != CredentialKind::kApp)
    return OAuthError{"unauthorized_client", "Only an app has this grant.", 400, 0};
  return redeem_code(context, request, parameters.text("code"),
                     {parameters.text("redirect_uri"), parameters.text("code_verifier")}, client);
}

Answered<boost::json::object> redeem_code(Context& context, const AuthorizationRequest& request, const std::string& text,
                                          const ShownWithCode& shown, const ProvenClient& client) {
  const auto code = open_code(context, text);
  // Whoever is not its client can't burn it.
  if (!code || code->client != token::as_view(client.credential->id)) return bad_grant();
  const Instant now = context.now();
  bool first = false;
  const auto noted =
      context.services.database.tend_sign_in([&](store::SignIn& sign_in, const store::Repositories&) -> Result<void> {
        GH_TRY(first, sign_in.use_once("code " + code->id, now + kCodeRemembered));
        return success();
      });
  if (!noted) return server_error(noted.error());
  if (!first) {
    // Somebody has it twice: what came of it the first time ends (RFC 9700 section 4.5.2).
    GH_TRYV(end_family(context, code->family, client, request, "authorization_code.reuse"));
    return bad_grant();
  }
  if (now >= code->ends_at || shown.redirect_uri != code->redirect_uri || !verifies(shown.verifier, code->challenge))
    return bad_grant();
  Family family;
  family.id = code->family;
  family.consent = code->consent;
  family.user = code->user;
  family.wanted = code->wanted;
  GH_TRY(boost::json::object answer, issue_for_person(context, client, family, FamilyAge::kBegins));
  if (code->offline) {
    GH_TRY(answer["refresh_token"], first_refresh_token(context, client, family));
  }
  return answer;
}

}  // namespace gatehouse::oauth
