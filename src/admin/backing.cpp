#include "admin/backing.h"

#include <algorithm>
#include <array>

#include "admin/authority.h"
#include "admin/change.h"
#include "admin/describe.h"
#include "admin/notices.h"
#include "admin/policy.h"

namespace gatehouse::admin {
namespace {

/// They open something in a project too, and change the whole site all the same.
constexpr std::array<std::string_view, 3> kSiteScopes{"manage:jira-configuration", "manage:jira-webhook",
                                                      "manage:confluence-configuration"};

template <class Take>
Result<void> each_grant(const store::Repositories& at, const store::Grants::Filter& filter, const Take& take) {
  // Gathered first: the records change while they are gone through.
  std::vector<store::Stored<Grant>> all;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.grants.list(filter, page));
    all.insert(all.end(), listed.items.begin(), listed.items.end());
    page.after = listed.next;
  } while (!page.after.empty());
  for (auto& stored : all) {
    GH_TRYV(take(stored));
  }
  return success();
}

Result<Notice> notice_of(const store::Repositories& at, NoticeKind kind, const Grant& grant, Instant now) {
  Describer describer(at, now);
  GH_TRY(const std::string resource, describer.resource_name(grant.resource));
  GH_TRY(const std::string account, describer.handle_of(grant.account));
  GH_TRY(const std::string giver, describer.email_of(grant.granted_by));
  Notice notice{kind, "grant", grant.id.value, resource + " for " + account};
  notice.facts["granted_by"] = giver;
  notice.facts["account"] = account;
  return notice;
}

Result<void> lose(Services& services, store::Repositories& at, store::Stored<Grant>& stored, Withdrawal how, Duration grace) {
  const Instant now = services.clock.now();
  Grant& grant = stored.value;
  const bool at_once = how == Withdrawal::kForCause || grace.count() == 0;
  grant.backing = at_once ? Backing::kUnbacked : Backing::kInGrace;
  grant.grace_ends_at.reset();
  if (!at_once) grant.grace_ends_at = now + grace;
  GH_TRYV(at.grants.update(grant, stored.version));
  GH_TRY(Notice notice, notice_of(at, NoticeKind::kInGrace, grant, now));
  notice.facts["grace_ends_at"] = format_instant(grant.grace_ends_at.value_or(now));
  return queue_notice(services, at.outbox, std::move(notice));
}

bool covers(const Resource& granted, const Resource& wanted) {
  return granted.site == wanted.site && (granted.whole_site() || wanted.whole_site() || granted.id == wanted.id);
}

bool backed_for_good(const Grant& grant) { return grant.backing == Backing::kBacked; }

bool in_grace(const Grant& grant, Instant now) {
  return grant.backing == Backing::kInGrace && grant.grace_ends_at && now < *grant.grace_ends_at;
}

/// The grant in grace that the token could not do without; nothing: there is none.
const Grant* shaky_ground(const Credential& token, const std::vector<Grant>& grants, Instant now) {
  for (const BoundaryEntry& entry : token.boundary) {
    for (const Grant& grant : grants) {
      if (!in_grace(grant, now) || !covers(grant.resource, entry.resource)) continue;
      ScopeSet used = token.scopes;
      used &= grant.scopes;
      const bool replaced = std::any_of(grants.begin(), grants.end(), [&](const Grant& other) {
        return backed_for_good(other) && (other.resource.whole_site() || other.resource.same(grant.resource)) &&
               other.scopes.includes(used) && (other.role.empty() || other.role == grant.role);
      });
      if (!replaced) return &grant;
    }
  }
  return nullptr;
}

}  // namespace

ScopeSet project_scopes(const Services& services, const Site& site) {
  ScopeSet scopes;
  const auto catalogue = services.gateway.catalogue_of(site);
  if (!catalogue) return scopes;
  for (const catalogue::Operation& operation : catalogue->operations()) {
    if (operation.bounded == catalogue::Bounded::kRefused) continue;
    if (operation.has_classic) scopes |= operation.classic;
    if (operation.has_granular) scopes |= operation.granular;
  }
  for (const std::string_view name : kSiteScopes) {
    if (const auto known = find_scope(name)) scopes.remove(*known);
  }
  return scopes;
}

