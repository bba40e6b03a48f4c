// Use cases of webhooks and calendar feeds.
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/webhook_seal.h"
#include "lifecycle/calendar.h"
#include "lifecycle/notify.h"
#include "lifecycle/webhook.h"

namespace gatehouse::lifecycle {
namespace {

namespace json = boost::json;

Result<store::WebhookForm> parse_form(std::string_view text) {
  if (text == "standard") return store::WebhookForm::kStandard;
  if (text == "slack") return store::WebhookForm::kSlack;
  if (text == "teams") return store::WebhookForm::kTeams;
  return fail(Errc::kInvalidArgument, "Write standard, slack or teams.", {}, "form");
}

std::string_view to_string(store::WebhookForm form) noexcept {
  switch (form) {
    case store::WebhookForm::kStandard: return "standard";
    case store::WebhookForm::kSlack: return "slack";
    case store::WebhookForm::kTeams: return "teams";
  }
  return "standard";
}

/// The address of a chat's webhook is itself a secret: whoever knows it can post there. Only its origin is shown.
admin::Document describe(const store::Webhook& webhook) {
  json::array kinds;
  std::string word;
  for (const char c : webhook.kinds + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      kinds.push_back(json::value(std::exchange(word, {})));
    }
  }
  admin::Document document;
  document["id"] = webhook.id;
  document["name"] = webhook.name;
  document["origin"] = webhook.origin;
  document["form"] = to_string(webhook.form);
  document["kinds"] = std::move(kinds);
  document["state"] = webhook.state == State::kLive ? "live" : "disabled";
  document["reason"] = webhook.pause_reason.empty() ? json::value(nullptr) : json::value(webhook.pause_reason);
  document["created_at"] = format_instant(webhook.created_at);
  return document;
}

Result<std::string> parse_kinds(const std::vector<std::string>& kinds) {
  std::string out;
  for (const std::string& kind : kinds) {
    const bool shaped =
        kind.find('.') != std::string::npos && kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string::npos;
    if (!shaped) {
      return fail(Errc::kInvalidArgument,
                  "Kinds are like token.expiring, or token. for all of a noun; see docs/operate/notifications.md.", {}, "kinds");
    }
    out += (out.empty() ? "" : " ") + kind;
  }
  return out;
}

/// An address that every delivery would refuse is refused at once. What a name leads to is looked at with each delivery.
Result<void> check_receiver(const http::AddressPolicy& receivers, const std::string& origin) {
  GH_TRY(const http::Origin parsed, http::parse_base_url(origin));
  const bool here = parsed.host == "localhost" || parsed.host.ends_with(".localhost");
  const auto address = parse_ip(here ? "127.0.0.1" : parsed.host);
  if (!address || receivers.permits(parsed.host, address.value())) return success();
  return fail(Errc::kNotAllowed,
              parsed.host +
                  " is a private or special address, to which nothing is sent. If it is meant, name it in the "
                  "configuration file: allow_hosts or allow_networks under [notify] (docs/operate/notifications.md).",
              {}, "url");
}

std::string feed_subject(const std::string& id) { return "calendar/" + id; }

}  // namespace

Result<admin::Document> add_webhook(admin::Services& services, const Caller& caller, const AddWebhook& request) {
  GH_TRYV(admin::check_name(request.name, "name", 100));
  GH_TRY(const WebhookAddress address, parse_webhook_url(request.url));
  GH_TRYV(check_receiver(services.webhook_receivers, address.origin));
  store::Webhook webhook;
  GH_TRY(webhook.form, parse_form(request.form));
  GH_TRY(webhook.kinds, parse_kinds(request.kinds));
  webhook.id = random_base62(services.random, kIdLength);
  webhook.name = request.name;
  webhook.origin = address.origin;
  webhook.created_at = services.clock.now();
  SecretString secret;
  if (webhook.form == store::WebhookForm::kStandard) secret = new_webhook_secret(services.random);
  admin::seal_webhook(services.sealer, request.url, secret, webhook);
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(work->channels.insert_webhook(webhook));
  admin::Document document = describe(webhook);
  AuditEvent event = admin::make_event(caller, "webhook.add", "webhook", webhook.id, webhook.name);
  GH_TRYV(admin::commit(services, std::move(work), admin::with_change(std::move(event), nullptr, &document)));
  if (!secret.empty()) document["secret"] = secret.expose();
  return document;
}

