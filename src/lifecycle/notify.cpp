#include "lifecycle/notify.h"

#include <algorithm>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/notices.h"
#include "admin/notify_policy.h"
#include "admin/policy.h"
#include "lifecycle/notifier.h"
#include "lifecycle/subject.h"
#include "lifecycle/words.h"

namespace gatehouse::lifecycle {
namespace {

namespace json = boost::json;

json::value maybe(const std::optional<Instant>& at) { return at ? json::value(format_instant(*at)) : json::value(nullptr); }
json::value maybe(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

std::string_view to_string(store::MessageState state) noexcept {
  switch (state) {
    case store::MessageState::kGivenUp: return "given up";
    case store::MessageState::kWaiting: return "waiting";
    case store::MessageState::kSent: return "sent";
    case store::MessageState::kNotNeeded: return "not needed";
  }
  return "waiting";
}

/// An e-mail address, or a webhook's name; the id where it is gone.
std::string recipient_of(const store::Repositories& at, const store::Message& message) {
  if (message.channel == "webhook") {
    const auto webhook = at.channels.webhook(message.recipient);
    return webhook ? webhook.value().name : message.recipient;
  }
  const auto user = at.users.get(UserId(message.recipient));
  return user ? user.value().value.email : message.recipient;
}

Result<admin::Document> describe(const store::Repositories& at, const store::Matter& matter, Instant now) {
  GH_TRY(const auto notices, at.outbox.notices_of_matter(matter.id));
  admin::Describer describer(at, now);
  GH_TRY(const std::string by, describer.email_of(matter.acknowledged_by));
  json::array told;
  for (const store::StoredNotice& notice : notices) {
    GH_TRY(const auto messages, at.outbox.messages_of(notice.id));
    for (const store::Message& message : messages) {
      if (message.channel != "email" || message.state != store::MessageState::kSent) continue;
      json::value address(recipient_of(at, message));
      if (std::find(told.begin(), told.end(), address) == told.end()) told.push_back(std::move(address));
    }
  }
  admin::Document document;
  document["id"] = matter.id;
  document["topic"] = matter.topic;
  document["subject_kind"] = matter.subject_kind;
  document["subject_id"] = matter.subject_id;
  document["subject_name"] = notices.empty() ? json::value(nullptr) : json::value(notices.back().subject_name);
  document["opened_at"] = format_instant(matter.opened_at);
  document["closed_at"] = maybe(matter.closed_at);
  document["rung"] = matter.rung;
  document["told"] = std::move(told);
  document["escalates_at"] = matter.acknowledged_at ? json::value(nullptr) : maybe(matter.escalate_at);
  document["acknowledged_at"] = maybe(matter.acknowledged_at);
  document["acknowledged_by"] = maybe(by);
  return document;
}

/// Nothing else would ever close these: what they tell has happened, and somebody has seen it.
bool closed_by_acknowledging(const store::Matter& matter) { return matter.topic == "reuse"; }

Result<admin::Document> acknowledge_matter(admin::Services& services, const Caller& caller, const std::string& id,
                                           const UserId& by) {
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(store::Matter matter, at.outbox.matter(id));
  if (matter.acknowledged_at || matter.closed_at) return describe(at, matter, now);
  matter.acknowledged_at = now;
  matter.acknowledged_by = by;
  if (closed_by_acknowledging(matter)) matter.closed_at = now;
  GH_TRYV(at.outbox.update_matter(matter));
  GH_TRY(admin::Document after, describe(at, matter, now));
  AuditEvent event = admin::make_event(caller, "notify.acknowledge", matter.subject_kind, matter.subject_id, matter.topic);
  GH_TRYV(admin::commit(services, std::move(work), admin::with_change(std::move(event), nullptr, &after)));
  return after;
}

struct Linked {
  store::Message message;
  store::StoredNotice notice;
  store::Matter matter;
};

Result<Linked> follow(admin::Services& services, std::string_view link) {
  const Error absent = fail(Errc::kNotFound, "This link is not one of ours, or too old.");
  const auto id = message_of_link(services, link);
  if (!id) return absent;
  GH_TRY(const store::Reader reader, services.database.read());
  const auto message = reader->outbox.message(*id);
  if (!message) return absent;
  GH_TRY(auto notice, reader->outbox.notice(message.value().notice));
  if (notice.matter.empty()) return absent;
  GH_TRY(auto matter, reader->outbox.matter(notice.matter));
  return Linked{message.value(), std::move(notice), std::move(matter)};
}

/// Where the panel rotates a credential, and hands it over; nothing where neither can be done there. Who follows them signs in
/// there.
Result<void> add_ways(const store::Repositories& at, const store::StoredNotice& notice, admin::Document& document) {
  if (notice.subject_kind != "token") return success();
  const auto found = at.credentials.get(CredentialId(notice.subject_id));
  if (!found && found.error().code == Errc::kNotFound) return success();
  GH_TRYV(found);
  const CredentialKind kind = found.value().value.kind;
  if (kind == CredentialKind::kApp) return success();
  const std::string page = (kind == CredentialKind::kOAuthClient ? "/clients/" : "/tokens/") + notice.subject_id;
  // Whose secret lies elsewhere is rotated there.
  if (kind != CredentialKind::kExternal) document["rotate"] = page + "?do=rotate";
  document["transfer"] = page + "?do=transfer";
  return success();
}

}  // namespace

Result<admin::Documents> notify_log(admin::Services& services, const LogQuery& query, int limit) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  store::Outbox::LogFilter filter;
  filter.subject_id = query.subject;
  filter.notice = query.notice;
  if (!query.recipient.empty()) {
    const auto webhook = at.channels.webhook(query.recipient);
    if (webhook) {
      filter.recipient = webhook.value().id;
    } else {
      GH_TRY(const auto user, admin::find_user(at, query.recipient));
      filter.recipient = user.value.id.value;
    }
  }
  GH_TRY(const auto lines, at.outbox.log(filter, limit));
  admin::Documents documents;
  for (const auto& [notice, message, last] : lines) {
    admin::Document one;
    one["notice"] = notice.id;
    one["message"] = message.id;
    one["type"] = type_of(notice);
    one["subject_kind"] = notice.subject_kind;
    one["subject_id"] = notice.subject_id;
    one["subject_name"] = notice.subject_name;
    one["queued_at"] = format_instant(notice.at);
    one["channel"] = message.channel;
    one["recipient"] = recipient_of(at, message);
    one["because"] = message.reason;
    one["state"] = to_string(message.state);
    one["attempts"] = message.attempts;
    one["due_at"] =
        message.state == store::MessageState::kWaiting ? json::value(format_instant(message.due_at)) : json::value(nullptr);
    one["sent_at"] = maybe(message.sent_at);
    one["last_attempt_at"] = last ? json::value(format_instant(last->at)) : json::value(nullptr);
    one["problem"] = maybe(message.problem);
    documents.items.push_back(std::move(one));
  }
  return documents;
}

namespace {

bool stands_on(const Rungs& rungs, const UserId& who) {
  return std::any_of(rungs.begin(), rungs.end(), [&who](const std::vector<Person>& rung) {
    return std::any_of(rung.begin(), rung.end(), [&who](const Person& one) { return one.id == who; });
  });
}

/// Those of which they were told, which are still theirs, and of which nobody has said yet that they take care of them. What
/// others have costs nothing.
Result<std::vector<store::Matter>> matters_of(const store::Repositories& at, const UserId& who) {
  std::vector<store::Matter> theirs;
  if (who.empty()) return theirs;
  GH_TRY(auto told, at.outbox.matters_told_to(who));
  for (store::Matter& matter : told) {
    GH_TRY(const Rungs rungs, rungs_of(at, matter.subject_kind, matter.subject_id));
    if (stands_on(rungs, who)) theirs.push_back(std::move(matter));
  }
  return theirs;
}

}  // namespace

Result<admin::Documents> list_matters(admin::Services& services, const Caller& caller, const std::string& subject, bool mine) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal viewer, admin::authority_of(services, at, caller));
  GH_TRY(const auto own, matters_of(at, viewer.user));
  const bool all = !mine && viewer.reads_all();
  std::vector<store::Matter> open;
  if (all) {
    GH_TRY(open, at.outbox.open_matters(subject));
  } else {
    open = own;
  }
  admin::Documents documents;
  for (const store::Matter& matter : open) {
    if (!subject.empty() && matter.subject_id != subject) continue;
    const bool theirs = std::any_of(own.begin(), own.end(), [&matter](const store::Matter& one) { return one.id == matter.id; });
    GH_TRY(admin::Document one, describe(at, matter, services.clock.now()));
    one["mine"] = theirs;
    documents.items.push_back(std::move(one));
  }
  return documents;
}