Result<void> check_may_give(const Services& services, const store::Repositories& at, const Principal& who, const Grant& grant) {
  if (who.org_admin()) return success();
  const auto refused = [](std::string detail, std::string field, std::string_view role) {
    Error error = fail(Errc::kNotAllowed, std::move(detail), {}, std::move(field));
    error.missing_role = role;
    return error;
  };
  if (!who.covers(grant.resource))
    return refused("You do not administer that resource: only its administrators, and the organization's, may give access to it.",
                   "resource", "project-admin");
  if (grant.directory)
    return refused("The directory of users and groups is not a project's to give: ask an organization administrator.",
                   "directory", "org-admin");
  if (grant.restricted == Restricted::kInclude)
    return refused("Issues with a security level and restricted pages are an organization administrator's to open.", "restricted",
                   "org-admin");
  GH_TRY(const auto site, at.sites.get(grant.resource.site));
  if (!project_scopes(services, site.value).includes(grant.scopes))
    return refused("One of the scopes reaches beyond a project; it is an organization administrator's to give.", "scopes",
                   "org-admin");
  return success();
}

namespace {

Result<void> check_could_give(const Services& services, const store::Repositories& at, const UserId& person,
                              const ServiceAccount& account, std::string_view as) {
  const Instant now = services.clock.now();
  GH_TRY(const auto user, at.users.get(person));
  GH_TRY(const Principal who, principal_of(services, at, user.value, SignedInBy::kAdminKey));
  GH_TRY(const auto grants, at.grants.of_account(account.id));
  for (const Grant& grant : grants) {
    const bool opens = grant.state != State::kRevoked && (backed_for_good(grant) || in_grace(grant, now));
    if (!opens) continue;
    const auto may = check_may_give(services, at, who, grant);
    if (may) continue;
    if (may.error().code != Errc::kNotAllowed) return may.error();
    GH_TRY(const std::string resource, Describer(at, now).resource_name(grant.resource));
    const std::string command = as == "deputy" ? "account edit " + account.handle + " --deputy " + user.value.email
                                               : "account transfer " + account.handle + " --to " + user.value.email;
    Error error =
        fail(Errc::kNotAllowed,
             "Whoever answers for an account uses what is granted to it, and " + user.value.email +
                 " could not give its grant on " + resource + ". An organization administrator may say so: gatehouse " + command,
             {}, std::string(as));
    error.missing_role = "org-admin";
    return error;
  }
  return success();
}

}  // namespace

Result<void> check_may_answer(const Services& services, const store::Repositories& at, const Principal& who,
                              const ServiceAccount& before, const ServiceAccount& after) {
  if (who.org_admin()) return success();
  const auto is_new = [&before](const UserId& one) { return !one.empty() && one != before.owner && one != before.deputy; };
  if (is_new(after.owner)) {
    GH_TRYV(check_could_give(services, at, after.owner, after, "owner"));
  }
  if (is_new(after.deputy)) {
    GH_TRYV(check_could_give(services, at, after.deputy, after, "deputy"));
  }
  return success();
}

Result<void> review_backing(Services& services, store::Repositories& at, const User& user, Withdrawal how) {
  const Instant now = services.clock.now();
  Principal who;
  if (is_live(user.state, user.pause, now)) {
    GH_TRY(who, principal_of(services, at, user, SignedInBy::kAdminKey));
  }
  GH_TRY(const Policy policy, read_policy(at));
  store::Grants::Filter filter;
  filter.granted_by = user.id;
  return each_grant(at, filter, [&](store::Stored<Grant>& stored) -> Result<void> {
    Grant& grant = stored.value;
    const auto may = check_may_give(services, at, who, grant);
    if (!may && may.error().code != Errc::kNotAllowed) return may.error();
    const bool for_cause_now = !may && how == Withdrawal::kForCause && in_grace(grant, now);
    if (!may && (grant.backing == Backing::kBacked || for_cause_now)) return lose(services, at, stored, how, policy.grace);
    if (!may || !in_grace(grant, now)) return success();
    grant.backing = Backing::kBacked;
    grant.grace_ends_at.reset();
    GH_TRYV(at.grants.update(grant, stored.version));
    GH_TRY(Notice notice, notice_of(at, NoticeKind::kBacked, grant, now));
    return queue_notice(services, at.outbox, std::move(notice));
  });
}

