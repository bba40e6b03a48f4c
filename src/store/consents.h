// Consents of people for apps, and the refresh tokens that came of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/consent.h"
#include "store/stored.h"

namespace gatehouse::store {

struct RefreshToken {
  std::string id;    ///< the public id inside the token
  std::string hash;  ///< crypto/token_hash.h
  std::string family;
  ConsentId consent;
  CredentialId client;
  std::string content;  ///< what its access tokens may be: scopes and resources, as oauth/ writes them
  Instant created_at{};
  Instant idle_ends_at{};  ///< unless it is used before
  Instant ends_at{};       ///< of the whole family
  std::optional<Instant> used_at;
  std::string successor;         ///< its id, once it was used
  std::string sealed_successor;  ///< for an answer that was lost; emptied by the successor's own first use
};

class Consents {
 public:
  explicit Consents(Session& session) noexcept : session_(session) {}
  Consents(const Consents&) = delete;

  Result<Consent> get(const ConsentId& id) const;
  /// The live one. kNotFound where there is none.
  Result<Consent> find(const UserId& user, const CredentialId& app) const;
  /// Live ones.
  Result<std::vector<Consent>> of_user(const UserId& user) const;
  Result<std::vector<Consent>> of_app(const CredentialId& app) const;
  Result<std::vector<Consent>> all_live() const;
  Result<void> insert(const Consent& consent);
  /// Scopes, resources, changed_at and ended_at.
  Result<void> update(const Consent& consent);

  Result<RefreshToken> refresh_token(const std::string& id) const;
  Result<void> insert_refresh_token(const RefreshToken& token);
  /// False where it was used before: of two who race one wins.
  Result<bool> use_refresh_token(const std::string& id, Instant at, const std::string& successor, const std::string& sealed);
  /// The successor was used itself: the answer in which it stood was not lost.
  Result<void> forget_sealed(const std::string& successor);
  /// Families that have ended by themselves.
  Result<void> forget_refresh_tokens(Instant now);

 private:
  Result<std::vector<Consent>> select(const std::string& rest, const std::vector<std::string>& binds) const;
  Result<void> write_resources(const Consent& consent);
  Session& session_;
};

}  // namespace gatehouse::store
