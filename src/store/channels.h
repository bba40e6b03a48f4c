// How people and programs are told: webhooks, calendar feeds, and each person's choice about digests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/state.h"

namespace gatehouse::store {

class Session;

/// What a webhook's body looks like: Standard Webhooks' own, or what Slack's and Microsoft Teams' incoming addresses take.
enum class WebhookForm { kStandard = 1, kSlack, kTeams };

struct Webhook {
  std::string id;
  std::string name;
  std::string origin;      ///< scheme, host and port: all of its address that may be shown
  std::string sealed_url;  ///< crypto/seal.h (admin/webhook_seal.h), as is …
  WebhookForm form = WebhookForm::kStandard;
  std::string sealed_secret;  ///< … this; of kStandard, else empty
  std::string kinds;          ///< "token.expiring account.", with spaces between; a dot at the end means all of them. Empty: all
  State state = State::kLive;
  std::string pause_reason;
  Instant created_at{};

  bool wants(std::string_view type) const;
};

struct CalendarFeed {
  std::string id;
  UserId user;
  std::string hash;  ///< crypto/token_hash.h
  Instant created_at{};
  std::optional<Instant> revoked_at;
};

class Channels {
 public:
  explicit Channels(Session& session) noexcept : session_(session) {}
  Channels(const Channels&) = delete;

  /// By name; removed ones are left out.
  Result<std::vector<Webhook>> webhooks() const;
  /// By id or name.
  Result<Webhook> webhook(std::string_view id_or_name) const;
  /// kConflict where the name is in use.
  Result<void> insert_webhook(const Webhook& webhook);
  /// Changes state and reason alone.
  Result<void> set_webhook_state(const std::string& id, State state, std::string_view reason);
  /// The same address and secret, sealed by another key; or both empty, of one that was removed.
  Result<void> set_webhook_sealed(const std::string& id, const std::string& sealed_url, const std::string& sealed_secret);

  Result<CalendarFeed> feed(const std::string& id) const;
  /// Live ones; of everybody where `user` is empty.
  Result<std::vector<CalendarFeed>> feeds(const UserId& user) const;
  Result<void> insert_feed(const CalendarFeed& feed);
  Result<void> revoke_feed(const std::string& id, Instant at);

  /// Empty where the person never chose.
  Result<std::string> digest_of(const UserId& user) const;
  Result<void> set_digest(const UserId& user, std::string_view digest);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
