// World: a whole installation in a temporary folder, on a real SQLite, with a clock that stands still and the sandbox as its
// site.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "admin/admin_keys.h"
#include "admin/services.h"
#include "audit/log.h"
#include "base/clock.h"
#include "base/random.h"
#include "gateway/gateway.h"
#include "gateway/request_log.h"
#include "sandbox/sandbox.h"
#include "store/data_folder.h"
#include "store/database.h"
#include "token/live_index.h"
#include "upstream/site_table.h"

namespace gatehouse::test {

/// 2027-01-01T00:00:00Z
inline constexpr Instant kStart{Duration(1'798'761'600'000)};
inline constexpr const char* kAdministrator = "admin@example.com";

class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  admin::Services& services() { return *services_; }
  /// The caller behind the first administrator's key.
  const Caller& caller() const { return caller_; }
  /// gtha_…
  const std::string& key() const { return key_; }
  FakeClock& clock() { return clock_; }
  gateway::RequestLog& request_log() { return *request_log_; }
  sandbox::Sandbox& site();
  store::Database& database() { return *database_; }

  /// The sandbox as site "acme", with its own credential.
  void add_site();
  /// account "ci" of the administrator.
  void add_account(const std::string& handle = "ci");
  void add_grant(const std::string& resource = "acme/A", const std::string& account = "ci");

  /// A new person, as their own key speaks for them.
  Caller person(const std::string& email, const std::string& role, const std::vector<std::string>& resources);

  /// What the index says about a token now.
  token::LiveCredentialPtr live(const std::string& token);
  /// The first record of the audit log with this action, or an empty one.
  AuditRecord audited(const std::string& action);

 private:
  std::filesystem::path folder_path_;
  FakeClock clock_{kStart};
  SystemRandom random_;
  std::unique_ptr<store::DataFolder> folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<audit::Log> log_;
  std::unique_ptr<crypto::TokenHasher> hasher_;
  token::LiveIndex index_{1};
  upstream::SiteTable sites_;
  std::unique_ptr<gateway::RequestLog> request_log_;
  gateway::GatewayShared gateway_;
  std::unique_ptr<admin::Services> services_;
  std::unique_ptr<sandbox::Sandbox> site_;
  Caller caller_;
  std::string key_;
};

/// Ends the test program with the error's words: for set-up that has to work.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().public_detail + " " + result.error().log_detail);
  return std::move(result.value());
}
inline void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().public_detail + " " + result.error().log_detail);
}

}  // namespace gatehouse::test
