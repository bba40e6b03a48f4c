// What usage says about automations that should be looked at: refused ones, new places, dead tokens in use, silent ones.
// lifecycle/watch.cpp asks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::store {

class Session;

class Watch {
 public:
  explicit Watch(Session& session) noexcept : session_(session) {}
  Watch(const Watch&) = delete;

  /// Requests of one credential by operation and outcome, of hours from `from` on.
  struct Outcome {
    CredentialId credential;
    SiteId site;
    std::string operation;
    std::string outcome;  ///< model/decision.h
    std::int64_t requests = 0;
    Instant last_at{};
    std::string address;  ///< one of them
  };
  Result<std::vector<Outcome>> outcomes(Instant from, int limit) const;
  /// When that operation last succeeded; nothing where it did not, as far as hours are kept.
  Result<std::optional<Instant>> last_permitted(const CredentialId& credential, const std::string& operation) const;

  /// First seen in hours from `from` on, of credentials that have been in use for longer.
  struct NewPlace {
    CredentialId credential;
    std::string place;  ///< store/places.h
    std::string address;
    std::string user_agent;
  };
  Result<std::vector<NewPlace>> new_places(Instant from, int limit) const;

  /// Uses of secrets after their end, seen at `from` or later.
  struct DeadUse {
    CredentialId credential;
    SecretId secret;
    std::string address;
    std::string user_agent;
    Instant last_at{};
  };
  Result<std::vector<DeadUse>> dead_uses(Instant from, int limit) const;

  /// Live accounts with a live token that were used at `since` or later, with their last use as far as hours have been added up.
  struct Quiet {
    AccountId account;
    std::string handle;
    std::optional<Duration> expected_every;
    Instant last_at{};
  };
  Result<std::vector<Quiet>> quiet_accounts(Instant since, Instant now, int limit) const;
  /// The last use of each account in the hours that were not added up yet; those without any are left out.
  Result<std::map<AccountId, Instant>> fresh_uses() const;
  /// The last use of any of its credentials.
  Result<std::optional<Instant>> account_last_used(const AccountId& account) const;
  /// The hours from `from` on in which any of its credentials was used, in order.
  Result<std::vector<Instant>> account_hours(const AccountId& account, Instant from) const;

 private:
  Session& session_;
};

}  // namespace gatehouse::store
