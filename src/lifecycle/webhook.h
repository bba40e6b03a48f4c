// Webhooks: what is posted, and its signature after Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"
#include "lifecycle/words.h"
#include "store/channels.h"

namespace gatehouse::lifecycle {

/// Origin and the rest of a webhook's address. https, or http (which is sent only to hosts that the configuration names); no user
/// information, no fragment. kInvalidArgument says what is wrong.
struct WebhookAddress {
  std::string origin;
  std::string target;
};
Result<WebhookAddress> parse_webhook_url(std::string_view url);

/// "whsec_" and 32 random bytes in base64.
SecretString new_webhook_secret(Random& random);

/// "v1,BASE64" over "ID.SECONDS.BODY" by HMAC-SHA256. kDataCorrupt where the secret is none.
Result<std::string> sign_webhook(const SecretString& secret, std::string_view id, std::int64_t seconds, std::string_view body);

/// The body in the webhook's form. `action` is a link, or empty. Texts are cut to what Slack (3,000 characters a section, 150 a
/// header, 2,000 a field and 10 of those) and Microsoft Teams (28 KB) take.
std::string webhook_body(store::WebhookForm form, const store::StoredNotice& notice, const Words& words, std::string_view action);

struct WebhookAnswer {
  int status = 0;
  std::optional<Duration> retry_after;  ///< of 429 and 503
};
/// One attempt: `id` stays the same at each, the time does not. Follows no redirect. The address filter of `options` holds for
/// the address that is really connected to.
Result<WebhookAnswer> post_webhook(const http::FetchOptions& options, const WebhookAddress& address, const SecretString& secret,
                                   std::string_view id, Instant now, const std::string& body);

}  // namespace gatehouse::lifecycle