Result<admin::Documents> list_webhooks(admin::Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto webhooks, reader->channels.webhooks());
  admin::Documents documents;
  for (const store::Webhook& webhook : webhooks) documents.items.push_back(describe(webhook));
  return documents;
}

Result<admin::Document> resume_webhook(admin::Services& services, const Caller& caller, std::string_view name) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(store::Webhook webhook, work->channels.webhook(name));
  webhook.state = State::kLive;
  webhook.pause_reason.clear();
  GH_TRYV(work->channels.set_webhook_state(webhook.id, webhook.state, {}));
  admin::Document document = describe(webhook);
  AuditEvent event = admin::make_event(caller, "webhook.resume", "webhook", webhook.id, webhook.name);
  GH_TRYV(admin::commit(services, std::move(work), admin::with_change(std::move(event), nullptr, &document)));
  return document;
}

Result<void> remove_webhook(admin::Services& services, const Caller& caller, std::string_view name) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const store::Webhook webhook, work->channels.webhook(name));
  GH_TRYV(work->channels.set_webhook_state(webhook.id, State::kRevoked, {}));
  GH_TRYV(work->channels.set_webhook_sealed(webhook.id, {}, {}));
  return admin::commit(services, std::move(work),
                       admin::make_event(caller, "webhook.remove", "webhook", webhook.id, webhook.name));
}

Result<admin::Document> add_feed(admin::Services& services, const Caller& caller, const std::string& user) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto person, admin::find_live_user(*work.operator->(), user.empty() ? caller.actor_id : user, "user"));
  const SecretString secret(random_base62(services.random, 43));
  store::CalendarFeed feed;
  feed.id = random_base62(services.random, kIdLength);
  feed.user = person.value.id;
  feed.hash = crypto::format_token_hash(services.hasher.hash(feed_subject(feed.id), secret.expose()));
  feed.created_at = services.clock.now();
  GH_TRYV(work->channels.insert_feed(feed));
  admin::Document document{{"id", feed.id}, {"user", person.value.email}, {"created_at", format_instant(feed.created_at)}};
  AuditEvent event = admin::make_event(caller, "calendar.add", "calendar", feed.id, person.value.email);
  GH_TRYV(admin::commit(services, std::move(work), admin::with_change(std::move(event), nullptr, &document)));
  document["path"] = "/api/v1/calendar/" + feed.id + secret.expose() + ".ics";
  return document;
}

Result<admin::Documents> list_feeds(admin::Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto feeds, reader->channels.feeds({}));
  admin::Describer describer(*reader.operator->(), services.clock.now());
  admin::Documents documents;
  for (const store::CalendarFeed& feed : feeds) {
    GH_TRY(const std::string email, describer.email_of(feed.user));
    documents.items.push_back(admin::Document{{"id", feed.id}, {"user", email}, {"created_at", format_instant(feed.created_at)}});
  }
  return documents;
}

Result<void> revoke_feed(admin::Services& services, const Caller& caller, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const store::CalendarFeed feed, work->channels.feed(id));
  GH_TRYV(work->channels.revoke_feed(feed.id, services.clock.now()));
  return admin::commit(services, std::move(work),
                       admin::make_event(caller, "calendar.revoke", "calendar", feed.id, feed.user.value));
}

Result<std::string> read_feed(admin::Services& services, std::string_view secret) {
  constexpr std::string_view kEnd = ".ics";
  const Error absent = fail(Errc::kNotFound, "There is no calendar at this address; it may have been revoked.");
  if (secret.size() <= kIdLength + kEnd.size() || secret.substr(secret.size() - kEnd.size()) != kEnd) return absent;
  secret.remove_suffix(kEnd.size());
  GH_TRY(const store::Reader reader, services.database.read());
  const std::string id(secret.substr(0, kIdLength));
  const auto feed = reader->channels.feed(id);
  if (!feed) return absent;
  const auto hash = crypto::parse_token_hash(feed.value().hash);
  if (!hash || feed.value().revoked_at || !services.hasher.matches(hash.value(), feed_subject(id), secret.substr(kIdLength)))
    return absent;
  const auto user = reader->users.get(feed.value().user);
  if (!user || user.value().value.state != State::kLive) return absent;
  return calendar_of(services, *reader.operator->(), user.value().value, services.clock.now());
}

}  // namespace gatehouse::lifecycle
