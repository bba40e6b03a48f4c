#include "admin/notices.h"

#include <array>

namespace gatehouse::admin {
namespace {

/// What becomes of the matter with the rule's topic.
enum class Effect {
  kNone,
  kOpens,        ///< opened where it is not yet; each notice is told
  kOpensOnce,    ///< the notice that opens it is told, the others are not
  kCloses,       ///< closed where it is open; told all the same
  kClosesOrNot,  ///< closed; not told where none was open
};

struct Rule {
  NoticeKind kind;
  std::string_view word;
  Effect effect = Effect::kNone;
  std::string_view topic = {};
  std::string_view second_topic = {};  ///< closed as well …
  std::string_view third_topic = {};   ///< … and this
};

constexpr std::string_view kEveryTopic = "*";

constexpr std::array<Rule, 28> kRules{{
    {NoticeKind::kExpiring, "expiring", Effect::kOpens, "expiry"},
    {NoticeKind::kExpired, "expired", Effect::kCloses, "expiry", "orphan", "failing"},
    {NoticeKind::kExtended, "extended", Effect::kCloses, "expiry"},
    {NoticeKind::kRotated, "rotated"},
    {NoticeKind::kSelfRotated, "self_rotated"},
    {NoticeKind::kPaused, "paused"},
    {NoticeKind::kResumed, "resumed"},
    {NoticeKind::kRevoked, "revoked", Effect::kCloses, kEveryTopic},
    {NoticeKind::kNewPlace, "new_place"},
    {NoticeKind::kReuse, "reuse", Effect::kOpens, "reuse"},
    {NoticeKind::kDeadUsed, "dead_used", Effect::kOpensOnce, "dead"},
    {NoticeKind::kOrphaned, "orphaned", Effect::kOpens, "orphan"},
    {NoticeKind::kAdopted, "adopted", Effect::kClosesOrNot, "orphan"},
    {NoticeKind::kUpstreamRefused, "upstream_refused", Effect::kOpensOnce, "upstream"},
    {NoticeKind::kUpstreamWell, "upstream_well", Effect::kClosesOrNot, "upstream"},
    {NoticeKind::kFailing, "failing", Effect::kOpensOnce, "failing"},
    {NoticeKind::kSilent, "silent", Effect::kOpensOnce, "silent"},
    {NoticeKind::kRecovered, "recovered", Effect::kClosesOrNot, "failing", "silent"},
    {NoticeKind::kInGrace, "in_grace", Effect::kOpens, "grace"},
    {NoticeKind::kBacked, "backed", Effect::kCloses, "grace"},
    {NoticeKind::kApprovalAsked, "approval_asked", Effect::kOpens, "approval"},
    {NoticeKind::kApprovalDecided, "approval_decided", Effect::kCloses, "approval"},
    {NoticeKind::kNobody, "nobody"},
    {NoticeKind::kTest, "test"},
    {NoticeKind::kHandedOver, "handed_over"},
    {NoticeKind::kOldSecretUsed, "old_secret_used"},
    {NoticeKind::kAtlassianEnded, "atlassian_ended"},
    {NoticeKind::kRolledBack, "rolled_back"},
}};

const Rule& rule_of(NoticeKind kind) noexcept { return kRules[static_cast<std::size_t>(kind) - 1]; }

/// Closes it where it is open, and says which it was.
Result<std::string> close(store::Outbox& outbox, std::string_view topic, const Notice& notice, Instant now) {
  if (topic.empty()) return std::string();
  GH_TRY(auto open, outbox.open_matter(topic, notice.subject_kind, notice.subject_id));
  if (!open) return std::string();
  open->closed_at = now;
  GH_TRYV(outbox.update_matter(*open));
  return open->id;
}

Result<void> close_all(store::Outbox& outbox, std::string_view subject_kind, const std::string& subject_id, Instant now) {
  GH_TRY(const auto matters, outbox.open_matters(subject_id));
  for (store::Matter matter : matters) {
    if (matter.subject_kind != subject_kind) continue;
    matter.closed_at = now;
    GH_TRYV(outbox.update_matter(matter));
  }
  return success();
}

}  // namespace

bool is_notice_kind(int number) noexcept { return number >= 1 && static_cast<std::size_t>(number) <= kRules.size(); }

std::string_view to_string(NoticeKind kind) noexcept {
  return is_notice_kind(static_cast<int>(kind)) ? rule_of(kind).word : std::string_view("unknown");
}

std::string who(const Caller& caller) {
  if (!caller.actor_name.empty()) return caller.actor_name;
  return caller.actor_kind.empty() ? "somebody" : caller.actor_kind;
}

Result<void> close_matters(Services& services, store::Outbox& outbox, std::string_view subject_kind,
                           const std::string& subject_id) {
  return close_all(outbox, subject_kind, subject_id, services.clock.now());
}

Result<void> queue_notice(Services& services, store::Outbox& outbox, Notice notice) {
  if (!is_notice_kind(static_cast<int>(notice.kind)) || notice.subject_id.empty())
    return fail(Errc::kInternal, "A notice without kind or subject was refused.");
  const Rule& rule = rule_of(notice.kind);
  store::StoredNotice stored;
  stored.at = services.clock.now();
  const bool opens = rule.effect == Effect::kOpens || rule.effect == Effect::kOpensOnce;
  if (opens) {
    GH_TRY(const auto open, outbox.open_matter(rule.topic, notice.subject_kind, notice.subject_id));
    if (open && rule.effect == Effect::kOpensOnce) return success();
    if (open) stored.matter = open->id;
  } else if (rule.topic == kEveryTopic) {
    GH_TRYV(close_all(outbox, notice.subject_kind, notice.subject_id, stored.at));
  } else if (rule.effect != Effect::kNone) {
    GH_TRY(stored.matter, close(outbox, rule.topic, notice, stored.at));
    GH_TRY(const std::string second, close(outbox, rule.second_topic, notice, stored.at));
    GH_TRYV(close(outbox, rule.third_topic, notice, stored.at));
    // A notice that is told anyway goes on with its own matter alone.
    if (stored.matter.empty() && rule.effect == Effect::kClosesOrNot) stored.matter = second;
    if (stored.matter.empty() && rule.effect == Effect::kClosesOrNot) return success();
  }
  store::Matter matter;
  if (opens && stored.matter.empty()) {
    matter.id = random_base62(services.random, kIdLength);
    matter.topic = rule.topic;
    matter.subject_kind = notice.subject_kind;
    matter.subject_id = notice.subject_id;
    matter.opened_at = stored.at;
    GH_TRYV(outbox.insert_matter(matter));
    stored.matter = matter.id;
  }
  stored.id = random_base62(services.random, kIdLength);
  stored.kind = static_cast<int>(notice.kind);
  stored.subject_kind = std::move(notice.subject_kind);
  stored.subject_id = std::move(notice.subject_id);
  stored.subject_name = std::move(notice.subject_name);
  stored.facts = boost::json::serialize(notice.facts);
  stored.once_key = std::move(notice.once_key);
  GH_TRY(const bool written, outbox.insert_notice(stored));
  if (!written && !matter.id.empty()) {
    // Told before, and its matter is closed: the one that was just opened goes again.
    matter.closed_at = stored.at;
    GH_TRYV(outbox.update_matter(matter));
  }
  return success();
}

}  // namespace gatehouse::admin
