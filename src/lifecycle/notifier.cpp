#include "lifecycle/notifier.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "admin/common.h"
#include "admin/notices.h"
#include "admin/webhook_seal.h"
#include "crypto/token_hash.h"
#include "lifecycle/ladder.h"
#include "lifecycle/overlap.h"
#include "lifecycle/postmaster.h"
#include "lifecycle/subject.h"
#include "lifecycle/watch.h"

namespace gatehouse::lifecycle {
namespace {

using namespace std::chrono_literals;
using admin::NoticeKind;

constexpr int kAtOnce = 200;
/// Others leave a message alone that long; longer than any attempt takes.
constexpr Duration kClaim = 5min;
/// More urgent messages for one person than these go out as one mail.
constexpr std::size_t kMostSingly = 5;
constexpr std::size_t kMostInDigest = 100;
constexpr std::array<Duration, 7> kMailAgain{1min, 5min, 15min, 30min, 1h, 2h, 4h};
constexpr Duration kMailGivesUp = 72h;
constexpr std::array<Duration, 6> kWebhookAgain{5s, 5min, 30min, 2h, 5h, 10h};
constexpr Duration kWebhookGivesUp = 24h;
constexpr std::chrono::seconds kTurn{10};
constexpr Duration kWholeLadder = 1h;
constexpr Duration kKept = 24h * 400;

std::string link_subject(std::string_view message) { return "notify-act/" + std::string(message); }

template <std::size_t N>
Duration delay(const std::array<Duration, N>& schedule, int attempts) {
  return schedule.at(std::min(static_cast<std::size_t>(std::max(attempts, 1) - 1), N - 1));
}

Caller notifier_as_caller() {
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "notifier";
  return caller;
}

store::Delivery line(const store::Message& message, Instant now, std::string_view outcome, std::string_view detail) {
  store::Delivery delivery;
  delivery.message = message.id;
  delivery.attempt = message.attempts;
  delivery.at = now;
  delivery.outcome = outcome;
  delivery.detail = detail;
  return delivery;
}

}  // namespace

std::string action_link(const admin::Services& services, const std::string& url, const std::string& message) {
  return url + "/api/v1/notify/act/" + message + "." + crypto::format_token_hash(services.hasher.hash(link_subject(message), {}));
}

std::optional<std::string> message_of_link(const admin::Services& services, std::string_view token) {
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string message(token.substr(0, dot));
  const auto hash = crypto::parse_token_hash(token.substr(dot + 1));
  if (!hash || !services.hasher.matches(hash.value(), link_subject(message), {})) return std::nullopt;
  return message;
}

Notifier::Notifier(admin::Services& services, NotifySettings settings)
    : services_(services), settings_(std::move(settings)), fetch_(services.fetch) {
  fetch_.upstream.addresses = settings_.receivers;
  fetch_.deadline_ms = 15'000;
  fetch_.max_body = std::size_t{64} << 10;
}

void Notifier::add_jobs(Jobs& jobs) {
  jobs.add("ladder", 1min, [this](Instant now) -> Result<void> {
    const bool whole = !laddered_ || *laddered_ > now || now - *whole_ladder_ >= kWholeLadder;
    GH_TRYV(whole ? run_ladder(services_, now) : run_ladder_since(services_, *laddered_, now));
    laddered_ = now;
    if (whole) whole_ladder_ = now;
    return success();
  });
  jobs.add("watch", 1min, [this](Instant now) { return watch(services_, now); });
  jobs.add("silence", 5min, [this](Instant now) { return watch_silence(services_, now, rhythms_); });
  jobs.add("old secrets", 1min, [this](Instant now) { return tell_of_old_secrets(services_, now); });
  jobs.add("address notices", 1s, [this](Instant now) { return address(services_, now); });
  jobs.add("escalate", 10s, [this](Instant now) { return escalate(services_, now); });
  jobs.add("forget old notices", 24h, [this](Instant now) {
    return services_.database.tend_outbox(
        [now](store::Outbox& outbox, const store::Repositories&) { return outbox.forget_before(now - kKept); });
  });
}

Duration Notifier::jittered(Duration span) {
  std::array<std::byte, 1> byte{};
  services_.random.fill(byte);
  // 0.8 to 1.2 of it, so that many receivers are not asked in the same instant.
  return Duration(span.count() * (800 + std::to_integer<int>(byte[0]) * 400 / 255) / 1000);
}

Result<void> Notifier::deliver(Instant now) {
  std::map<std::string, std::vector<store::Message>> urgent, calm;
  std::vector<store::Message> webhooks;
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    GH_TRY(const auto due, reader->outbox.due(now, kAtOnce));
    for (const store::Message& message : due) {
      if (message.channel == "webhook") {
        webhooks.push_back(message);
        continue;
      }
      GH_TRY(const store::StoredNotice notice, reader->outbox.notice(message.notice));
      auto& pile = urgency_of(notice) == Urgency::kCalm ? calm : urgent;
      pile[message.recipient].push_back(message);
    }
  }
  // The rest waits for the next turn, so that a stop need not wait for a long list of slow receivers.
  const auto end_of_turn = std::chrono::steady_clock::now() + kTurn;
  const auto time_is_up = [end_of_turn] { return std::chrono::steady_clock::now() >= end_of_turn; };
  std::set<std::string> away;
  for (const store::Message& message : webhooks) {
    if (time_is_up()) break;
    if (away.contains(message.recipient)) continue;
    GH_TRYV(send_webhook(message, now, away));
  }
  // A server that is away is not asked again for each of the others.
  bool server_away = false;
  for (auto& [recipient, messages] : urgent) {
    if (server_away || time_is_up()) return success();
    if (messages.size() > kMostSingly) {
      GH_TRYV(send_mail(std::move(messages), now, server_away));
      continue;
    }
    for (const store::Message& message : messages) {
      if (server_away || time_is_up()) return success();
      GH_TRYV(send_mail({message}, now, server_away));
    }
  }
  for (auto& [recipient, messages] : calm) {
    if (server_away || time_is_up()) return success();
    GH_TRYV(send_mail(std::move(messages), now, server_away));
  }
  return success();
}

