#include "admin/narrow_policy.h"

#include <algorithm>
#include <array>
#include <map>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/resources.h"

namespace gatehouse::admin {
namespace {

constexpr std::string_view kOwner = "policy-owner.";
constexpr std::string_view kResource = "policy-resource.";
constexpr std::array<std::string_view, 4> kNarrow{"longest-lifetime", "permanent-tokens", "required-fields", "approval-scopes"};

/// "policy-owner.USER.longest-lifetime" taken apart; nothing where it is no such setting.
struct Setting {
  bool of_owner = false;
  std::string_view subject;
  std::string_view name;
};
std::optional<Setting> parse_setting(std::string_view key) {
  Setting setting;
  setting.of_owner = key.rfind(kOwner, 0) == 0;
  if (!setting.of_owner && key.rfind(kResource, 0) != 0) return std::nullopt;
  const std::string_view rest = key.substr(setting.of_owner ? kOwner.size() : kResource.size());
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  setting.subject = rest.substr(0, dot);
  setting.name = rest.substr(dot + 1);
  return setting;
}

std::string subject_of(const Resource& resource) { return resource.site.value + "/" + resource.id; }

/// `resource` is what a policy is about, `wanted` what a token reaches.
bool concerns(std::string_view subject, const Resource& wanted) {
  if (subject == subject_of(wanted) || subject == wanted.site.value + "/*") return true;
  return wanted.whole_site() && subject.rfind(wanted.site.value + "/", 0) == 0;
}

void tighten(Policy& policy, const Policy& by, std::string_view name) {
  if (name == "longest-lifetime" && by.longest_lifetime)
    policy.longest_lifetime = std::min(policy.longest_lifetime.value_or(*by.longest_lifetime), *by.longest_lifetime);
  if (name == "permanent-tokens") policy.permanent_tokens = policy.permanent_tokens && by.permanent_tokens;
  if (name == "approval-scopes") policy.approval_scopes |= by.approval_scopes;
  if (name == "required-fields") {
    for (const std::string& field : by.required_fields) {
      if (std::find(policy.required_fields.begin(), policy.required_fields.end(), field) == policy.required_fields.end())
        policy.required_fields.push_back(field);
    }
  }
}

Result<std::string> display(Describer& describer, const store::Repositories& at, const Setting& setting) {
  if (setting.of_owner) return describer.email_of(UserId(std::string(setting.subject)));
  const std::size_t slash = setting.subject.find('/');
  Resource resource{SiteId(std::string(setting.subject.substr(0, slash))), std::string(setting.subject.substr(slash + 1)), {}};
  resource.key = resource.id;
  // By the name that it was granted under, where it ever was.
  store::Grants::Filter filter;
  filter.site = resource.site;
  filter.resource_id = resource.id;
  filter.revoked = true;
  GH_TRY(const auto grants, at.grants.list(filter, store::Page{{}, 1}));
  if (!grants.items.empty()) resource.key = grants.items.front().value.resource.key;
  return describer.resource_name(resource);
}

Result<std::string> setting_prefix(Services& services, const PolicyOf& of) {
  if (of.owner.empty() == of.resource.empty())
    return fail(Errc::kInvalidArgument, "Name an owner or a resource, and not both.", {}, "owner");
  if (!of.resource.empty()) {
    GH_TRY(const Resource resource, resolve_resource(services, of.resource));
    return std::string(kResource) + subject_of(resource) + ".";
  }
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto owner, find_user(*reader.operator->(), of.owner));
  return std::string(kOwner) + owner.value.id.value + ".";
}

}  // namespace

bool can_be_narrow(std::string_view name) noexcept { return std::find(kNarrow.begin(), kNarrow.end(), name) != kNarrow.end(); }

Result<Documents> list_narrow_policies(Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto settings, reader->settings.list());
  Describer describer(*reader.operator->(), services.clock.now());
  std::map<std::pair<bool, std::string>, Document> all;
  for (const auto& [key, value] : settings) {
    const auto setting = parse_setting(key);
    if (!setting) continue;
    Document& document = all[{setting->of_owner, std::string(setting->subject)}];
    if (document.empty()) {
      GH_TRY(const std::string name, display(describer, *reader.operator->(), *setting));
      document["owner"] = setting->of_owner ? boost::json::value(name) : boost::json::value(nullptr);
      document["resource"] = setting->of_owner ? boost::json::value(nullptr) : boost::json::value(name);
      for (const std::string_view one : kNarrow) document[one] = nullptr;
    }
    document[setting->name] = value;
  }
  Documents documents;
  for (auto& [subject, document] : all) documents.items.push_back(std::move(document));
  return documents;
}

Result<Document> set_narrow_policy(Services& services, const Caller& caller, const PolicyOf& of,
                                   const std::vector<std::pair<std::string, std::string>>& values) {
  GH_TRY(const std::string prefix, setting_prefix(services, of));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  Document before, after;
  after["owner"] = of.owner.empty() ? boost::json::value(nullptr) : boost::json::value(of.owner);
  after["resource"] = of.resource.empty() ? boost::json::value(nullptr) : boost::json::value(of.resource);
  for (const auto& [name, value] : values) {
    if (!can_be_narrow(name)) {
      return fail(Errc::kInvalidArgument,
                  "Of one owner or resource can be set: longest-lifetime, permanent-tokens, required-fields, approval-scopes.",
                  {}, name);
    }
    Policy checked;
    if (!value.empty()) {
      GH_TRYV(apply_policy(checked, name, value));
    }
    if (const auto old = work->settings.get(prefix + name)) before[name] = old.value();
    if (value.empty()) {
      GH_TRYV(work->settings.remove(prefix + name));
    } else {
      GH_TRYV(work->settings.set(prefix + name, value));
    }
  }
  for (const std::string_view one : kNarrow) {
    const auto now = work->settings.get(prefix + std::string(one));
    if (!now && now.error().code != Errc::kNotFound) return now.error();
    after[one] = now ? boost::json::value(now.value()) : boost::json::value(nullptr);
  }
  const std::string& subject = of.owner.empty() ? of.resource : of.owner;
  GH_TRYV(commit(services, std::move(work),
                 with_change(make_event(caller, "policy.set", "policy", subject, subject), &before, &after)));
  return after;
}

Result<Policy> read_policy_for(const store::Repositories& at, const std::vector<UserId>& owners,
                               const std::vector<Resource>& resources) {
  GH_TRY(Policy policy, read_policy(at));
  GH_TRY(const auto settings, at.settings.list());
  for (const auto& [key, value] : settings) {
    const auto setting = parse_setting(key);
    if (!setting) continue;
    const bool meant = setting->of_owner ? std::any_of(owners.begin(), owners.end(),
                                                       [&](const UserId& one) { return one.value == setting->subject; })
                                         : std::any_of(resources.begin(), resources.end(),
                                                       [&](const Resource& one) { return concerns(setting->subject, one); });
    if (!meant) continue;
    Policy narrow;
    GH_TRYV(apply_policy(narrow, setting->name, value));
    tighten(policy, narrow, setting->name);
  }
  return policy;
}

Result<Policy> read_policy_for(const store::Repositories& at, const Credential& token, const ServiceAccount& account) {
  std::vector<Resource> resources;
  for (const BoundaryEntry& entry : token.boundary) resources.push_back(entry.resource);
  return read_policy_for(at, {token.owner, account.owner}, resources);
}

}  // namespace gatehouse::admin
