// Atlassian's account service as the stand-in plays it: one 3LO app, codes, and tokens of people. Part of Site.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace gatehouse::sandbox {

/// How api.atlassian.com names the one site: /ex/jira/{kCloudId}/…
inline constexpr const char* kCloudId = "5a2d0c5e-cafe-4f00-8000-00000000acme";

struct Consent {
  std::string account_id;
  std::string scopes;
  std::string redirect_uri;  ///< of a code
  std::string challenge;     ///< of a code: S256; empty: none
  std::int64_t ends_ms = 0;
};

/// A grant's refresh token. The one before it goes on working for ten minutes after it was replaced.
struct RefreshToken {
  Consent consent;
  std::int64_t replaced_ms = 0;  ///< 0: it is the present one
};

struct Account {
  std::string client_id = "sandbox-app";
  std::string client_secret = "sandbox-app-secret";
  std::string service_id = "sandbox-service";  ///< of a service account's OAuth 2.0 credential
  std::string service_secret = "sandbox-service-secret";
  std::int64_t service_asked = 0;      ///< how often a token was asked for with such a credential
  std::string callback;                ///< the app's one callback URL; empty: whatever comes
  std::int64_t access_seconds = 3600;  ///< lifetime of access tokens
  std::int64_t leeway_ms = 600'000;    ///< for the refresh token before the present one
  std::map<std::string, Consent> codes;
  std::map<std::string, Consent> access;
  std::map<std::string, RefreshToken> refresh;
  std::int64_t made = 0;  ///< counts the secrets, which need not be hard to guess here
};

}  // namespace gatehouse::sandbox
