// World: what a gateway knows in the tests: one site with three projects, tokens on them, and a clock that stands.
//
//   site acme (https://acme.example, key "acme"): projects A = 10000, B = 10001, C = 10002
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "crypto/keys.h"
#include "crypto/token_hash.h"
#include "gateway/cursor.h"
#include "gateway/gateway.h"
#include "gateway/request_log.h"
#include "token/live_index.h"
#include "token/token.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

struct TokenSpec {
  std::vector<std::string> projects;  ///< of the boundary, by key; "*" for the whole site
  std::vector<std::string> granted;   ///< empty: all of them
  std::vector<std::string> paused;    ///< of them: for this token
  std::vector<std::string> scopes = {"read:jira-work", "write:jira-work"};
  std::vector<std::string> grant_scopes;  ///< empty: the same
  std::string role;
  bool restricted = false;  ///< grants include what has a security level
  bool directory = false;
  bool relaxed = false;
  bool person = false;  ///< an app that acts for the person user000000000001
  State state = State::kLive;
  SecretState secret_state = SecretState::kCurrent;
  Instant expires_at = Instant::max();
  Rate rate;
  std::vector<Network> allow_ips;
};

class World {
 public:
  World();

  /// Puts a credential into the index and returns its token.
  std::string add_token(const TokenSpec& spec);
  /// The credential that add_token made last.
  const token::LiveCredentialPtr& last() const { return last_; }
  static std::string project_id(const std::string& key);
  /// The site paused or live again.
  void publish_site(State state);
  /// A third site, "tasks", of product openapi with this document; its resources are "api/NAME" in TokenSpec.
  void publish_api(std::string_view document);
  /// How much may be asked of all sites.
  Rate budget;

  FakeClock clock;
  SystemRandom random;
  token::LiveIndex index{1};
  upstream::SiteTable sites;
  RequestLog log{1};
  GatewayShared shared;

 private:
  crypto::Keyring keys_;
  crypto::TokenHasher hasher_;
  CursorSeal cursors_;
  std::shared_ptr<const catalogue::Catalogue> api_;
  token::LiveCredentialPtr last_;
};

}  // namespace gatehouse::gateway
