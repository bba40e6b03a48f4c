#include "lifecycle/postmaster.h"

#include <algorithm>

#include "admin/notices.h"
#include "admin/policy.h"
#include "lifecycle/subject.h"
#include "lifecycle/words.h"

namespace gatehouse::lifecycle {
namespace {

using admin::NoticeKind;

constexpr int kAtOnce = 100;
constexpr std::chrono::hours kDailyAt{8};

/// How many rungs are told at first.
int first_rungs(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kExpired:
    case NoticeKind::kPaused:
    case NoticeKind::kResumed:
    case NoticeKind::kRevoked:
    case NoticeKind::kReuse:
    case NoticeKind::kOrphaned:
    case NoticeKind::kUpstreamRefused:
    case NoticeKind::kFailing:
    case NoticeKind::kInGrace:
    case NoticeKind::kApprovalAsked: return 2;
    default: return 1;
  }
}

/// Of mail that may wait.
Instant next_digest(admin::Digest digest, Instant now) {
  using namespace std::chrono;
  if (digest == admin::Digest::kHourly) return ceil<hours>(now);
  if (digest == admin::Digest::kNone) return now;
  const Instant today = floor<days>(now) + kDailyAt;
  return today > now ? today : today + days(1);
}

class Addressing {
 public:
  Addressing(admin::Services& services, store::Outbox& outbox, const store::Repositories& at, Instant now)
      : services_(services), outbox_(outbox), at_(at), now_(now) {}

  Result<void> notice(const store::StoredNotice& notice) {
    GH_TRY(policy_, read_once());
    const auto kind = static_cast<NoticeKind>(notice.kind);
    GH_TRY(auto rungs, rungs_for(notice));
    std::optional<store::Matter> matter;
    if (!notice.matter.empty()) {
      GH_TRY(matter, outbox_.matter(notice.matter));
    }
    // On the last day who had acknowledged is asked again, and so are those above.
    if (matter && kind == NoticeKind::kExpiring && urgency_of(notice) == Urgency::kUrgent) {
      matter->acknowledged_at.reset();
    }
    const int wanted = std::max(first_rungs(kind), matter ? matter->rung + 1 : 0);
    GH_TRY(const int reached, tell_up_to(notice, rungs, wanted));
    if (matter && !matter->closed_at) {
      matter->rung = reached;
      matter->escalate_at.reset();
      if (reached + 1 < static_cast<int>(rungs.size())) matter->escalate_at = now_ + patience(notice, rungs.size() - 1 - reached);
      GH_TRYV(outbox_.update_matter(*matter));
    }
    GH_TRYV(alarm_where_nobody(notice, rungs));
    GH_TRYV(tell_webhooks(notice));
    return outbox_.mark_addressed(notice.id, now_);
  }

  Result<void> escalation(store::Matter matter) {
    GH_TRY(policy_, read_once());
    GH_TRY(const auto notices, outbox_.notices_of_matter(matter.id));
    matter.escalate_at.reset();
    if (notices.empty()) return outbox_.update_matter(matter);
    const store::StoredNotice& newest = notices.back();
    GH_TRY(const auto rungs, rungs_for(newest));
    bool told = false;
    while (!told && matter.rung + 1 < static_cast<int>(rungs.size())) {
      ++matter.rung;
      for (const Person& person : rungs[static_cast<std::size_t>(matter.rung)]) {
        GH_TRY(const bool written, mail(newest, person, "nobody acknowledged it so far"));
        told = told || written;
      }
    }
    if (matter.rung + 1 < static_cast<int>(rungs.size()))
      matter.escalate_at = now_ + patience(newest, rungs.size() - 1 - static_cast<std::size_t>(matter.rung));
    return outbox_.update_matter(matter);
  }

 private:
  Result<admin::NotifyPolicy> read_once() {
    if (read_) return policy_;
    GH_TRY(const admin::Policy policy, admin::read_policy(at_));
    read_ = true;
    return policy.notify;
  }

  Result<Rungs> rungs_for(const store::StoredNotice& notice) {
    GH_TRY(auto rungs, rungs_of(at_, notice.subject_kind, notice.subject_id));
    // A test goes to the one person that it was asked for.
    const boost::json::value facts = boost::json::parse(notice.facts);
    const boost::json::value* const to = facts.as_object().if_contains("owner");
    if (!to || !to->is_string()) return rungs;
    const auto user = at_.users.get_by_email(to->get_string());
    if (user && user.value().value.state == State::kLive) {
      std::vector<Person> first{{user.value().value.id, user.value().value.email, "it is yours"}};
      if (static_cast<NoticeKind>(notice.kind) == NoticeKind::kTest) return Rungs{std::move(first)};
      rungs.insert(rungs.begin(), std::move(first));
    }
    return rungs;
  }

