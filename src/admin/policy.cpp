#include "admin/policy.h"

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

Result<void> apply(Policy& policy, std::string_view name, std::string_view value) {
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
  return fail(Errc::kInvalidArgument,
              "There is no such policy; known are: service-accounts, longest-lifetime, permanent-tokens, default-overlap, reuse.",
              {}, "name");
}

Document describe(const Policy& policy) {
  Document document;
  document["service-accounts"] = policy.service_accounts ? std::to_string(*policy.service_accounts) : "unlimited";
  document["longest-lifetime"] = policy.longest_lifetime ? format_duration(*policy.longest_lifetime) : "any";
  document["permanent-tokens"] = policy.permanent_tokens ? "allowed" : "refused";
  document["default-overlap"] = format_duration(policy.default_overlap);
  document["reuse"] = policy.pause_on_reuse ? "pause" : "tell";
  return document;
}

}  // namespace

Result<Policy> read_policy(const store::Repositories& at) {
  Policy policy;
  GH_TRY(const auto settings, at.settings.list());
  for (const auto& [name, value] : settings) {
    if (name.rfind(kPrefix, 0) != 0) continue;
    GH_TRYV(apply(policy, std::string_view(name).substr(kPrefix.size()), value));
  }
  return policy;
}

Result<Document> show_policy(Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const Policy policy, read_policy(*reader.operator->()));
  return describe(policy);
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
  GH_TRYV(commit(services, std::move(work),
                 with_change(make_event(caller, "policy.set", "policy", "policy", "policy"), &before, &after)));
  return after;
}

}  // namespace gatehouse::admin
