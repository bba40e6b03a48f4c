// People's own sign-in at Atlassian: Gatehouse is the 3LO client, and keeps what a person consented to.
//
// A grant is bound to the person by the Atlassian account id that /me gives, never by an e-mail address. One person has one, and
// one account is one person's. Tokens lie sealed in the store (bound to both ids), are renewed by one at a time on all nodes, and
// end with the person's suspension. Whoever acts as a person at Atlassian (admin/atlassian_authority.h; the 3LO tokens of the
// gateway) asks token_for() and nothing else.
#pragma once

#include <memory>
#include <string>

#include "admin/atlassian_settings.h"
#include "admin/sessions.h"
#include "base/secret.h"
#include "store/repositories.h"
#include "upstream/atlassian_api.h"

namespace gatehouse::admin {

/// A token that is not older is not renewed because somebody refuses it: Atlassian says 401 for a missing scope too.
inline constexpr Duration kFreshToken = std::chrono::minutes(1);

/// A person's access token at Atlassian, good for a minute at least.
struct AtlassianToken {
  SecretString access;
  std::string account_id;
  std::string scopes;
  Instant ends_at{};
  Instant renewed_at{};
};

/// Thread-safe.
class Atlassian {
 public:
  /// kInvalidArgument where the settings can't be: an address that is no base URL, http off this machine, an unreadable secret.
  static Result<std::unique_ptr<Atlassian>> make(Services& services, AtlassianSettings settings);
  ~Atlassian();

  const AtlassianSettings& settings() const noexcept;
  const upstream::AtlassianApp& app() const noexcept;

  struct Departure {
    std::string location;  ///< Atlassian's authorization page
    std::string state;     ///< the value of a cookie that has to come back with the answer
  };
  /// For the person of this session. Asks nobody.
  Departure depart(const LiveSession& session, const std::string& redirect_uri);
  /// `query_state` and `code` as the browser brought them; `cookie_state` must be the one of its departure, which must have been
  /// this very session's. kConflict where the account is somebody else's here, or the person has connected with another one.
  Result<void> arrive(const LiveSession& session, const ClientInfo& client, const std::string& redirect_uri,
                      const std::string& query_state, const std::string& cookie_state, const std::string& code);
  /// The grant goes, and with it what was known by it. kNotFound where there is none.
  Result<void> disconnect(const Caller& caller, const UserId& user);

  /// Blocks (store, Atlassian); on no gateway thread. kNotFound: not connected. kUnauthenticated: connected, and the person has
  /// to consent anew. kNotAllowed: suspended. kUpstreamFailed: Atlassian does not answer.
  /// `renewed_after`: a token of that moment or before was refused, and is renewed whatever its end.
  Result<AtlassianToken> token_for(const UserId& user, Instant renewed_after = {});
  /// How Atlassian's API names the site: as it was entered, else as this person's token sees it. Empty: the person can't reach
  /// it. Blocks where it is not known yet.
  Result<std::string> cloud_id_of(const Site& site, const SecretString& access);

 private:
  struct State;
  explicit Atlassian(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// {"user","account","name","scopes","connected_at","ended_at","administers":[{"resource","checked_at"}]}. kNotFound where the
/// person is not connected.
Result<Document> show_atlassian(Services& services, std::string_view user);
/// In a unit of work: both tokens under the current key. kDataCorrupt where a seal does not open.
Result<void> seal_atlassian_again(const Services& services, store::Repositories& at, const store::AtlassianGrant& grant);

}  // namespace gatehouse::admin
