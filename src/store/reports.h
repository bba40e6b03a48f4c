// What the reports of inventory/ ask the database: each is one statement over the whole installation, counted in full and listed
// up to a limit. The SQL is here, the words for people are in inventory/.
//
// "Live" is a token that is not revoked and has not ended, an account that is not archived, a person who is not suspended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/credential.h"
#include "model/service_account.h"
#include "store/rollups.h"
#include "store/sight.h"
#include "store/stored.h"

namespace gatehouse::store {

struct PersonOf {
  std::string email;  ///< empty: nobody
  bool live = false;
};

/// What a finding is about, with those who answer for it.
struct Subject {
  enum class Kind { kToken = 1, kAccount, kSiteCredential };
  Kind kind = Kind::kToken;
  std::string id;
  std::string name;
  CredentialKind credential_kind = CredentialKind::kApiToken;
  State state = State::kLive;
  std::string account;  ///< handle; empty: a site's own credential
  std::string account_id;
  std::string site;  ///< key; of a site credential
  std::string site_id;
  std::optional<Instant> expires_at;
  Instant created_at{};
  std::string purpose;
  std::string runs_in;
  Criticality criticality = Criticality::kNormal;
  std::string docs_url;
  std::string runbook_url;
  PersonOf owner;          ///< the token's own, or the site credential's
  PersonOf account_owner;  ///< of an account: the same as `owner`
  PersonOf deputy;
  std::optional<Instant> last_used_at;
  std::int64_t month_requests = 0;
  std::int64_t month_days = 0;
  std::string scopes;  ///< of a token, as words
  std::string role;
};

struct Finding {
  Subject subject;
  std::int64_t reasons = 0;  ///< bits, which each report names
  std::int64_t weight = 0;   ///< the higher, the earlier in the list
  std::string note;
};

struct Findings {
  std::int64_t count = 0;  ///< of all, not only of the listed
  std::vector<Finding> items;
};

/// Which credentials `wake` is about. With none of the ids: all that end in (from, until]. With one: whatever its end.
struct WakeWanted {
  Instant from{};
  Instant until{};
  CredentialId token;
  AccountId account;
  UserId user;
  SiteId site;
  bool what_if() const noexcept { return !token.empty() || !account.empty() || !user.empty() || !site.empty(); }
};

/// What stands behind a credential of a site: the automations that stop with it.
struct Reach {
  std::string site_credential;
  std::vector<std::string> accounts;  ///< handles, the busiest first; the first 50
  std::int64_t account_count = 0;
  std::int64_t tokens = 0;
  std::int64_t month_requests = 0;  ///< as of the last daily round
};

/// Somebody was told of a subject, or has acknowledged what is open of it.
struct Told {
  std::string subject;
  std::string email;    ///< empty: a webhook
  std::string channel;  ///< empty: acknowledged
  Instant at{};
  bool acknowledged = false;
};

class Reports {
 public:
  explicit Reports(Session& session) noexcept : session_(session) {}
  Reports(const Reports&) = delete;
  /// The same reports over what this person may see, and counted over that alone: tokens and accounts as in the lists, site
  /// credentials that they answer for. Nothing: over everything.
  Reports within(std::optional<Sight> sight) const { return Reports(session_, std::move(sight)); }

  enum : std::int64_t { kNeverUsed = 1, kIdle = 2, kUnusedScopes = 4, kUnusedResources = 8 };
  /// Note: unused scopes, '|', unused resources, each as words.
  Result<Findings> unused(Instant now, int limit) const;

  /// Live tokens with several consumers within the last month; the weight is their number.
  Result<Findings> shared(Instant now, int limit) const;

  enum : std::int64_t { kNewPlace = 1, kQuieterThanDeclared = 2, kBeyondDeclared = 4 };
  /// A token with both kinds of drift stands there twice. Note: what is beyond the declaration, as words.
  Result<Findings> drift(Instant now, int limit) const;

  enum : std::int64_t { kOwnerGone = 1, kNobodyLeft = 2, kNoOwner = 4 };
  Result<Findings> orphans(Instant now, int limit) const;

  /// Live tokens, external ones too, whose present secret is older than its rotation rule says, or than `longest` where that is
  /// less; the weight is by how much, in milliseconds. Freeze windows (admin/rotation.h) are the caller's to look at.
  Result<Findings> overdue(Instant now, std::optional<Duration> longest, int limit) const;

  enum : std::int64_t {
    kNoDocs = 1,
    kNoRunbook = 2,
    kNoRotation = 4,
    kNoDeputy = 8,
    kNoPurpose = 16,
    kNoPlace = 32,
    kNoExpiry = 64
  };
  Result<Findings> incomplete(Instant now, int limit) const;

  enum : std::int64_t { kMostDays = 1, kManyObjects = 2, kSecondPlace = 4 };
  /// Note: days and objects of the last month, with a space between.
  Result<Findings> grown(Instant now, int limit) const;

  enum : std::int64_t { kPermanent = 1, kWholeSite = 2, kOwnerSuspended = 4, kRelaxedQueries = 8 };
  Result<Findings> weak(Instant now, int limit) const;

  /// By their end, soonest first.
  Result<Findings> wake(Instant now, const WakeWanted& wanted, int limit) const;

  /// What was seen of these credentials, up to the last flush; newest first.
  Result<std::vector<Seen>> seen(const std::vector<std::string>& credentials) const;
  /// Their boundaries as "site/KEY", in order: pairs of credential and name.
  Result<std::vector<std::pair<std::string, std::string>>> resources(const std::vector<std::string>& credentials) const;
  /// Of these credentials of sites; one without automations is left out.
  Result<std::vector<Reach>> reach(Instant now, const std::vector<std::string>& site_credentials) const;
  /// Who was told of these subjects and who has acknowledged, oldest first.
  Result<std::vector<Told>> told(const std::vector<std::string>& subjects) const;

 private:
  Reports(Session& session, std::optional<Sight> sight) noexcept : session_(session), sight_(std::move(sight)) {}

  Session& session_;
  std::optional<Sight> sight_;
};

}  // namespace gatehouse::store