  /// Goes on beyond `wanted` until somebody is told. The last rung that was.
  Result<int> tell_up_to(const store::StoredNotice& notice, const Rungs& rungs, int wanted) {
    bool anybody = false;
    int rung = 0;
    for (; rung < static_cast<int>(rungs.size()) && (rung < wanted || !anybody); ++rung) {
      for (const Person& person : rungs[static_cast<std::size_t>(rung)]) {
        GH_TRYV(mail(notice, person, {}));
        anybody = true;
      }
    }
    return rung - 1;
  }

  /// With an end near, the whole way up is gone in the time that is left.
  Duration patience(const store::StoredNotice& notice, std::size_t rungs_left) const {
    Duration wait = policy_.escalate_after;
    if (static_cast<NoticeKind>(notice.kind) != NoticeKind::kExpiring) return wait;
    const boost::json::value facts = boost::json::parse(notice.facts);
    const auto end = parse_instant(facts.at("expires_at").as_string());
    if (end && end.value() > now_) {
      wait = std::min(wait, Duration((end.value() - now_).count() / static_cast<std::int64_t>(rungs_left + 1)));
    }
    return wait;
  }

  Result<admin::Digest> digest_of(const UserId& user) {
    GH_TRY(const std::string own, at_.channels.digest_of(user));
    if (own.empty()) return policy_.digest;
    return admin::parse_digest(own);
  }

  Result<bool> mail(const store::StoredNotice& notice, const Person& person, std::string_view more) {
    store::Message message = blank(notice);
    message.channel = "email";
    message.recipient = person.id.value;
    message.reason = person.reason;
    if (!more.empty()) message.reason.append("; ").append(more);
    if (urgency_of(notice) == Urgency::kCalm) {
      GH_TRY(const admin::Digest digest, digest_of(person.id));
      message.due_at = next_digest(digest, now_);
    }
    return outbox_.insert_message(message);
  }

  Result<void> tell_webhooks(const store::StoredNotice& notice) {
    GH_TRY(const auto webhooks, at_.channels.webhooks());
    for (const store::Webhook& webhook : webhooks) {
      if (webhook.state != State::kLive || !webhook.wants(type_of(notice))) continue;
      // What is wrong with a webhook can't be told to it.
      if (notice.subject_kind == "webhook" && notice.subject_id == webhook.id) continue;
      store::Message message = blank(notice);
      message.channel = "webhook";
      message.recipient = webhook.id;
      message.reason = webhook.name;
      GH_TRYV(outbox_.insert_message(message));
    }
    return success();
  }

  Result<void> alarm_where_nobody(const store::StoredNotice& notice, const Rungs& rungs) {
    if (notice.matter.empty() || rungs.size() < 2) return success();
    for (std::size_t i = 0; i + 1 < rungs.size(); ++i) {
      if (!rungs[i].empty()) return success();
    }
    admin::Notice alarm{NoticeKind::kNobody, notice.subject_kind, notice.subject_id, notice.subject_name};
    alarm.once_key = "nobody/" + notice.matter;
    return admin::queue_notice(services_, outbox_, std::move(alarm));
  }

  store::Message blank(const store::StoredNotice& notice) {
    store::Message message;
    message.id = random_base62(services_.random, kIdLength);
    message.notice = notice.id;
    message.created_at = now_;
    message.due_at = now_;
    return message;
  }

  admin::Services& services_;
  store::Outbox& outbox_;
  const store::Repositories& at_;
  const Instant now_;
  admin::NotifyPolicy policy_;
  bool read_ = false;
};

}  // namespace

Result<void> address(admin::Services& services, Instant now) {
  for (bool more = true; more;) {
    {
      // Looked at first without the writer's lock: mostly there is nothing.
      GH_TRY(const store::Reader reader, services.database.read());
      GH_TRY(const auto waiting, reader->outbox.unaddressed(1));
      if (waiting.empty()) return success();
    }
    GH_TRYV(services.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories& at) -> Result<void> {
      GH_TRY(const auto waiting, outbox.unaddressed(kAtOnce));
      more = waiting.size() == static_cast<std::size_t>(kAtOnce);
      Addressing addressing(services, outbox, at, now);
      for (const store::StoredNotice& notice : waiting) {
        GH_TRYV(addressing.notice(notice));
      }
      return success();
    }));
  }
  return success();
}

Result<void> escalate(admin::Services& services, Instant now) {
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto waiting, reader->outbox.to_escalate(now, 1));
    if (waiting.empty()) return success();
  }
  return services.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories& at) -> Result<void> {
    GH_TRY(const auto waiting, outbox.to_escalate(now, kAtOnce));
    Addressing addressing(services, outbox, at, now);
    for (const store::Matter& matter : waiting) {
      GH_TRYV(addressing.escalation(matter));
    }
    return success();
  });
}

}  // namespace gatehouse::lifecycle
