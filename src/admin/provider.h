// Signing in with the company's OpenID Connect provider: authorization code with PKCE, its discovery and its keys.
//
// A person is known by issuer and subject, never by an e-mail address (which a provider's administrator, or its user, may
// change). Somebody who is here already connects once, from "Your account"; whether strangers are made members is configuration.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "admin/provider_settings.h"
#include "admin/sessions.h"
#include "base/secret.h"

namespace gatehouse::admin {

/// What the browser is sent away for.
enum class ProviderVisit { kSignIn = 1, kConnect, kProve };

/// Thread-safe.
class Provider {
 public:
  /// kInvalidArgument where the settings can't be: an issuer that is no base URL, http off this machine, an unreadable secret.
  static Result<std::unique_ptr<Provider>> make(Services& services, ProviderSettings settings);
  ~Provider();

  const std::string& name() const noexcept;

  struct Departure {
    std::string location;  ///< the provider's authorization endpoint
    std::string state;     ///< the value of a cookie that has to come back with the answer
  };
  /// Asks the provider for its configuration where that is not known yet. `session` for kConnect and kProve.
  Result<Departure> depart(ProviderVisit visit, const std::string& redirect_uri, const std::string& next,
                           const LiveSession* session);

  struct Arrival {
    SignedIn how;
    std::string next;
  };
  /// `query_state`, `code`, `issuer` and `error` as the browser brought them; `cookie_state` must be the one of its departure.
  Result<Arrival> arrive(const ClientInfo& client, const std::string& redirect_uri, const std::string& query_state,
                         const std::string& cookie_state, const std::string& code, const std::string& issuer,
                         const LiveSession* session);

 private:
  struct State;
  explicit Provider(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::admin
