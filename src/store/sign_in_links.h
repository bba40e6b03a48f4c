// Links that work once: signing in, resetting, and handing a new token to the person it is for.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/user.h"
#include "store/stored.h"

namespace gatehouse::store {

enum class LinkPurpose { kSignIn = 1, kPickUp };

struct SignInLink {
  std::string id;  ///< the public part of the link, 16 characters of [0-9A-Za-z]
  UserId user;
  LinkPurpose purpose = LinkPurpose::kSignIn;
  std::string hash;            ///< crypto/token_hash.h
  std::string sealed_payload;  ///< kPickUp: crypto/seal.h; emptied by use
  Instant created_at{};
  Instant expires_at{};
  std::optional<Instant> used_at;
};

class SignInLinks {
 public:
  explicit SignInLinks(Session& session) noexcept : session_(session) {}
  SignInLinks(const SignInLinks&) = delete;

  Result<SignInLink> get(const std::string& id) const;
  Result<void> insert(const SignInLink& link);
  /// Marks it used and empties its payload: kConflict where it was used before, so that two who race can't both win.
  Result<void> use(const std::string& id, Instant at);
  /// Those of this person that sign in and were not used count as used.
  Result<void> end_all(const UserId& user, Instant at);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
