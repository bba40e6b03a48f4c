#include "admin/pause.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/resources.h"
#include "admin/tell.h"

namespace gatehouse::admin {
namespace {

/// Who is paused, and how its record is written back: that is what carries the change to every gateway.
struct Subject {
  std::string kind;  ///< "token", "account", "site"
  std::string id;
  std::string name;
  std::vector<UserId> answerable;
  std::function<Result<void>(store::Repositories&)> touch;
  std::function<Result<Document>(Describer&)> describe;
  std::function<Result<Document>(Describer&, const Principal&)> seen;  ///< the same as far as one may see it
};

Result<Subject> token_subject(const store::Repositories& at, const Principal& who, std::string_view name) {
  GH_TRY(const auto found, find_token(at, name));
  GH_TRY(const auto account, at.accounts.get(found.value.account));
  if (!may_see(who, found.value, account.value)) return no_token();
  if (found.value.state == State::kRevoked) return fail(Errc::kConflict, "That token is revoked, which is final.", {}, "token");
  Subject subject{"token", found.value.id.value, found.value.name, {}, {}, {}, {}};
  GH_TRY(subject.answerable, answerable_for(at, found.value));
  subject.touch = [found](store::Repositories& to) { return to.credentials.update(found.value, found.version); };
  subject.describe = [found](Describer& describer) { return describer.token(found.value); };
  subject.seen = [found, account](Describer& describer, const Principal& by) {
    return token_for(describer, by, found.value, account.value);
  };
  return subject;
}

Result<Subject> account_subject(const store::Repositories& at, const Principal& who, std::string_view name) {
  GH_TRY(const auto found, find_account(at, name));
  GH_TRY(const bool visible, may_see(at, who, found.value));
  if (!visible) return no_account();
  if (found.value.state == State::kArchived) return fail(Errc::kConflict, "That service account is archived.", {}, "account");
  Subject subject{"account", found.value.id.value, found.value.handle, answerable_for(found.value), {}, {}, {}};
  subject.touch = [found](store::Repositories& to) { return to.accounts.update(found.value, found.version); };
  subject.describe = [found](Describer& describer) { return describer.account(found.value); };
  subject.seen = [found](Describer& describer, const Principal& by) { return account_for(describer, by, found.value); };
  return subject;
}

Result<Subject> site_subject(const store::Repositories& at, std::string_view name) {
  GH_TRY(const auto found, find_site(at, name));
  Subject subject{"site", found.value.id.value, found.value.key, {}, {}, {}, {}};
  GH_TRY(subject.answerable, answerable_for(at, found.value));
  subject.touch = [found](store::Repositories& to) { return to.sites.update(found.value, found.version); };
  subject.describe = [found](Describer& describer) { return describer.site(found.value); };
  subject.seen = [found](Describer& describer, const Principal&) { return describer.site(found.value); };
  return subject;
}

Result<Subject> find_subject(const store::Repositories& at, const Principal& who, PausedFor whom, std::string_view name) {
  switch (whom) {
    case PausedFor::kToken: return token_subject(at, who, name);
    case PausedFor::kAccount: return account_subject(at, who, name);
    case PausedFor::kSite: return site_subject(at, name);
  }
  return fail(Errc::kInternal, "There is no such kind of pause.");
}

/// `site pause acme --resource A` means acme/A.
std::string whole_name(PausedFor whom, std::string_view subject, std::string_view resource) {
  const bool bare = whom == PausedFor::kSite && resource.find('/') == std::string_view::npos;
  return bare ? std::string(subject) + "/" + std::string(resource) : std::string(resource);
}

/// What was granted under that key: the only thing that is known while the site can't be asked.
Result<Resource> granted_as(Services& services, std::string_view name) {
  GH_TRY(const ResourceName written, parse_resource_name(name));
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto site, find_site(*reader.operator->(), written.site_key));
  store::Grants::Filter filter;
  filter.site = site.value.id;
  std::optional<Resource> found;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, reader->grants.list(filter, page));
    for (const auto& grant : listed.items) {
      const Resource& resource = grant.value.resource;
      if (resource.key != written.key && resource.id != written.key) continue;
      if (found && !found->same(resource))
        return fail(Errc::kConflict, "Several resources were granted under that key; name it by its id.", {}, "resource");
      found = resource;
    }
    page.after = listed.next;
  } while (!page.after.empty());
  if (found) return *found;
  return fail(Errc::kNotFound, "The site can't be asked, and nothing was granted under that key.", {}, "resource");
}

