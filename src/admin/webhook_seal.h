// The secret parts of a webhook, sealed: its address (whoever knows a chat's can post there) and the key of its signature. Used
// by lifecycle/ and by `gatehouse key rotate`.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/seal.h"
#include "store/channels.h"

namespace gatehouse::admin {

/// Fills `sealed_url` and `sealed_secret`; `id` and `origin` are set already, which both are bound to. `secret` may be empty.
void seal_webhook(const crypto::Sealer& sealer, std::string_view url, const SecretString& secret, store::Webhook& webhook);
/// kDataCorrupt where it was changed, or its key is gone.
Result<SecretString> webhook_url(const crypto::Sealer& sealer, const store::Webhook& webhook);
/// Empty where the form has none.
Result<SecretString> webhook_secret(const crypto::Sealer& sealer, const store::Webhook& webhook);

}  // namespace gatehouse::admin
