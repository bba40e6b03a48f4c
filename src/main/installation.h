// Installation: the data folder, the database and everything that lives on them, opened in the right order. main/ wires with it.
#pragma once

#include <memory>
#include <string>

#include "admin/services.h"
#include "audit/log.h"
#include "gateway/gateway.h"
#include "main/settings.h"
#include "store/data_folder.h"
#include "store/database.h"

namespace gatehouse {

class Installation {
 public:
  /// Makes the data folder and its keys, and brings the database's schema up. kConflict where there is one already.
  static Result<std::unique_ptr<Installation>> create(const Settings& settings);
  /// Opens what create() made and takes the folder's lock. Nothing runs yet.
  static Result<std::unique_ptr<Installation>> open(const Settings& settings);
  /// The same beside a running server, without the lock: for one change to records that the server reads anew each time, such as
  /// a link that signs in.
  static Result<std::unique_ptr<Installation>> open_beside(const Settings& settings);
  /// Adds a new key of every purpose to the keyring; the older ones stay. Takes the folder's lock: kConflict beside a server.
  static Result<void> add_keys(const Settings& settings);
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  const store::DataFolder& folder() const noexcept;
  store::Database& database() noexcept;
  admin::Services& services() noexcept;
  const gateway::GatewayShared& gateway() const noexcept;
  gateway::RequestLog& request_log() noexcept;
  token::LiveIndex& index() noexcept;
  const Clock& clock() const noexcept;
  /// Where clients reach the gateway; before the server starts.
  void set_public_url(std::string url);
  /// Who answers tokens that ask about themselves; before the server starts.
  void set_self_service(gateway::SelfService* service);
  /// Who answers at the authorization server's addresses; likewise.
  void set_authorization_server(gateway::AuthorizationServer* server);
  /// Where access tokens for sites come from; likewise.
  void set_token_source(upstream::TokenSource* tokens);
  /// How people are acted for; likewise.
  void set_person_routes(gateway::PersonRoutes* people);

 private:
  struct Parts;
  explicit Installation(std::unique_ptr<Parts> parts);
  static Result<std::unique_ptr<Installation>> wire(const Settings& settings, store::DataFolder folder);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse
