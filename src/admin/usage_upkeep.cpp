#include "admin/usage_upkeep.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "admin/policy.h"
#include "store/places.h"

namespace gatehouse::admin {
namespace {

/// Steps a run, so that other jobs are not kept waiting.
constexpr int kMostHours = 24;
constexpr int kMostRefreshSteps = 20;
constexpr int kMostDropSteps = 20;

/// Runs a step until it says that it is done, at most so often.
template <class Step>
Result<void> repeat(Services& services, int most, const Step& step) {
  for (int i = 0; i < most; ++i) {
    bool done = false;
    GH_TRYV(services.database.tend_usage([&](store::Rollups& rollups, const store::Repositories& at) -> Result<void> {
      GH_TRY(done, step(rollups, at));
      return success();
    }));
    if (done) break;
  }
  return success();
}

/// The words of a list that are not in the other.
template <class Words>
std::string missing_from(const Words& words, const std::set<std::string>& known) {
  std::string out;
  for (const std::string& word : words) {
    if (!known.contains(word)) out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

/// Whether it, or the whole of its site, is declared.
bool declares(const std::vector<std::string>& declared, const std::string& resource) {
  const std::string site = resource.substr(0, resource.find('/')) + "/*";
  return std::any_of(declared.begin(), declared.end(), [&](const std::string& one) { return one == resource || one == site; });
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

struct Used {
  bool known = true;  ///< false: something was added up as "others", so nothing can be called unused
  ScopeSet scopes;
  std::set<std::string> sites;
  std::set<std::string> resources;  ///< site/KEY
};

Result<Used> used_by(const Services& services, const store::Repositories& at, const ScopeSet& held,
                     const store::SeenOfCredential& seen) {
  Used used;
  std::map<std::string, Result<store::Stored<Site>>> sites;
  for (const store::Seen& one : seen.seen) {
    if (one.a == store::kOthers) {
      used.known = false;
      continue;
    }
    auto known = sites.find(one.a);
    if (known == sites.end()) known = sites.emplace(one.a, at.sites.get(SiteId(one.a))).first;
    const auto& site = known->second;
    if (!site && site.error().code == Errc::kNotFound) continue;
    GH_TRYV(site);
    used.sites.insert(site.value().value.key);
    if (one.kind == store::SeenKind::kResource) {
      for (const std::string& key : split(one.b)) used.resources.insert(format_resource_name(site.value().value.key, key));
      continue;
    }
    const auto catalogue = services.gateway.catalogue_of(site.value().value);
    const catalogue::Operation* const operation = catalogue ? catalogue->find(one.b) : nullptr;
    if (!operation) {
      used.known = false;
      continue;
    }
    // Either set permits it; the one that the token holds is the one it needs.
    used.scopes |= operation->has_classic && held.includes(operation->classic) ? operation->classic : operation->granular;
  }
  return used;
}

}  // namespace

Result<store::Compared> compare_use(const Services& services, const store::Repositories& at, const store::SeenOfCredential& seen,
                                    Instant now) {
  store::Compared compared;
  const auto credential = at.credentials.get(seen.credential);
  // Usage outlives what was restored from an older backup.
  if (!credential && credential.error().code == Errc::kNotFound) return compared;
  GH_TRYV(credential);
  const Credential& token = credential.value().value;
  GH_TRY(const auto account, at.accounts.get(token.account));
  GH_TRY(const Used used, used_by(services, at, token.scopes, seen));
  if (used.known && seen.first_at + store::kMonth <= now) {
    const auto needed = scope_names(used.scopes);
    compared.unused_scopes = missing_from(scope_names(token.scopes), {needed.begin(), needed.end()});
    std::vector<std::string> boundary;
    for (const BoundaryEntry& entry : token.boundary) {
      const auto site = at.sites.get(entry.resource.site);
      GH_TRYV(site);
      // A whole site is in use where anything of it is.
      if (entry.resource.whole_site() && used.sites.contains(site.value().value.key)) continue;
      boundary.push_back(format_resource_name(site.value().value.key, entry.resource.key));
    }
    compared.unused_resources = missing_from(boundary, used.resources);
  }
  const Declared& declared = account.value.declared;
  if (!declared.sites.empty()) {
    compared.beyond = missing_from(used.sites, {declared.sites.begin(), declared.sites.end()});
  }
  if (!declared.resources.empty()) {
    for (const std::string& resource : used.resources) {
      if (!declares(declared.resources, resource)) compared.beyond += (compared.beyond.empty() ? "" : " ") + resource;
    }
  }
  if (!declared.scopes.empty()) {
    const std::string scopes = missing_from(scope_names(used.scopes), {declared.scopes.begin(), declared.scopes.end()});
    if (!scopes.empty()) compared.beyond += (compared.beyond.empty() ? "" : " ") + scopes;
  }
  return compared;
}

Result<void> tend_usage(Services& services, Instant now) {
  store::Retention retention;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const Policy policy, read_policy(*reader.operator->()));
    retention = policy.retention;
  }
  GH_TRYV(repeat(services, kMostHours, [now](store::Rollups& rollups, const store::Repositories&) -> Result<bool> {
    GH_TRY(const bool added, rollups.roll_up_hour(now));
    return !added;
  }));
  GH_TRYV(repeat(services, kMostRefreshSteps, [&](store::Rollups& rollups, const store::Repositories& at) {
    return rollups.refresh(now, retention, at, [&](const store::Repositories& in, const store::SeenOfCredential& seen) {
      return compare_use(services, in, seen, now);
    });
  }));
  return repeat(services, kMostDropSteps,
                [&](store::Rollups& rollups, const store::Repositories&) { return rollups.drop_old(now, retention); });
}

}  // namespace gatehouse::admin
