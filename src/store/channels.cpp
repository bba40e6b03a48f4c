#include "store/channels.h"

#include <algorithm>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kWebhookColumns =
    "id, name, origin, sealed_url, form, sealed_secret, kinds, state, pause_reason, created_at";
constexpr std::string_view kWebhookTypes = "ttttittiti";
constexpr std::string_view kFeedColumns = "id, user_id, hash, created_at, revoked_at";
constexpr std::string_view kFeedTypes = "tttii";

Result<Webhook> read_webhook(const Row& row) {
  Cells cells(row, "webhooks");
  Webhook webhook;
  webhook.id = cells.text();
  webhook.name = cells.text();
  webhook.origin = cells.text();
  webhook.sealed_url = cells.text();
  webhook.form = cells.number(WebhookForm::kStandard, WebhookForm::kTeams);
  webhook.sealed_secret = cells.text();
  webhook.kinds = cells.text();
  webhook.state = cells.number(State::kRevoked, State::kArchived);
  webhook.pause_reason = cells.text();
  webhook.created_at = cells.instant();
  GH_TRYV(cells.finish());
  return webhook;
}

Result<CalendarFeed> read_feed(const Row& row) {
  Cells cells(row, "calendar_feeds");
  CalendarFeed feed;
  feed.id = cells.text();
  feed.user = cells.id<UserId>();
  feed.hash = cells.text();
  feed.created_at = cells.instant();
  feed.revoked_at = cells.optional_instant();
  GH_TRYV(cells.finish());
  return feed;
}

}  // namespace

bool Webhook::wants(std::string_view type) const {
  const std::vector<std::string> wanted = words(kinds);
  if (wanted.empty()) return true;
  return std::any_of(wanted.begin(), wanted.end(), [type](const std::string& one) {
    return one == type || (one.back() == '.' && type.substr(0, one.size()) == one);
  });
}

Result<std::vector<Webhook>> Channels::webhooks() const {
  GH_TRY(
      const auto rows,
      session_.rows("SELECT " + std::string(kWebhookColumns) + " FROM webhooks WHERE state <> 0 ORDER BY name", kWebhookTypes));
  std::vector<Webhook> all;
  for (const Row& row : rows) {
    GH_TRY(Webhook one, read_webhook(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<Webhook> Channels::webhook(std::string_view id_or_name) const {
  const std::string wanted(id_or_name);
  GH_TRY(const auto row, session_.row("SELECT " + std::string(kWebhookColumns) +
                                          " FROM webhooks WHERE state <> 0 AND (id = :p1 OR name = :p2) ORDER BY id",
                                      kWebhookTypes, {wanted, wanted}, "There is no webhook of that name."));
  return read_webhook(row);
}

Result<void> Channels::insert_webhook(const Webhook& webhook) {
  Binds binds;
  binds.text(webhook.id).text(webhook.name).text(webhook.origin).text(webhook.sealed_url).number(webhook.form);
  binds.text(webhook.sealed_secret);
  binds.text(webhook.kinds).number(webhook.state).text(webhook.pause_reason).instant(webhook.created_at);
  auto inserted = insert_plain(session_, "webhooks", kWebhookColumns, binds);
  if (!inserted && inserted.error().code == Errc::kConflict)
    return fail(Errc::kConflict, "There is a webhook of that name already; choose another name.", {}, "name");
  return inserted;
}

Result<void> Channels::set_webhook_state(const std::string& id, State state, std::string_view reason) {
  GH_TRYV(session_.run("UPDATE webhooks SET state = :p1, pause_reason = :p2 WHERE id = :p3",
                       {static_cast<std::int64_t>(state), std::string(reason), id}));
  return success();
}

Result<void> Channels::set_webhook_sealed(const std::string& id, const std::string& sealed_url,
                                          const std::string& sealed_secret) {
  GH_TRYV(
      session_.run("UPDATE webhooks SET sealed_url = :p1, sealed_secret = :p2 WHERE id = :p3", {sealed_url, sealed_secret, id}));
  return success();
}

Result<CalendarFeed> Channels::feed(const std::string& id) const {
  GH_TRY(const auto row, session_.row("SELECT " + std::string(kFeedColumns) + " FROM calendar_feeds WHERE id = :p1", kFeedTypes,
                                      {id}, "There is no such calendar address."));
  return read_feed(row);
}

Result<std::vector<CalendarFeed>> Channels::feeds(const UserId& user) const {
  std::string sql = "SELECT " + std::string(kFeedColumns) + " FROM calendar_feeds WHERE revoked_at IS NULL";
  std::vector<Value> binds;
  if (!user.empty()) {
    sql += " AND user_id = :p1";
    binds.emplace_back(user.value);
  }
  GH_TRY(const auto rows, session_.rows(sql + " ORDER BY created_at, id", kFeedTypes, binds));
  std::vector<CalendarFeed> all;
  for (const Row& row : rows) {
    GH_TRY(CalendarFeed one, read_feed(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<void> Channels::insert_feed(const CalendarFeed& feed) {
  Binds binds;
  binds.text(feed.id).id(feed.user).text(feed.hash).instant(feed.created_at).optional_instant(feed.revoked_at);
  return insert_plain(session_, "calendar_feeds", kFeedColumns, binds);
}

Result<void> Channels::revoke_feed(const std::string& id, Instant at) {
  GH_TRYV(session_.run("UPDATE calendar_feeds SET revoked_at = :p1 WHERE id = :p2 AND revoked_at IS NULL",
                       {at.time_since_epoch().count(), id}));
  return success();
}

Result<std::string> Channels::digest_of(const UserId& user) const {
  GH_TRY(const auto rows, session_.rows("SELECT digest FROM notify_preferences WHERE user_id = :p1", "t", {user.value}));
  return rows.empty() ? std::string() : std::get<std::string>(rows.front().front());
}

Result<void> Channels::set_digest(const UserId& user, std::string_view digest) {
  GH_TRYV(
      session_.run("INSERT INTO notify_preferences (user_id, digest) VALUES (:p1, :p2) ON CONFLICT (user_id) DO UPDATE SET "
                   "digest = excluded.digest",
                   {user.value, std::string(digest)}));
  return success();
}

}  // namespace gatehouse::store
