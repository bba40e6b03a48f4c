// The ids of the model. Each value is 16 characters of [0-9A-Za-z] (95 bits), made by new_id.
#pragma once

#include "base/id.h"
#include "base/random.h"

namespace gatehouse {

using SiteId = Id<struct SiteTag>;
using UserId = Id<struct UserTag>;
using AccountId = Id<struct AccountTag>;
using GrantId = Id<struct GrantTag>;
using CredentialId = Id<struct CredentialTag>;
/// Names one secret of a credential; it is the public id inside a token (token/token.h).
using SecretId = Id<struct SecretTag>;
using UpstreamCredentialId = Id<struct UpstreamCredentialTag>;
using AdminKeyId = Id<struct AdminKeyTag>;

inline constexpr std::size_t kIdLength = 16;

template <class TypedId>
TypedId new_id(Random& random) {
  return TypedId(random_base62(random, kIdLength));
}

}  // namespace gatehouse