Result<Resource> resource_to_pause(Services& services, std::string_view name) {
  auto asked = resolve_resource(services, name);
  if (asked) return asked;
  const Errc code = asked.error().code;
  const bool away = code == Errc::kUpstreamFailed || code == Errc::kTimeout || code == Errc::kUnavailable ||
                    code == Errc::kNotAllowed || code == Errc::kUnsupported;
  if (away) return granted_as(services, name);
  asked.error().field = "resource";
  return asked;
}

/// By the display key of the pause, or by id: the site need not be asked to end one.
Result<ResourcePause> find_pause(const store::Repositories& at, PausedFor whom, const std::string& subject,
                                 std::string_view name) {
  GH_TRY(const ResourceName written, parse_resource_name(name));
  GH_TRY(const auto site, find_site(at, written.site_key));
  GH_TRY(const auto pauses, at.resource_pauses.of(whom, subject));
  for (const ResourcePause& pause : pauses) {
    if (pause.resource.site == site.value.id && (pause.resource.key == written.key || pause.resource.id == written.key))
      return pause;
  }
  return fail(Errc::kNotFound, "That resource is not paused there.", {}, "resource");
}

/// A pause of one resource is that resource's administrator's, and of those who answer for what is paused; of everybody on the
/// site it is the organization's.
Result<void> check_may_pause(const Principal& who, const Subject& subject, PausedFor whom, const Resource& resource) {
  const bool owns =
      std::any_of(subject.answerable.begin(), subject.answerable.end(), [&who](const UserId& one) { return who.is(one); });
  if (who.org_admin() || (whom != PausedFor::kSite && (owns || who.covers(resource)))) return success();
  if (whom == PausedFor::kSite) return policy::refusal_of(policy::Need::kOrgAdmin);
  return policy::not_allowed("project administrator of that resource, or organization administrator", "project-admin");
}

Result<std::optional<Pause>> present_pause(const store::Repositories& at, PausedFor whom, const std::string& subject,
                                           const Resource& resource) {
  GH_TRY(const auto pauses, at.resource_pauses.of(whom, subject));
  for (const ResourcePause& one : pauses) {
    if (one.resource.same(resource)) return std::optional<Pause>(one.pause);
  }
  return std::optional<Pause>();
}

void add(const UserId& user, std::vector<UserId>& users) {
  if (!user.empty()) users.push_back(user);
}

}  // namespace

Result<void> check_may_resume(const Principal& who, const Pause& pause, const std::vector<UserId>& answerable, bool covers) {
  if (pause.resume_by == ResumeBy::kApproval) {
    return fail(Errc::kConflict,
                "It waits for the approval of a second person. \"gatehouse approval list\" shows what is asked.");
  }
  if (who.org_admin()) return success();
  const bool owns = std::any_of(answerable.begin(), answerable.end(), [&who](const UserId& one) { return who.is(one); });
  if (owns && pause.resume_by == ResumeBy::kOwner) return success();
  if (covers && pause.resume_by == ResumeBy::kResourceAdmin) return success();
  Error error =
      fail(Errc::kNotAllowed, pause.resume_by == ResumeBy::kOwner
                                  ? "This pause can be ended by its owner, deputy or an organization administrator."
                              : pause.resume_by == ResumeBy::kResourceAdmin
                                  ? "This pause can be ended by an administrator of the resource or of the organization."
                                  : "This pause can be ended by an organization administrator only.");
  error.missing_role = pause.resume_by == ResumeBy::kResourceAdmin ? "project-admin" : "org-admin";
  return error;
}

Result<Pause> replace_pause(const Principal& who, Pause wanted, const std::optional<Pause>& present,
                            const std::vector<UserId>& answerable, bool covers, Instant now) {
  const bool stronger = covers && present && present->resume_by == ResumeBy::kOwner;
  if (present && !stronger && (!present->until || now < *present->until)) {
    GH_TRYV(check_may_resume(who, *present, answerable, covers));
  }
  if (who.org_admin()) return wanted;
  const bool owns = std::any_of(answerable.begin(), answerable.end(), [&who](const UserId& one) { return who.is(one); });
  wanted.resume_by = owns ? ResumeBy::kOwner : ResumeBy::kResourceAdmin;
  return wanted;
}