Result<bool> Notifier::claim(const store::Message& message, Instant now) {
  bool ours = false;
  GH_TRYV(services_.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) -> Result<void> {
    GH_TRY(ours, outbox.claim(message.id, now, now + kClaim));
    return success();
  }));
  return ours;
}

/// An end that was moved, or has come meanwhile, is not announced any more.
Result<bool> Notifier::still_needed(const store::Reader& reader, const store::StoredNotice& notice) const {
  if (static_cast<NoticeKind>(notice.kind) != NoticeKind::kExpiring || notice.matter.empty()) return true;
  GH_TRY(const store::Matter matter, reader->outbox.matter(notice.matter));
  return !matter.closed_at.has_value();
}

Result<void> Notifier::send_mail(std::vector<store::Message> messages, Instant now, bool& server_away) {
  if (messages.size() > kMostInDigest) messages.resize(kMostInDigest);
  std::vector<store::Message> taken, dropped;
  std::vector<MailItem> items;
  std::string to;
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    GH_TRY(const auto user, reader->users.get(UserId(messages.front().recipient)));
    to = user.value.email;
    for (store::Message& message : messages) {
      GH_TRY(const store::StoredNotice notice, reader->outbox.notice(message.notice));
      GH_TRY(const bool needed, still_needed(reader, notice));
      if (!needed || user.value.state != State::kLive) {
        dropped.push_back(std::move(message));
        continue;
      }
      GH_TRY(const Subject subject, subject_of(*reader.operator->(), notice.subject_kind, notice.subject_id, now));
      MailItem item;
      item.words = words_of(notice, subject, now);
      item.reason = message.reason;
      if (!notice.matter.empty()) {
        GH_TRY(const store::Matter matter, reader->outbox.matter(notice.matter));
        if (!matter.closed_at) item.action = action_link(services_, settings_.url, message.id);
      }
      item.message_id = message.id;
      item.thread = notice.subject_kind + "." + notice.subject_id;
      items.push_back(std::move(item));
      taken.push_back(std::move(message));
    }
  }
  for (store::Message& message : dropped) {
    message.state = store::MessageState::kNotNeeded;
    ++message.attempts;
    GH_TRYV(services_.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) {
      return outbox.finish(message,
                           line(message, now, "not needed", "Its end was moved or has come, or the person is suspended."));
    }));
  }
  for (std::size_t i = taken.size(); i-- > 0;) {
    GH_TRY(const bool ours, claim(taken[i], now));
    if (ours) continue;
    taken.erase(taken.begin() + static_cast<std::ptrdiff_t>(i));
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (taken.empty()) return success();
  if (!settings_.mail.enabled()) {
    return note(taken, fail(Errc::kInvalidArgument, "There is no mail server: set [smtp] in the configuration file."), now);
  }
  const auto mail = compose(settings_.mail, to, items, now);
  if (!mail) return note(taken, mail.error(), now);
  const Result<void> outcome = send(settings_.mail, mail.value());
  server_away = !outcome && outcome.error().code == Errc::kUnavailable;
  return note(taken, outcome, now);
}

