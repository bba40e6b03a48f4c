// Notices: what people are to be told. A use case queues them in the unit of work of their cause, so that both commit or neither.
//
//   GH_TRYV(at.credentials.update(credential, version));
//   GH_TRYV(queue_notice(services, at.outbox, {NoticeKind::kPaused, "token", credential.id.value, credential.name, {{"by",
//   …}}})); GH_TRYV(commit(services, std::move(work), event));
//
// Whom it is told to, by which channel and how often, is lifecycle/'s to find out; nothing here sends anything.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "admin/services.h"
#include "base/result.h"
#include "model/audit_event.h"
#include "store/outbox.h"

namespace gatehouse::admin {

/// The numbers are stored; the words (to_string) stand in webhooks' types and in the log.
enum class NoticeKind {
  kExpiring = 1,     ///< a rung of the ladder; facts: "expires_at", "step". Opens a matter
  kExpired,          ///< its end has come; facts: "expires_at", "last_used_at". Closes what of it can't matter any more
  kExtended,         ///< its end was moved; facts: "expires_at". Closes the matter of its expiry
  kRotated,          ///< by a person; facts: "by", "overlap_ends_at"
  kSelfRotated,      ///< by itself; facts: "address", "times_left"
  kPaused,           ///< facts: "by", "reason", "until"
  kResumed,          ///< facts: "by"
  kRevoked,          ///< facts: "by", "reason". Closes every matter of its subject
  kNewPlace,         ///< first use from a new address; facts: "address", "user_agent"
  kReuse,            ///< a retired secret was presented; facts: "secret_id", "address". Opens a matter
  kDeadUsed,         ///< a revoked or expired token is still being used; facts: "address", "user_agent". Once a matter
  kOrphaned,         ///< nobody who can act answers for it; facts: "because". Opens a matter
  kAdopted,          ///< it has an owner again. Closes the matter of its orphaning, and is told only where it was open
  kUpstreamRefused,  ///< the site refuses our credential (502 upstream_credential); facts: "site", "scopes". Once a matter
  kUpstreamWell,     ///< it is accepted again. Closes that matter, and is told only where it was open
  kFailing,          ///< an automation fails; facts: "because", "errors", "reason". Once a matter
  kSilent,           ///< an automation should have called and did not; facts: "expected_every", "last_used_at". Once a matter
  kRecovered,        ///< it calls and is answered again. Closes failing and silent, and is told only where one was open
  kInGrace,          ///< a grant lost its backing; facts: "grace_ends_at", "granted_by". Opens a matter
  kBacked,           ///< it is backed again. Closes that matter
  kApprovalAsked,    ///< somebody is to decide; facts: "what", "by". Opens a matter
  kApprovalDecided,  ///< facts: "decision", "by". Closes that matter
  kNobody,           ///< nobody is there to be told about this subject: an alarm of its own, to the organization's administrators
  kTest,             ///< gatehouse notify test
  kHandedOver,       ///< a token waits to be taken by its owner; facts: "by", "handover", "until"
  kOldSecretUsed,    ///< an overlap ends soon, and its old secret is still in use; facts: "overlap_ends_at", "address",
                     ///< "user_agent"
  kAtlassianEnded,   ///< a person's sign-in at Atlassian is over: what rests on it needs it anew
  kRolledBack,       ///< a rotation was taken back by a person; facts: "by", "reason", "secret_id" and whether it was "used"
};
std::string_view to_string(NoticeKind kind) noexcept;
/// False where such a number was never given to a kind.
bool is_notice_kind(int number) noexcept;

/// About one thing: "token" (of every kind, external ones too), "account", "grant", "site", "site_credential", "user",
/// "installation".
struct Notice {
  NoticeKind kind{};
  std::string subject_kind;
  std::string subject_id;
  std::string subject_name = {};
  /// For the texts: names, instants (format_instant), counts, addresses. Never a secret, a body or a query value.
  boost::json::object facts = {};
  /// A second notice of the same key is not written, ever: "expiring/ID/2027-01-01T00:00:00Z/7d". Empty: any number.
  std::string once_key = {};
};

/// In the unit of work that `outbox` belongs to. What the kind says about matters is carried out too: one message for each
/// outage, and one when it is well again.
Result<void> queue_notice(Services& services, store::Outbox& outbox, Notice notice);

/// Ends all that is open of a subject, without a word: it was replaced, say, and nobody need hear of it any more.
Result<void> close_matters(Services& services, store::Outbox& outbox, std::string_view subject_kind,
                           const std::string& subject_id);

/// Who did it, for the fact "by": a name that people know.
std::string who(const Caller& caller);

}  // namespace gatehouse::admin
