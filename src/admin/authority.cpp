#include "admin/authority.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "admin/common.h"
#include "admin/find.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

SignedInBy way_of(const Caller& caller) noexcept {
  if (caller.actor_kind == "admin_key") return SignedInBy::kAdminKey;
  if (caller.actor_kind == "user") return SignedInBy::kSession;
  if (caller.actor_kind == "local" || caller.actor_kind == "job") return SignedInBy::kHost;
  return SignedInBy::kNobody;
}

/// Whether something that reaches `resource` reaches what `who` administers: a whole site touches each of its projects.
bool touches(const Principal& who, const Resource& resource) noexcept {
  if (!who.project_admin()) return false;
  return std::any_of(who.administers.begin(), who.administers.end(), [&resource](const Resource& one) {
    return one.site == resource.site && (one.whole_site() || resource.whole_site() || one.id == resource.id);
  });
}

bool touches(const Principal& who, const Credential& token) noexcept {
  return std::any_of(token.boundary.begin(), token.boundary.end(),
                     [&who](const BoundaryEntry& entry) { return touches(who, entry.resource); });
}

/// Of "paused_resources" only what `who` administers.
Result<void> keep_theirs(Describer& describer, const Principal& who, json::object& document) {
  std::set<std::string> names;
  for (const Resource& one : who.administers) {
    GH_TRY(std::string name, describer.resource_name(one));
    names.insert(std::move(name));
  }
  json::array kept;
  for (const json::value& one : document.at("paused_resources").as_array()) {
    if (names.contains(std::string(one.at("resource").as_string()))) kept.push_back(one);
  }
  document["paused_resources"] = std::move(kept);
  return success();
}

Error out_of_reach(policy::Need need) {
  const policy::Rule& rule = policy::rule_of(need);
  return policy::not_allowed(rule.word, (rule.project_admin & policy::kTheirs) ? "project-admin" : "org-admin");
}

}  // namespace

Result<Principal> principal_of(const Services& services, const store::Repositories& at, const User& user, SignedInBy by,
                               std::optional<Instant> stepped_up_at) {
  Principal who;
  who.user = user.id;
  who.email = user.email;
  who.role = user.role;
  who.by = by;
  who.stepped_up_at = stepped_up_at;
  if (user.role == UserRole::kProjectAdmin) who.administers = user.administers;
  const AuthoritySource* const source = services.authority_source.load();
  if (source && user.role != UserRole::kAuditor) {
    GH_TRY(const auto known, source->administered(at, user, services.clock.now()));
    who.known_to_source = known.has_value();
    if (known) who.administers.insert(who.administers.end(), known->begin(), known->end());
  }
  return who;
}

Result<Principal> authority_of(const Services& services, const store::Repositories& at, const Caller& caller) {
  const SignedInBy by = way_of(caller);
  if (by == SignedInBy::kHost || by == SignedInBy::kNobody) {
    Principal who;
    who.by = by;
    who.email = caller.actor_name;
    return who;
  }
  const auto user = at.users.get(UserId(caller.actor_id));
  if (!user && user.error().code != Errc::kNotFound) return user.error();
  if (!user || !is_live(user.value().value.state, user.value().value.pause, services.clock.now()))
    return fail(Errc::kNotAllowed, "You are suspended: nothing can be changed in your name.");
  return principal_of(services, at, user.value().value, by);
}

void ask_source(const Services& services, const Caller& caller, const std::vector<Resource>& resources) {
  AuthoritySource* const source = services.authority_source.load();
  const UserId user = user_of(caller);
  if (!source || user.empty()) return;
  for (const Resource& one : resources) {
    if (const auto asked = source->ask(user, one); !asked)
      std::clog << "authority of " << user.value << ": " << asked.error().public_detail << " " << asked.error().log_detail
                << "\n";
  }
}

bool answers_for(const Principal& who, const ServiceAccount& account) noexcept {
  return who.is(account.owner) || who.is(account.deputy);
}

bool answers_for(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept {
  return who.is(token.owner) || answers_for(who, account);
}

Result<bool> may_see(const store::Repositories& at, const Principal& who, const ServiceAccount& account) {
  if (who.reads_all() || answers_for(who, account)) return true;
  GH_TRY(const auto grants, at.grants.of_account(account.id));
  if (std::any_of(grants.begin(), grants.end(), [&who](const Grant& one) { return touches(who, one.resource); })) return true;
  GH_TRY(const auto tokens, at.credentials.of_account(account.id));
  return std::any_of(tokens.begin(), tokens.end(), [&](const Credential& one) { return who.is(one.owner) || touches(who, one); });
}

bool may_see(const Principal& who, const Grant& grant, const ServiceAccount& account) noexcept {
  return who.reads_all() || answers_for(who, account) || who.is(grant.granted_by) || touches(who, grant.resource);
}

bool may_see(const Principal& who, const Credential& token, const ServiceAccount& account) noexcept {
  return who.reads_all() || answers_for(who, token, account) || touches(who, token);
}

std::optional<store::Sight> sight_of(const Principal& who) {
  if (who.reads_all()) return std::nullopt;
  return store::Sight{who.user, who.project_admin() ? who.administers : std::vector<Resource>()};
}

Result<json::object> account_for(Describer& describer, const Principal& who, const ServiceAccount& account) {
  GH_TRY(json::object document, describer.account(account));
  if (who.reads_all() || answers_for(who, account)) return document;
  for (const char* list : {"declared_sites", "declared_resources", "declared_scopes"}) document[list] = json::array();
  for (const char* text : {"repository", "job", "link", "docs", "runbook", "rotation_plan"}) document[text] = nullptr;
  GH_TRYV(keep_theirs(describer, who, document));
  return document;
}

Result<json::object> token_for(Describer& describer, const Principal& who, const Credential& token,
                               const ServiceAccount& account) {
  if (who.reads_all() || answers_for(who, token, account)) return describer.token(token);
  Credential part = token;
  const auto elsewhere = [&who](const BoundaryEntry& entry) { return !touches(who, entry.resource); };
  std::erase_if(part.boundary, elsewhere);
  std::erase_if(part.proposed, elsewhere);
  GH_TRY(json::object document, describer.token(part));
  document["partial"] = true;
  GH_TRYV(keep_theirs(describer, who, document));
  return document;
}

Result<void> check_reach(const store::Repositories& at, policy::Need need, const Principal& who, const ServiceAccount& account) {
  const std::uint8_t reach = policy::reach_of(need, who);
  if ((reach & policy::kAll) || ((reach & policy::kOwn) && answers_for(who, account))) return success();
  GH_TRY(const bool seen, may_see(at, who, account));
  return seen ? out_of_reach(need) : no_account();
}

Result<void> check_reach(policy::Need need, const Principal& who, const Grant& grant, const ServiceAccount& account) {
  const std::uint8_t reach = policy::reach_of(need, who);
  if ((reach & policy::kAll) || ((reach & policy::kOwn) && answers_for(who, account))) return success();
  if ((reach & policy::kTheirs) && who.covers(grant.resource)) return success();
  return may_see(who, grant, account) ? out_of_reach(need) : no_grant();
}

Result<void> check_reach(policy::Need need, const Principal& who, const Credential& token, const ServiceAccount& account) {
  const std::uint8_t reach = policy::reach_of(need, who);
  if ((reach & policy::kAll) || ((reach & policy::kOwn) && answers_for(who, token, account))) return success();
  return may_see(who, token, account) ? out_of_reach(need) : no_token();
}

}  // namespace gatehouse::admin