Result<void> check_new_rests_on_backed(const store::Repositories& at, const Credential& token, Instant now) {
  GH_TRY(const auto grants, at.grants.of_account(token.account));
  const Grant* const shaky = shaky_ground(token, grants, now);
  if (!shaky) return success();
  GH_TRY(const std::string resource, Describer(at, now).resource_name(shaky->resource));
  return fail(Errc::kConflict,
              "Who gave the grant on " + resource + " has no authority for it any more: it is in grace until " +
                  format_instant(*shaky->grace_ends_at) +
                  ", and nothing new may rest on it. Somebody with authority can back it: gatehouse grant back " +
                  shaky->id.value,
              {}, "resources");
}

Result<void> check_rests_on_backed(const store::Repositories& at, const Principal& who, const Credential& token,
                                   const ServiceAccount& account, Instant now) {
  if (who.org_admin() || answers_for(who, account)) return success();
  return check_new_rests_on_backed(at, token, now);
}

Result<Document> back_grant(Services& services, const Caller& caller, std::string_view grant) {
  return change_grant(services, caller, policy::Need::kGrant, grant, "grant.back", {},
                      [&services](Grant& record, const Editing& in) -> Result<void> {
                        const Instant now = services.clock.now();
                        GH_TRYV(check_may_give(services, in.at, in.who, record));
                        if (record.backing == Backing::kBacked)
                          return fail(Errc::kConflict, "That grant is backed; nothing has to be done.", {}, "grant");
                        GH_TRY(Notice notice, notice_of(in.at, NoticeKind::kBacked, record, now));
                        notice.facts["by"] = in.who.email;
                        record.backing = Backing::kBacked;
                        record.grace_ends_at.reset();
                        if (!in.who.user.empty()) record.granted_by = in.who.user;
                        return queue_notice(services, in.at.outbox, std::move(notice));
                      });
}

Result<void> end_graces(Services& services, Instant now) {
  const auto over = [now](const Grant& grant) {
    return grant.backing == Backing::kInGrace && grant.grace_ends_at && *grant.grace_ends_at <= now;
  };
  std::vector<GrantId> ended;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    store::Grants::Filter filter;
    filter.backing = Backing::kInGrace;
    GH_TRYV(each_grant(*reader.operator->(), filter, [&](const store::Stored<Grant>& stored) -> Result<void> {
      if (over(stored.value)) ended.push_back(stored.value.id);
      return success();
    }));
  }
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "grace";
  for (const GrantId& id : ended) {
    const auto done = change_grant(services, caller, policy::Need::kOrgAdmin, id.value, "grant.grace_over",
                                   "nobody with authority backed it", [&](Grant& record, const Editing& in) -> Result<void> {
                                     // Backed in the last moment.
                                     if (!over(record)) return fail(Errc::kConflict, "It is backed.");
                                     record.backing = Backing::kUnbacked;
                                     record.grace_ends_at.reset();
                                     GH_TRY(Notice notice, notice_of(in.at, NoticeKind::kRevoked, record, now));
                                     notice.facts["by"] = "Gatehouse, since nobody with authority backed it";
                                     return queue_notice(services, in.at.outbox, std::move(notice));
                                   });
    if (!done && done.error().code != Errc::kConflict) return done.error();
  }
  return success();
}

}  // namespace gatehouse::admin
