#include "admin/policy.h"

#include "admin/accounts.h"
#include "token/access_token.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gatehouse::admin {
namespace {

constexpr std::string_view kPrefix = "policy.";

struct Plan {
  std::string_view name;
  std::int64_t accounts;
};
/// The sizes of Atlassian's own plans, so that the same word means the same number.
constexpr std::array<Plan, 3> kPlans{{{"free", 5}, {"guard-standard", 250}, {"enterprise", 1000}}};

Result<std::optional<std::int64_t>> parse_quota(std::string_view value) {
  if (value == "unlimited") return std::optional<std::int64_t>();
  for (const Plan& plan : kPlans) {
    if (plan.name == value) return std::optional<std::int64_t>(plan.accounts);
  }
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (problem == std::errc() && end == value.data() + value.size() && count >= 0 && count <= 1'000'000)
    return std::optional(count);
  return fail(Errc::kInvalidArgument, "Write free (5), guard-standard (250), enterprise (1000), a number, or unlimited.", {},
              "service-accounts");
}

Result<bool> parse_choice(std::string_view value, std::string_view yes, std::string_view no, std::string_view name) {
  if (value == yes || value == no) return value == yes;
  return fail(Errc::kInvalidArgument, "Write " + std::string(yes) + " or " + std::string(no) + ".", {}, std::string(name));
}

/// "2026-12-20T00:00:00Z/2027-01-03T00:00:00Z,…", as ISO 8601 writes an interval.
Result<std::vector<FreezeWindow>> parse_freeze_windows(std::string_view text) {
  constexpr std::size_t kMost = 100;
  std::vector<FreezeWindow> windows;
  while (!text.empty() && text != "none") {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t slash = one.find('/');
    if (slash == std::string_view::npos || windows.size() == kMost) {
      return fail(Errc::kInvalidArgument,
                  "Write FROM/UNTIL with a zone each, and commas between windows: 2026-12-20T00:00:00Z/2027-01-03T00:00:00Z; or "
                  "none.",
                  {}, "freeze-windows");
    }
    GH_TRY(const Instant from, parse_instant(one.substr(0, slash)));
    GH_TRY(const Instant until, parse_instant(one.substr(slash + 1)));
    if (until <= from) return fail(Errc::kInvalidArgument, "A freeze window ends before it begins.", {}, "freeze-windows");
    windows.push_back({from, until});
  }
  std::sort(windows.begin(), windows.end(),
            [](const FreezeWindow& left, const FreezeWindow& right) { return left.from < right.from; });
  return windows;
}

std::string format_freeze_windows(const std::vector<FreezeWindow>& windows) {
  std::string text;
  for (const FreezeWindow& window : windows)
    text += (text.empty() ? "" : ",") + format_instant(window.from) + "/" + format_instant(window.until);
  return text.empty() ? "none" : text;
}

Result<std::optional<Duration>> parse_longest(std::string_view value) {
  std::optional<Duration> longest;
  if (value == "any") return longest;
  GH_TRY(longest, parse_duration(value));
  return longest;
}

/// Those about rotation; nothing where `name` is none of them.
std::optional<Result<void>> apply_rotation(Policy& policy, std::string_view name, std::string_view value) {
  const auto take = [](auto& place, auto parsed) -> Result<void> {
    GH_TRY(place, std::move(parsed));
    return success();
  };
  if (name == "longest-rotation") return take(policy.longest_rotation, parse_longest(value));
  if (name == "longest-overlap") return take(policy.longest_overlap, parse_longest(value));
  if (name == "self-rotation") return take(policy.self_rotation, parse_choice(value, "allowed", "refused", name));
  if (name == "freeze-windows") return take(policy.freeze_windows, parse_freeze_windows(value));
  return std::nullopt;
}

/// How long usage is kept; nothing where `name` is none of them. A month is what the reports look at.
std::optional<Result<void>> apply_retention(store::Retention& retention, std::string_view name, std::string_view value) {
  const auto take = [&](Duration& place, Duration least) -> Result<void> {
    GH_TRY(const Duration span, parse_duration(value));
    if (span < least)
      return fail(Errc::kInvalidArgument, "It is kept for " + format_duration(least) + " at least.", {}, std::string(name));
    place = span;
    return success();
  };
  if (name == "keep-usage-hours") return take(retention.hours, std::chrono::hours(24));
  if (name == "keep-usage-days") return take(retention.days, store::kMonth);
  if (name == "keep-writes") return take(retention.writes, store::kMonth);
  return std::nullopt;
}

struct RequiredField {
  std::string_view name;
  std::string ServiceAccount::*text;
};
constexpr std::array<RequiredField, 8> kRequirable{{{"tool", &ServiceAccount::tool},
                                                    {"repository", &ServiceAccount::repository},
                                                    {"job", &ServiceAccount::job},
                                                    {"link", &ServiceAccount::link},
                                                    {"docs", &ServiceAccount::docs_url},
                                                    {"runbook", &ServiceAccount::runbook_url},
                                                    {"rotation_plan", &ServiceAccount::rotation_plan},
                                                    {"deputy", nullptr}}};

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty() && text != "none") {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    words.emplace_back(one);
  }
  return words;
}

