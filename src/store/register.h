// What the register keeps beyond accounts and credentials: where external credentials were read and how they stand there, and
// what was observed of an account as a whole. inventory/ calls it.
//
// An external credential is an ordinary row of `credentials` with kind kExternal: Credentials::list gives it out with owner,
// account, name, expires_at and state like any other, so that ladder, calendar, wake and orphans cover it. It has no secret, no
// scopes and no boundary, and so nobody can authenticate with it (admin/index_feed.cpp leaves it out of the index besides). Its
// state follows upstream: kRevoked once it vanished or was ended there, kPaused while it is blocked there.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/credential.h"
#include "store/stored.h"

namespace gatehouse::store {

enum class ExternalSource { kByHand = 1, kAtlassianApi, kAtlassianCsv };

struct ExternalCredential {
  CredentialId credential;
  ExternalSource source = ExternalSource::kByHand;
  std::string organization;  ///< Atlassian's id of it; empty where the source did not say
  std::string upstream_id;   ///< the token's id there; empty: not known
  std::string holder_id;     ///< who holds it there
  std::string holder_name;
  std::string holder_email;
  bool person = false;                    ///< held by a person, not by a service account
  std::string status;                     ///< as it was read
  std::optional<Instant> made_at;         ///< upstream
  std::optional<Instant> last_active_at;  ///< upstream
  Instant imported_at{};
  std::optional<Instant> vanished_at;  ///< when an import no longer found it
};

struct ExternalAccount {
  std::string organization;
  std::string upstream_id;
  AccountId account;
  std::string email;
  std::string name;
  std::string status;
  Instant imported_at{};
  std::optional<Instant> vanished_at;
};

/// Of all Gatehouse's own credentials of an account together.
struct AccountUsage {
  std::int64_t requests = 0;  ///< of the last 30 days
  std::int64_t refused = 0;   ///< by Gatehouse
  std::int64_t failed = 0;    ///< behind it
  std::optional<Instant> first_at;
  std::optional<Instant> last_at;
  /// Requests in each hour of the day (UTC), as far as single hours are kept (Retention::hours).
  std::array<std::int64_t, 24> by_hour{};
};

class Register {
 public:
  explicit Register(Session& session) noexcept : session_(session) {}
  Register(const Register&) = delete;

  /// kNotFound where the credential is not external.
  Result<ExternalCredential> get(const CredentialId& credential) const;
  /// All of them, or those of one account; vanished ones too.
  Result<std::vector<ExternalCredential>> list(const AccountId& account = {}) const;
  /// Adds, or replaces what is known; in the same unit of work as the credential itself.
  Result<void> put(const ExternalCredential& external);

  Result<std::vector<ExternalAccount>> accounts() const;
  Result<void> put(const ExternalAccount& external);

  Result<AccountUsage> usage(const AccountId& account, Instant now) const;

 private:
  Session& session_;
};

}  // namespace gatehouse::store