std::optional<Pause> pause_in_force(State state, const Pause& pause, Instant now) {
  if (state != State::kPaused || is_live(state, pause, now)) return std::nullopt;
  return pause;
}

std::vector<UserId> answerable_for(const ServiceAccount& account) {
  std::vector<UserId> users;
  add(account.owner, users);
  add(account.deputy, users);
  return users;
}

Result<std::vector<UserId>> answerable_for(const store::Repositories& at, const Credential& credential) {
  GH_TRY(const auto account, at.accounts.get(credential.account));
  std::vector<UserId> users = answerable_for(account.value);
  add(credential.owner, users);
  return users;
}

Result<std::vector<UserId>> answerable_for(const store::Repositories& at, const Grant& grant) {
  GH_TRY(const auto account, at.accounts.get(grant.account));
  std::vector<UserId> users = answerable_for(account.value);
  add(grant.granted_by, users);
  return users;
}

Result<std::vector<UserId>> answerable_for(const store::Repositories& at, const Site& site) {
  GH_TRY(const auto credentials, at.upstream_credentials.live_of(site.id, {}));
  std::vector<UserId> users;
  for (const auto& credential : credentials) {
    add(credential.value.owner, users);
    add(credential.value.deputy, users);
  }
  return users;
}

Result<Document> pause_resource(Services& services, const Caller& caller, PausedFor whom, std::string_view subject,
                                std::string_view resource, const PauseRequest& request) {
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  GH_TRY(const Resource paused, resource_to_pause(services, whole_name(whom, subject, resource)));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const Subject found, find_subject(at, who, whom, subject));
  GH_TRYV(check_may_pause(who, found, whom, paused));
  if (whom == PausedFor::kSite && paused.site.value != found.id)
    return fail(Errc::kInvalidArgument, "That resource is not of this site.", {}, "resource");
  Describer before(at, services.clock.now());
  GH_TRY(const Document old, found.describe(before));
  GH_TRY(const auto present, present_pause(at, whom, found.id, paused));
  GH_TRY(const Pause set, replace_pause(who, pause, present, found.answerable, who.covers(paused), services.clock.now()));
  GH_TRYV(at.resource_pauses.put({whom, found.id, paused, set}));
  GH_TRYV(found.touch(at));
  Describer after(at, services.clock.now());
  GH_TRY(const Document now, found.describe(after));
  GH_TRY(Document seen, found.seen(after, who));
  GH_TRY(const std::string of_resource, after.resource_name(paused));
  GH_TRYV(
      tell_of_change(services, at.outbox, caller, found.kind + ".pause", found.id, found.name, pause.reason, set, of_resource));
  AuditEvent event = make_event(caller, found.kind + ".pause", found.kind, found.id, found.name);
  event.reason = pause.reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &old, &now)));
  return seen;
}

Result<Document> resume_resource(Services& services, const Caller& caller, PausedFor whom, std::string_view subject,
                                 std::string_view resource) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const Subject found, find_subject(at, who, whom, subject));
  GH_TRY(const ResourcePause pause, find_pause(at, whom, found.id, whole_name(whom, subject, resource)));
  GH_TRYV(check_may_resume(who, pause.pause, found.answerable, who.covers(pause.resource)));
  Describer before(at, services.clock.now());
  GH_TRY(const Document old, found.describe(before));
  GH_TRYV(at.resource_pauses.remove(whom, found.id, pause.resource));
  GH_TRYV(found.touch(at));
  Describer after(at, services.clock.now());
  GH_TRY(const Document now, found.describe(after));
  GH_TRY(Document seen, found.seen(after, who));
  GH_TRY(const std::string of_resource, after.resource_name(pause.resource));
  GH_TRYV(tell_of_change(services, at.outbox, caller, found.kind + ".resume", found.id, found.name, {}, {}, of_resource));
  AuditEvent event = make_event(caller, found.kind + ".resume", found.kind, found.id, found.name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &old, &now)));
  return seen;
}

}  // namespace gatehouse::admin
