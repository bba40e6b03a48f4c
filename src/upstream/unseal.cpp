#include "upstream/unseal.h"

#include <algorithm>
#include <iterator>

#include "base/encoding.h"
#include "base/text.h"

namespace gatehouse::upstream {
namespace {

constexpr std::string_view kPurpose = "upstream_credential";

std::string origin_text(const http::Origin& origin) {
  return origin.scheme + "://" + origin.host + ":" + std::to_string(origin.port);
}

/// Field values may hold no control character (RFC 9110 section 5.5); we take no 8-bit either, since nobody says how to read it.
bool fits_header(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

Result<void> check_secret(const SecretString& secret) {
  if (secret.empty()) return fail(Errc::kInvalidArgument, "The site's credential is empty.", {}, "secret");
  if (!fits_header(secret.expose())) {
    return fail(Errc::kInvalidArgument, "The site's credential holds a character that a header may not hold.", {}, "secret");
  }
  return success();
}

Result<SecretString> authorization_line(const UpstreamCredential& credential, const SecretString& secret) {
  if (credential.auth == UpstreamAuth::kBearer) return bearer_line(secret);
  GH_TRYV(check_secret(secret));
  if (credential.auth == UpstreamAuth::kHeader) {
    if (!valid_credential_field(credential.username)) {
      return fail(Errc::kInvalidArgument, "A credential can't be shown in a header field of that name.", {}, "username");
    }
    return SecretString(credential.username + ": " + secret.expose() + "\r\n");
  }
  if (credential.username.empty() || credential.username.find(':') != std::string::npos || !fits_header(credential.username)) {
    return fail(Errc::kInvalidArgument, "A user name for Basic authentication is printable ASCII without a colon.", {},
                "username");
  }
  const SecretString pair(credential.username + ":" + secret.expose());
  const SecretString encoded(to_base64(as_bytes(pair.expose())));
  return SecretString("Authorization: Basic " + encoded.expose() + "\r\n");
}

/// Where a secret may be shown: at the site's origin; a client's secret only at its token endpoint, for the tokens of this site.
std::string shown_at(const UpstreamCredential& credential, const http::Origin& origin) {
  std::string where = origin_text(origin);
  if (credential.auth == UpstreamAuth::kOAuth2) where += "\n" + credential.token_url + "\n" + credential.username;
  return where;
}

Result<SecretString> open(const UpstreamCredential& credential, const http::Origin& origin, const crypto::Sealer& sealer) {
  const std::string where = shown_at(credential, origin);
  return sealer.open(credential.sealed_secret, crypto::SealContext{kPurpose, credential.id.value, where});
}

}  // namespace

Result<SecretString> bearer_line(const SecretString& secret) {
  GH_TRYV(check_secret(secret));
  return SecretString("Authorization: Bearer " + secret.expose() + "\r\n");
}

Result<RoutePtr> unseal(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer,
                        TokenSource& tokens) {
  GH_TRY(auto origin, http::parse_base_url(site.base_url));
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = origin.scheme;
  route->host = origin.host;
  route->port = origin.port;
  route->context_path = origin.context_path;
  route->credential = credential.id.value;
  route->pool_key = origin_text(origin) + " " + credential.id.value;
  switch (credential.auth) {
    case UpstreamAuth::kNone: break;
    case UpstreamAuth::kBasic:
    case UpstreamAuth::kHeader:
    case UpstreamAuth::kBearer: {
      GH_TRY(const auto secret, open(credential, origin, sealer));
      GH_TRY(route->authorization, authorization_line(credential, secret));
      break;
    }
    case UpstreamAuth::kOAuth2: {
      GH_TRY(const TokenRequest request, token_request(credential, site, sealer));
      GH_TRY(const SecretString access, tokens.at_hand(request));
      GH_TRY(route->authorization, bearer_line(access));
      break;
    }
  }
  return RoutePtr(std::move(route));
}

Result<TokenRequest> token_request(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer) {
  GH_TRY(const auto origin, http::parse_base_url(site.base_url));
  TokenRequest request{credential.id.value, credential.token_url, credential.username, {}};
  GH_TRY(request.secret, open(credential, origin, sealer));
  return request;
}

bool valid_credential_field(std::string_view name) noexcept {
  constexpr std::string_view kOurs[] = {"host",
                                        "content-length",
                                        "transfer-encoding",
                                        "connection",
                                        "te",
                                        "trailer",
                                        "upgrade",
                                        "expect",
                                        "keep-alive",
                                        "proxy-connection",
                                        "accept",
                                        "accept-encoding",
                                        "content-type",
                                        "user-agent",
                                        "range"};
  const bool token = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  return token && std::none_of(std::begin(kOurs), std::end(kOurs),
                               [name](std::string_view ours) { return same_without_case(ours, name); });
}

Result<std::string> seal_for_site(const SecretString& secret, const UpstreamCredential& credential, const Site& site,
                                  const crypto::Sealer& sealer) {
  GH_TRY(auto origin, http::parse_base_url(site.base_url));
  const std::string where = shown_at(credential, origin);
  return sealer.seal(secret, crypto::SealContext{kPurpose, credential.id.value, where});
}

Result<std::string> seal_again(const UpstreamCredential& credential, const Site& site, const crypto::Sealer& sealer) {
  GH_TRY(const auto origin, http::parse_base_url(site.base_url));
  GH_TRY(const auto secret, open(credential, origin, sealer));
  return seal_for_site(secret, credential, site, sealer);
}

}  // namespace gatehouse::upstream