Result<std::vector<std::string>> parse_fields(std::string_view value) {
  std::vector<std::string> words = list_of(value);
  for (const std::string& word : words) {
    const bool known =
        std::any_of(kRequirable.begin(), kRequirable.end(), [&word](const RequiredField& one) { return one.name == word; });
    if (known) continue;
    std::string all;
    for (const RequiredField& one : kRequirable) all += (all.empty() ? "" : ", ") + std::string(one.name);
    return fail(Errc::kInvalidArgument, "Write none, or with commas between: " + all + ".", {}, "required-fields");
  }
  return words;
}

Result<std::optional<Duration>> parse_keep_audit(std::string_view value) {
  std::optional<Duration> keep;
  if (value == "forever") return keep;
  GH_TRY(keep, parse_duration(value));
  if (*keep < store::kMonth)
    return fail(Errc::kInvalidArgument, "It is kept for " + format_duration(store::kMonth) + " at least, or forever.", {},
                "keep-audit");
  return keep;
}

/// Those about people and their authority; nothing where `name` is none of them.
std::optional<Result<void>> apply_authority(Policy& policy, std::string_view name, std::string_view value) {
  const auto take = [](auto& place, auto parsed) -> Result<void> {
    GH_TRY(place, std::move(parsed));
    return success();
  };
  if (name == "keep-audit") return take(policy.keep_audit, parse_keep_audit(value));
  if (name == "grace") return take(policy.grace, value == "none" ? Result<Duration>(Duration()) : parse_duration(value));
  if (name == "approval-scopes") return take(policy.approval_scopes, parse_scopes(list_of(value)));
  if (name == "approval-expires") return take(policy.approval_expires, parse_duration(value));
  if (name == "required-fields") return take(policy.required_fields, parse_fields(value));
  return std::nullopt;
}

/// Those about access tokens; nothing where `name` is none of them.
std::optional<Result<void>> apply_access(Policy& policy, std::string_view name, std::string_view value) {
  if (name == "access-tokens") {
    for (const token::AccessForm form : {token::AccessForm::kOpaque, token::AccessForm::kEdDsa, token::AccessForm::kEs256}) {
      if (value != token::to_string(form)) continue;
      policy.access_form = form;
      return success();
    }
    return Result<void>(fail(Errc::kInvalidArgument, "Write opaque, EdDSA or ES256.", {}, "access-tokens"));
  }
  if (name == "access-token-lifetime") {
    const auto span = parse_duration(value);
    if (!span) return Result<void>(span.error());
    if (span.value() < std::chrono::minutes(1) || span.value() > token::kLongestAccess)
      return Result<void>(fail(Errc::kInvalidArgument, "It is from 1m to 24h.", {}, "access-token-lifetime"));
    policy.access_lifetime = span.value();
    return success();
  }
  return std::nullopt;
}

