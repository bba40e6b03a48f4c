// The organization's policy: a few named settings with defaults. `gatehouse policy show|set`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/common.h"
#include "admin/notify_policy.h"
#include "model/scope.h"
#include "model/service_account.h"
#include "store/rollups.h"
#include "token/access_keys.h"

namespace gatehouse::admin {

/// Nothing rotates by itself from `from` until `until`, and nothing counts as overdue.
struct FreezeWindow {
  Instant from{};
  Instant until{};
  bool operator==(const FreezeWindow&) const = default;
};

struct Policy {
  /// How many service accounts may be live or paused; nothing: unlimited.
  std::optional<std::int64_t> service_accounts = 5;
  /// The longest lifetime of a temporary token; nothing: any.
  std::optional<Duration> longest_lifetime;
  bool permanent_tokens = true;  ///< tokens without an end may be made
  Duration default_overlap = std::chrono::hours(24 * 7);
  bool pause_on_reuse = false;  ///< use of a retired secret pauses the token
  /// The longest time that a token may go on without rotation; nothing: any. A rule that is set from now on may say no more, and
  /// what an older rule leaves longer is due by this one (admin/rotation.h).
  std::optional<Duration> longest_rotation;
  /// The longest that an old secret may live on beside its successor; nothing: any.
  std::optional<Duration> longest_overlap;
  bool self_rotation = true;                 ///< tokens may be given the right to rotate themselves
  std::vector<FreezeWindow> freeze_windows;  ///< sorted by their beginning
  NotifyPolicy notify;
  store::Retention retention;  ///< of usage and of lines of writes
  /// How long audit records stay in the database before they are sealed into files; nothing: for ever.
  std::optional<Duration> keep_audit;
  /// How long a grant goes on after its giver lost the authority for it; zero: not at all.
  Duration grace = std::chrono::hours(24 * 14);
  /// Grants and tokens with one of these wait for the approval of a second person.
  ScopeSet approval_scopes;
  Duration approval_expires = std::chrono::hours(24 * 7);      ///< what nobody has decided on by then is denied
  token::AccessForm access_form = token::AccessForm::kOpaque;  ///< of access tokens that are made from now on
  Duration access_lifetime = std::chrono::minutes(60);         ///< of access tokens; at most token::kLongestAccess
  /// Fields of the register that a service account must have filled in, besides those that all need: "deputy", "runbook" …
  std::vector<std::string> required_fields;
};

/// By name, as text.
Document describe_policy(const Policy& policy);
/// Sets one of them from its text. kInvalidArgument names it.
Result<void> apply_policy(Policy& policy, std::string_view name, std::string_view value);
/// The text forms of lists: "none", or words with commas between.
std::string format_words(const std::vector<std::string>& words);
/// Fields of `required-fields` that `account` has not filled in; empty: none.
std::vector<std::string> missing_fields(const Policy& policy, const ServiceAccount& account);
/// kInvalidArgument that names the first of them.
Result<void> check_required_fields(const Policy& policy, const ServiceAccount& account);

/// When the freeze that holds at `at` is over; nothing where none does. Windows that touch are one.
std::optional<Instant> frozen_until(const std::vector<FreezeWindow>& windows, Instant at);

/// Defaults where nothing was set.
Result<Policy> read_policy(const store::Repositories& at);
/// With "service-accounts-used", and how many credentials of sites are live: those count at Atlassian.
Result<Document> show_policy(Services& services);
/// Names as `show` prints them; an unknown name or value is kInvalidArgument and nothing is changed.
Result<Document> set_policy(Services& services, const Caller& caller,
                            const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace gatehouse::admin