Result<admin::Document> acknowledge(admin::Services& services, const Caller& caller, const std::string& matter) {
  {
    // Who is not told of it can't silence it either.
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const store::Matter found, reader->outbox.matter(matter));
    GH_TRY(const Rungs rungs, rungs_of(*reader.operator->(), found.subject_kind, found.subject_id));
    if (!stands_on(rungs, admin::user_of(caller)))
      return fail(Errc::kNotAllowed, "You are not among those who answer for it, so it is not yours to acknowledge.");
  }
  return acknowledge_matter(services, caller, matter, admin::user_of(caller));
}

Result<admin::Document> acknowledge_by_link(admin::Services& services, std::string_view link, std::string_view address,
                                            std::string_view user_agent) {
  GH_TRY(const Linked linked, follow(services, link));
  Caller caller;
  caller.actor_kind = "link";
  caller.address = address;
  caller.user_agent = user_agent;
  UserId by;
  if (linked.message.channel == "email") {
    by = UserId(linked.message.recipient);
    caller.on_behalf_of = linked.message.recipient;
  }
  {
    GH_TRY(const store::Reader reader, services.database.read());
    caller.actor_id = linked.message.id;
    caller.actor_name = recipient_of(*reader.operator->(), linked.message);
  }
  return acknowledge_matter(services, caller, linked.matter.id, by);
}