/// The command that would make room for one more.
std::string quota_command(std::int64_t quota) {
  for (const Plan& plan : kPlans) {
    if (plan.accounts > quota) return "gatehouse policy set service-accounts " + std::string(plan.name);
  }
  return "gatehouse policy set service-accounts unlimited";
}

Result<std::int64_t> count_accounts(const store::Repositories& at) {
  std::int64_t used = 0;
  store::Accounts::Filter counted;
  counted.external = false;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.accounts.list(counted, page));
    used += static_cast<std::int64_t>(listed.items.size());
    page.after = listed.next;
  } while (!page.after.empty());
  return used;
}

Result<std::int64_t> count_upstream(const store::Repositories& at) {
  std::int64_t used = 0;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.upstream_credentials.list({}, page));
    used += std::count_if(listed.items.begin(), listed.items.end(),
                          [](const auto& stored) { return stored.value.state == State::kLive; });
    page.after = listed.next;
  } while (!page.after.empty());
  return used;
}

Result<void> apply(Policy& policy, std::string_view name, std::string_view value) {
  if (auto applied = apply_authority(policy, name, value)) return std::move(*applied);
  if (auto applied = apply_retention(policy.retention, name, value)) return std::move(*applied);
  if (auto applied = apply_rotation(policy, name, value)) return std::move(*applied);
  if (auto applied = apply_notify(policy.notify, name, value)) return std::move(*applied);
  if (auto applied = apply_access(policy, name, value)) return std::move(*applied);
  if (name == "service-accounts") {
    GH_TRY(policy.service_accounts, parse_quota(value));
    return success();
  }
  if (name == "longest-lifetime") {
    policy.longest_lifetime.reset();
    if (value == "any") return success();
    GH_TRY(policy.longest_lifetime, parse_duration(value));
    return success();
  }
  if (name == "permanent-tokens") {
    GH_TRY(policy.permanent_tokens, parse_choice(value, "allowed", "refused", name));
    return success();
  }
  if (name == "default-overlap") {
    GH_TRY(policy.default_overlap, parse_duration(value));
    return success();
  }
  if (name == "reuse") {
    GH_TRY(policy.pause_on_reuse, parse_choice(value, "pause", "tell", name));
    return success();
  }
  return fail(
      Errc::kInvalidArgument,
      "There is no such policy; known are: service-accounts, longest-lifetime, permanent-tokens, default-overlap, reuse, "
      "longest-rotation, longest-overlap, self-rotation, freeze-windows, notify-ladder, notify-escalate-after, notify-errors, "
      "notify-digest, keep-usage-hours, keep-usage-days, keep-writes, keep-audit, grace, approval-scopes, approval-expires, "
      "required-fields, access-tokens, access-token-lifetime.",
      {}, "name");
}

Document describe(const Policy& policy) {
  Document document;
  document["service-accounts"] = policy.service_accounts ? std::to_string(*policy.service_accounts) : "unlimited";
  document["longest-lifetime"] = policy.longest_lifetime ? format_duration(*policy.longest_lifetime) : "any";
  document["permanent-tokens"] = policy.permanent_tokens ? "allowed" : "refused";
  document["default-overlap"] = format_duration(policy.default_overlap);
  document["reuse"] = policy.pause_on_reuse ? "pause" : "tell";
  document["longest-rotation"] = policy.longest_rotation ? format_duration(*policy.longest_rotation) : "any";
  document["longest-overlap"] = policy.longest_overlap ? format_duration(*policy.longest_overlap) : "any";
  document["self-rotation"] = policy.self_rotation ? "allowed" : "refused";
  document["freeze-windows"] = format_freeze_windows(policy.freeze_windows);
  describe_notify(policy.notify, document);
  document["keep-usage-hours"] = format_duration(policy.retention.hours);
  document["keep-usage-days"] = format_duration(policy.retention.days);
  document["keep-writes"] = format_duration(policy.retention.writes);
  document["keep-audit"] = policy.keep_audit ? format_duration(*policy.keep_audit) : "forever";
  document["grace"] = policy.grace.count() == 0 ? std::string("none") : format_duration(policy.grace);
  document["approval-scopes"] = format_words(scope_names(policy.approval_scopes));
  document["approval-expires"] = format_duration(policy.approval_expires);
  document["required-fields"] = format_words(policy.required_fields);
  document["access-tokens"] = token::to_string(policy.access_form);
  document["access-token-lifetime"] = format_duration(policy.access_lifetime);
  return document;
}

}  // namespace

