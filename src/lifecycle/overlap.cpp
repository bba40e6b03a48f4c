#include "lifecycle/overlap.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "admin/notices.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "admin/rotation.h"

namespace gatehouse::lifecycle {
namespace {

constexpr Duration kBefore = std::chrono::hours(24);

/// Nothing where nobody need be told.
Result<std::optional<admin::Notice>> notice_for(const store::Repositories& at, const CredentialId& id,
                                                const admin::Policy& policy, Instant now) {
  std::optional<admin::Notice> none;
  GH_TRY(const auto stored, at.credentials.get(id));
  const Credential& token = stored.value;
  GH_TRY(const auto account, at.accounts.get(token.account));
  GH_TRY(const auto uses, at.secret_uses.of_credential(id));
  const admin::Rotation rotation = admin::rotation_state(token, account.value, uses, policy, now);
  if (rotation.state != admin::RotationState::kBothLive || !rotation.old_one->ends_at || !rotation.old_last_used) return none;
  const Instant end = *rotation.old_one->ends_at;
  const bool near = end - now <= std::min<Duration>(kBefore, token.overlap / 4);
  const std::optional<Instant> began = rotation.current ? rotation.current->first_used_at : std::nullopt;
  // Where the token itself ends with it, that is told already.
  if (!near || !began || *rotation.old_last_used < *began || (token.expires_at && *token.expires_at <= end)) return none;
  admin::Notice notice{admin::NoticeKind::kOldSecretUsed, "token", token.id.value, token.name};
  notice.facts["overlap_ends_at"] = format_instant(end);
  const auto latest = std::find_if(uses.begin(), uses.end(),
                                   [&](const store::SecretUse& use) { return use.secret == rotation.old_one->id && !use.dead; });
  if (latest != uses.end()) {
    notice.facts["address"] = latest->address;
    notice.facts["user_agent"] = latest->user_agent;
  }
  notice.once_key = "overlap/" + rotation.old_one->id.value + "/" + format_instant(end);
  return std::optional(std::move(notice));
}

}  // namespace

Result<void> tell_of_old_secrets(admin::Services& services, Instant now) {
  GH_TRYV(admin::flush_records(services));
  std::vector<admin::Notice> due;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const store::Repositories& at = *reader.operator->();
    GH_TRY(const auto ending, at.secret_uses.overlaps_ending(now, now + kBefore));
    if (ending.empty()) return success();
    GH_TRY(const admin::Policy policy, admin::read_policy(at));
    for (const CredentialId& id : ending) {
      GH_TRY(auto notice, notice_for(at, id, policy, now));
      if (!notice) continue;
      GH_TRY(const bool told, at.outbox.knows(notice->once_key));
      if (!told) due.push_back(std::move(*notice));
    }
  }
  if (due.empty()) return success();
  return services.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) -> Result<void> {
    for (const admin::Notice& notice : due) {
      GH_TRYV(admin::queue_notice(services, outbox, notice));
    }
    return success();
  });
}

}  // namespace gatehouse::lifecycle
