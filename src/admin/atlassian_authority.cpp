#include "admin/atlassian_authority.h"

#include <algorithm>
#include <iostream>
#include <optional>

#include "admin/backing.h"
#include "admin/describe.h"

namespace gatehouse::admin {
namespace {

using store::KnownAuthority;

constexpr Duration kJustAsked = std::chrono::seconds(10);
constexpr std::int64_t kPeopleAtOnce = 20;
constexpr std::int64_t kMostResources = 500;
constexpr std::int64_t kMostStale = 200;
constexpr int kMostFailures = 3;

const KnownAuthority* find(const std::vector<KnownAuthority>& all, const Resource& resource) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&resource](const KnownAuthority& one) { return one.resource.same(resource); });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

Result<std::optional<std::vector<Resource>>> AtlassianAuthority::administered(const store::Repositories& at, const User& user,
                                                                              Instant now) const {
  const auto grant = at.atlassian.get(user.id);
  if (!grant && grant.error().code != Errc::kNotFound) return grant.error();
  if (!grant || grant.value().ended_at) return std::optional<std::vector<Resource>>();
  std::vector<Resource> out;
  GH_TRY(const auto known, at.atlassian.known(user.id));
  for (const KnownAuthority& one : known) {
    if (one.administers && !one.resource.whole_site() && now < one.checked_at + atlassian_.settings().remember)
      out.push_back(one.resource);
  }
  return std::optional(std::move(out));
}

Result<void> AtlassianAuthority::ask(const UserId& user, const Resource& resource) {
  if (resource.whole_site()) return success();
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    const auto grant = reader->atlassian.get(user);
    if (!grant && grant.error().code != Errc::kNotFound) return grant.error();
    if (!grant || grant.value().ended_at) return success();
    GH_TRY(const auto known, reader->atlassian.known(user));
    const KnownAuthority* const last = find(known, resource);
    if (last && services_.clock.now() < last->checked_at + kJustAsked) return success();
  }
  return ask_now(user, resource);
}

Result<bool> AtlassianAuthority::administers_now(const Site& site, const Resource& resource, const AtlassianToken& token) {
  GH_TRY(const std::string cloud_id, atlassian_.cloud_id_of(site, token.access));
  if (cloud_id.empty()) return false;
  return upstream::administers(atlassian_.app(), site.product, cloud_id, resource.id, token.access, services_.fetch);
}

Result<void> AtlassianAuthority::ask_now(const UserId& user, const Resource& resource) {
  std::optional<Site> site;
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    GH_TRY(const auto found, reader->sites.get(resource.site));
    site = found.value;
  }
  if (site->product != Product::kJira && site->product != Product::kConfluence) return success();
  GH_TRY(const AtlassianToken token, atlassian_.token_for(user));
  auto administers = administers_now(*site, resource, token);
  if (!administers && administers.error().code == Errc::kUnauthenticated &&
      services_.clock.now() > token.renewed_at + kFreshToken) {
    // Atlassian has taken the access token back before its end; whether the consent is over too, the renewal tells.
    GH_TRY(const AtlassianToken renewed, atlassian_.token_for(user, services_.clock.now()));
    administers = administers_now(*site, resource, renewed);
  }
  if (!administers) return administers.error();
  KnownAuthority answer{user, resource, administers.value(), {}};
  answer.checked_at = services_.clock.now();
  return change(answer, answer.administers ? "the product says so" : "the product says that this person does not administer it");
}

/// What is as before is bookkeeping; what is not is a change of somebody's authority, with its record and all that follows from
/// it.
Result<void> AtlassianAuthority::change(const KnownAuthority& answer, const std::string& reason) {
  bool differs = false;
  GH_TRYV(
      services_.database.tend_atlassian([&](store::AtlassianGrants& atlassian, const store::Repositories& at) -> Result<void> {
        GH_TRY(const auto known, at.atlassian.known(answer.user));
        const KnownAuthority* const last = find(known, answer.resource);
        // After a new sign-in the first answer settles what was given before, whichever it is.
        differs = (last && last->administers) != answer.administers || (last && !last->settled());
        return differs ? Result<void>(success()) : atlassian.remember(answer);
      }));
  if (!differs) return success();
  GH_TRY(store::UnitOfWork work, services_.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto grant, at.atlassian.get(answer.user));
  // Disconnected or suspended while it was asked: that stands, whatever the answer.
  if (grant.ended_at && answer.administers) return success();
  GH_TRY(const auto person, at.users.get(answer.user));
  GH_TRYV(at.atlassian.remember(answer));
  GH_TRYV(review_backing(services_, at, person.value, Withdrawal::kOrdinary));
  Describer describer(at, answer.checked_at);
  GH_TRY(const std::string name, describer.resource_name(answer.resource));
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "authority";
  AuditEvent event = make_event(caller, answer.administers ? "authority.found" : "authority.lost", "user", answer.user.value,
                                person.value.email);
  event.reason = reason;
  const Document after{{"resource", name}, {"resource_id", answer.resource.id}, {"atlassian_account", grant.account_id}};
  return commit(services_, std::move(work), with_change(std::move(event), nullptr, &after));
}

Result<void> AtlassianAuthority::look(Instant now) {
  const AtlassianSettings& settings = atlassian_.settings();
  std::vector<store::AtlassianGrant> due;
  std::vector<Resource> resources;
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    GH_TRY(due, reader->atlassian.due(now - settings.recheck, kPeopleAtOnce));
    if (!due.empty()) {
      GH_TRY(resources, reader->atlassian.resources(kMostResources));
    }
  }
  for (const store::AtlassianGrant& grant : due) {
    // Without a token there is nothing to ask with, whichever resource it is about.
    const bool able = atlassian_.token_for(grant.user).has_value();
    int failures = 0;
    for (std::size_t i = 0; able && i < resources.size(); ++i) {
      const Resource& resource = resources[i];
      const auto asked = ask_now(grant.user, resource);
      if (asked) continue;
      std::clog << "authority of " << grant.user.value << ": " << asked.error().public_detail << " " << asked.error().log_detail
                << "\n";
      // One site that does not answer must not keep the others from being asked; a sign-in that has ended is of no use for any.
      if (asked.error().code != Errc::kUpstreamFailed || ++failures >= kMostFailures) break;
    }
    GH_TRYV(services_.database.tend_atlassian(
        [&](store::AtlassianGrants& atlassian, const store::Repositories&) { return atlassian.set_looked(grant.user, now); }));
  }
  std::vector<KnownAuthority> stale;
  {
    GH_TRY(const store::Reader reader, services_.database.read());
    GH_TRY(stale, reader->atlassian.stale(now - settings.remember, kMostStale));
  }
  for (KnownAuthority& one : stale) {
    const std::string since = format_instant(one.checked_at);
    one.administers = false;
    one.checked_at = now;
    const auto changed = change(one, "the product could not be asked again since " + since);
    if (!changed && changed.error().code != Errc::kNotFound) return changed.error();
  }
  return success();
}

}  // namespace gatehouse::admin