Document describe_policy(const Policy& policy) { return describe(policy); }

Result<void> apply_policy(Policy& policy, std::string_view name, std::string_view value) { return apply(policy, name, value); }

std::string format_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text.empty() ? "none" : text;
}

std::vector<std::string> missing_fields(const Policy& policy, const ServiceAccount& account) {
  std::vector<std::string> missing;
  for (const RequiredField& field : kRequirable) {
    const bool wanted =
        std::find(policy.required_fields.begin(), policy.required_fields.end(), field.name) != policy.required_fields.end();
    const bool empty = field.text ? (account.*field.text).empty() : account.deputy.empty();
    if (wanted && empty) missing.emplace_back(field.name);
  }
  return missing;
}

Result<void> check_required_fields(const Policy& policy, const ServiceAccount& account) {
  const auto missing = missing_fields(policy, account);
  if (missing.empty()) return success();
  return fail(Errc::kInvalidArgument,
              "The policy wants " + format_words(missing) + " of the service account: gatehouse account edit " + account.handle +
                  " --" + (missing.front() == "rotation_plan" ? "rotation-plan" : missing.front()) + " …",
              {}, missing.front());
}

Result<void> check_quota(const store::Repositories& at) {
  GH_TRY(const Policy policy, read_policy(at));
  if (!policy.service_accounts) return success();
  GH_TRY(const std::int64_t used, count_accounts(at));
  if (used < *policy.service_accounts) return success();
  return fail(Errc::kLimitExceeded,
              "The quota of " + std::to_string(*policy.service_accounts) +
                  " service accounts is used up. Archive one (gatehouse account archive HANDLE), or raise it: " +
                  quota_command(*policy.service_accounts),
              {}, "handle");
}

std::optional<Instant> frozen_until(const std::vector<FreezeWindow>& windows, Instant at) {
  std::optional<Instant> until;
  for (const FreezeWindow& window : windows) {
    const Instant now = until.value_or(at);
    if (window.from <= now && now < window.until) until = window.until;
  }
  return until;
}

Result<Policy> read_policy(const store::Repositories& at) {
  Policy policy;
  GH_TRY(const auto settings, at.settings.list());
  for (const auto& [name, value] : settings) {
    if (name.rfind(kPrefix, 0) != 0) continue;
    GH_TRYV(apply(policy, std::string_view(name).substr(kPrefix.size()), value));
  }
  return policy;
}

namespace {

Result<void> add_counts(const store::Repositories& at, Document& document) {
  GH_TRY(document["service-accounts-used"], count_accounts(at));
  GH_TRY(document["upstream-credentials"], count_upstream(at));
  return success();
}

}  // namespace

Result<Document> show_policy(Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const Policy policy, read_policy(*reader.operator->()));
  Document document = describe(policy);
  GH_TRYV(add_counts(*reader.operator->(), document));
  return document;
}

Result<Document> set_policy(Services& services, const Caller& caller,
                            const std::vector<std::pair<std::string, std::string>>& values) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(Policy policy, read_policy(*work.operator->()));
  const Document before = describe(policy);
  for (const auto& [name, value] : values) {
    GH_TRYV(apply(policy, name, value));
    GH_TRYV(work->settings.set(std::string(kPrefix) + name, value));
  }
  Document after = describe(policy);
  AuditEvent event = with_change(make_event(caller, "policy.set", "policy", "policy", "policy"), &before, &after);
  GH_TRYV(add_counts(*work.operator->(), after));
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return after;
}

}  // namespace gatehouse::admin