Result<admin::Document> look_at_link(admin::Services& services, std::string_view link) {
  const Instant now = services.clock.now();
  GH_TRY(const Linked linked, follow(services, link));
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Subject subject, subject_of(at, linked.notice.subject_kind, linked.notice.subject_id, now));
  const Words words = words_of(linked.notice, subject, now);
  admin::Document document;
  document["title"] = words.title;
  document["text"] = words.what;
  GH_TRYV(add_ways(at, linked.notice, document));
  document["state"] = linked.matter.closed_at ? "closed" : linked.matter.acknowledged_at ? "acknowledged" : "open";
  return document;
}

Result<admin::Document> queue_test(admin::Services& services, const Caller& caller, const std::string& to) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto user, admin::find_live_user(at, to.empty() ? caller.actor_id : to, "to"));
  admin::Notice notice{admin::NoticeKind::kTest, "installation", "test", "test"};
  notice.facts["owner"] = user.value.email;
  notice.facts["by"] = admin::who(caller);
  notice.once_key = "test/" + random_base62(services.random, kIdLength);
  const std::string key = notice.once_key;
  GH_TRYV(admin::queue_notice(services, at.outbox, std::move(notice)));
  GH_TRY(const auto queued, at.outbox.notices_of("test", 100));
  admin::Document document;
  for (const store::StoredNotice& one : queued) {
    if (one.once_key == key) document["notice"] = one.id;
  }
  AuditEvent event = admin::make_event(caller, "notify.test", "user", user.value.id.value, user.value.email);
  GH_TRYV(admin::commit(services, std::move(work), std::move(event)));
  return document;
}

Result<admin::Document> show_digest(admin::Services& services, const Caller& caller) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const auto user, admin::find_user(at, caller.actor_id));
  GH_TRY(std::string digest, at.channels.digest_of(user.value.id));
  if (digest.empty()) {
    GH_TRY(const admin::Policy policy, admin::read_policy(at));
    digest = admin::to_string(policy.notify.digest);
  }
  return admin::Document{{"user", user.value.email}, {"digest", digest}};
}

Result<admin::Document> set_digest(admin::Services& services, const Caller& caller, const std::string& user,
                                   std::string_view digest) {
  GH_TRY(const admin::Digest parsed, admin::parse_digest(digest));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, admin::authority_of(services, at, caller));
  // Whether there is such a person is told to nobody who may not set it.
  if (!user.empty() && user != who.email && user != who.user.value && !who.org_admin())
    return policy::refusal_of(policy::Need::kOrgAdmin);
  GH_TRY(const auto found, admin::find_user(at, user.empty() ? caller.actor_id : user));
  GH_TRYV(at.channels.set_digest(found.value.id, admin::to_string(parsed)));
  admin::Document after{{"user", found.value.email}, {"digest", admin::to_string(parsed)}};
  AuditEvent event = admin::make_event(caller, "notify.digest", "user", found.value.id.value, found.value.email);
  GH_TRYV(admin::commit(services, std::move(work), admin::with_change(std::move(event), nullptr, &after)));
  return after;
}

}  // namespace gatehouse::lifecycle
