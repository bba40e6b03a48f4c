// The keys that access tokens are made with: kept in the store with their secrets sealed, carried to every node by the change
// feed (admin/index_feed.h), replaced with an overlap.
//
// A new key is published before it makes its first token, and an old one is good until the last token that it made has ended
// (RFC 8414, RFC 9068). `client keys rotate` does it by hand, a job each kKeyAge.
#pragma once

#include <string_view>

#include "admin/common.h"
#include "crypto/seal.h"
#include "store/oauth.h"
#include "token/access_keys.h"

namespace gatehouse::admin {

inline constexpr Duration kKeyAge = std::chrono::hours(24 * 90);
/// From when a new key is in the key set until it makes tokens: who keeps a copy of the set reads it again meanwhile.
inline constexpr Duration kKeyAhead = std::chrono::minutes(10);

Result<token::AccessKey> open_access_key(const crypto::Sealer& sealer, const store::OAuthKey& stored);

/// Under the current sealing key. kDataCorrupt where it can't be opened.
Result<std::string> seal_access_key_again(const crypto::Sealer& sealer, const store::OAuthKey& stored);

/// Before the gateway starts: one key of each form, where there is none.
Result<void> ensure_access_keys(Services& services);
/// A new key of each form. `now`: it makes tokens at once, and the old ones are good for nothing any more: for keys that others
/// may know.
Result<Documents> rotate_access_keys(Services& services, const Caller& caller, bool now);
Result<Documents> list_access_keys(Services& services);
/// A job: replaces keys that are old, and forgets revoked tokens that have ended.
Result<void> tend_access_tokens(Services& services, Instant now);

}  // namespace gatehouse::admin