Result<void> Notifier::note(const std::vector<store::Message>& messages, const Result<void>& outcome, Instant now) {
  return services_.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) -> Result<void> {
    for (store::Message message : messages) {
      ++message.attempts;
      if (outcome) {
        message.state = store::MessageState::kSent;
        message.sent_at = now;
        message.problem.clear();
        GH_TRYV(outbox.finish(message, line(message, now, "sent", "by mail")));
        continue;
      }
      message.problem = outcome.error().public_detail;
      message.due_at = now + delay(kMailAgain, message.attempts);
      const bool for_good = outcome.error().code == Errc::kInvalidArgument || message.created_at + kMailGivesUp <= now;
      if (for_good) message.state = store::MessageState::kGivenUp;
      GH_TRYV(outbox.finish(message, line(message, now, for_good ? "given up" : "failed", message.problem)));
      if (!for_good) continue;
      // Who can't be told has not been told: the next ones are, at once.
      GH_TRY(const store::StoredNotice notice, outbox.notice(message.notice));
      if (notice.matter.empty()) continue;
      GH_TRY(store::Matter matter, outbox.matter(notice.matter));
      if (matter.closed_at || matter.acknowledged_at || !matter.escalate_at) continue;
      matter.escalate_at = now;
      GH_TRYV(outbox.update_matter(matter));
    }
    return success();
  });
}

Result<void> Notifier::send_webhook(const store::Message& message, Instant now, std::set<std::string>& away) {
  GH_TRY(const bool ours, claim(message, now));
  if (!ours) return success();
  std::string body;
  std::optional<store::Webhook> webhook;
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    auto found = reader->channels.webhook(message.recipient);
    if (!found && found.error().code != Errc::kNotFound) return found.error();
    if (found && found.value().state == State::kLive) webhook = std::move(found.value());
    if (webhook) {
      GH_TRY(const store::StoredNotice notice, reader->outbox.notice(message.notice));
      GH_TRY(const Subject subject, subject_of(*reader.operator->(), notice.subject_kind, notice.subject_id, now));
      std::string action;
      if (!notice.matter.empty()) {
        GH_TRY(const store::Matter matter, reader->outbox.matter(notice.matter));
        if (!matter.closed_at) action = action_link(services_, settings_.url, message.id);
      }
      body = webhook_body(webhook->form, notice, words_of(notice, subject, now), action);
    }
  }
  if (!webhook) {
    return note_webhook(message, fail(Errc::kInvalidArgument, "The webhook was removed or is disabled."), now);
  }
  const auto url = admin::webhook_url(services_.sealer, *webhook);
  if (!url) return note_webhook(message, url.error(), now);
  const auto address = parse_webhook_url(url.value().expose());
  if (!address) return note_webhook(message, address.error(), now);
  auto secret = admin::webhook_secret(services_.sealer, *webhook);
  if (!secret) return note_webhook(message, secret.error(), now);
  const auto answer = post_webhook(fetch_, address.value(), secret.value(), message.id, now, body);
  if (!answer) away.insert(message.recipient);
  return note_webhook(message, answer, now);
}

Result<void> Notifier::note_webhook(store::Message message, const Result<WebhookAnswer>& answer, Instant now) {
  ++message.attempts;
  const int status = answer ? answer.value().status : 0;
  const bool taken = status >= 200 && status < 300;
  const bool gone = status == 410;
  const std::string detail = answer ? "answered " + std::to_string(status) : answer.error().public_detail;
  const bool for_good = gone || (!answer && answer.error().code == Errc::kInvalidArgument) ||
                        message.created_at + kWebhookGivesUp <= now || message.attempts > static_cast<int>(kWebhookAgain.size());
  message.problem = taken ? std::string() : detail;
  if (taken) {
    message.state = store::MessageState::kSent;
    message.sent_at = now;
  } else if (for_good) {
    message.state = store::MessageState::kGivenUp;
  } else {
    Duration wait = jittered(delay(kWebhookAgain, message.attempts));
    if (answer && answer.value().retry_after) wait = std::max(wait, *answer.value().retry_after);
    message.due_at = now + wait;
  }
  GH_TRYV(services_.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories& at) -> Result<void> {
    GH_TRYV(outbox.finish(message, line(message, now, taken ? "sent" : for_good ? "given up" : "failed", detail)));
    if (!taken && !for_good) return success();
    const auto webhook = at.channels.webhook(message.recipient);
    if (!webhook) return success();
    admin::Notice notice{taken ? NoticeKind::kRecovered : NoticeKind::kFailing, "webhook", message.recipient,
                         webhook.value().name};
    if (!taken)
      notice.facts["because"] = "Its receiver does not take messages: " + detail + ". What it was to be told is lost to it.";
    return admin::queue_notice(services_, outbox, std::move(notice));
  }));
  if (gone) return disable(message.recipient, "the receiver answered 410 Gone");
  return success();
}

Result<void> Notifier::disable(const std::string& webhook, std::string_view reason) {
  GH_TRY(store::UnitOfWork work, services_.database.begin());
  const auto found = work->channels.webhook(webhook);
  if (!found) return success();
  GH_TRYV(work->channels.set_webhook_state(webhook, State::kPaused, reason));
  AuditEvent event = admin::make_event(notifier_as_caller(), "webhook.disable", "webhook", webhook, found.value().name);
  event.reason = reason;
  return admin::commit(services_, std::move(work), std::move(event));
}

}  // namespace gatehouse::lifecycle
