#include "upstream/site_table.h"

#include <algorithm>

#include "base/text.h"

namespace gatehouse::upstream {
namespace {

const RoutePtr kNoRoute;

bool same_place(const http::Origin& left, const http::Origin& right) noexcept {
  return left.scheme == right.scheme && left.host == right.host && left.port == right.port &&
         left.context_path == right.context_path;
}

bool covers(const RouteChoice& choice, const catalogue::Operation& operation) noexcept {
  if (!choice.scopes) return true;
  return (operation.has_classic && choice.scopes->includes(operation.classic)) ||
         (operation.has_granular && choice.scopes->includes(operation.granular));
}

std::size_t breadth(const RouteChoice& choice) { return choice.scopes ? choice.scopes->list().size() : kMaxScopes + 1; }

/// Whether `fresh` still has this credential, or one that took over from it: its secret was replaced, which costs no request.
bool goes_on(const SiteEntry& fresh, std::string_view account_id, const RouteChoice& old) noexcept {
  if (!old.route) return true;
  const auto& choices = fresh.choices_for(account_id).all();
  return std::any_of(choices.begin(), choices.end(), [&](const RouteChoice& one) {
    const bool same = one.credential == old.credential && one.route && one.route->pool_key == old.route->pool_key;
    return same || (!old.credential.empty() && one.replaces == old.credential && one.route);
  });
}

bool all_go_on(const SiteEntry& fresh, std::string_view account_id, const RouteChoices& old) noexcept {
  return std::all_of(old.all().begin(), old.all().end(), [&](const RouteChoice& one) { return goes_on(fresh, account_id, one); });
}

/// Whether a request that was begun with `old` may still be sent now that `fresh` stands in its place.
bool replaces_harmlessly(const SiteEntry& old, const SiteEntry& fresh) noexcept {
  if (fresh.site.state != old.site.state || fresh.site.pause != old.site.pause) return false;
  if (fresh.site.resource_pauses != old.site.resource_pauses) return false;
  if (!same_place(old.origin, fresh.origin) || old.site.cloud_id != fresh.site.cloud_id) return false;
  // Another document may permit less: what was decided by the old one is decided anew.
  if (old.api != fresh.api) return false;
  if (!all_go_on(fresh, {}, old.own_routes)) return false;
  return std::all_of(old.account_routes.begin(), old.account_routes.end(),
                     [&fresh](const auto& own) { return all_go_on(fresh, own.first, own.second); });
}

}  // namespace

RouteChoices::RouteChoices(std::vector<RouteChoice> choices) : choices_(std::move(choices)) {
  std::sort(choices_.begin(), choices_.end(), [](const RouteChoice& left, const RouteChoice& right) {
    const std::size_t one = breadth(left);
    const std::size_t other = breadth(right);
    return one != other ? one < other : left.credential < right.credential;
  });
}

const RouteChoice* RouteChoices::least(const catalogue::Operation& operation) const noexcept {
  const auto found =
      std::find_if(choices_.begin(), choices_.end(), [&](const RouteChoice& one) { return covers(one, operation); });
  return found == choices_.end() ? nullptr : &*found;
}

const RouteChoices& SiteEntry::choices_for(std::string_view account_id) const noexcept {
  if (account_id.empty()) return own_routes;
  const auto at = std::lower_bound(account_routes.begin(), account_routes.end(), account_id,
                                   [](const auto& own, std::string_view id) { return own.first < id; });
  if (at != account_routes.end() && at->first == account_id) return at->second;
  static const RouteChoices kNone;
  return account_id.starts_with(kPerson) ? kNone : own_routes;
}

const RoutePtr& SiteEntry::route_for(std::string_view account_id, const catalogue::Operation& operation) const noexcept {
  const RouteChoice* choice = choices_for(account_id).least(operation);
  return choice ? choice->route : kNoRoute;
}

bool SiteEntry::has_own_route(std::string_view account_id) const noexcept {
  if (account_id.starts_with(kPerson)) return true;
  return std::any_of(account_routes.begin(), account_routes.end(), [&](const auto& own) { return own.first == account_id; });
}

SiteSnapshot::SiteSnapshot(std::vector<SiteEntryPtr> entries) : entries_(std::move(entries)) {}

const SiteEntryPtr* SiteSnapshot::find(Product product, std::string_view cloud_id_or_key) const noexcept {
  if (cloud_id_or_key.empty()) return nullptr;
  for (const SiteEntryPtr& entry : entries_) {
    if (entry->site.product != product) continue;
    if (entry->site.key == cloud_id_or_key || entry->site.cloud_id == cloud_id_or_key) return &entry;
  }
  return nullptr;
}

const SiteEntryPtr* SiteSnapshot::find_host(std::string_view host, std::string_view path) const noexcept {
  if (host.empty()) return nullptr;
  const bool wiki = path == "/wiki" || path.substr(0, 6) == "/wiki/";
  const SiteEntryPtr* found = nullptr;
  for (const SiteEntryPtr& entry : entries_) {
    if (!same_without_case(entry->site.host, host)) continue;
    if ((entry->site.product == Product::kConfluence) == wiki) return &entry;
    if (!found) found = &entry;
  }
  return found;
}

const SiteEntryPtr* SiteSnapshot::find_id(std::string_view site_id) const noexcept {
  for (const SiteEntryPtr& entry : entries_) {
    if (entry->site.id.value == site_id) return &entry;
  }
  return nullptr;
}

SiteTable::SiteTable() : snapshot_(std::make_shared<const SiteSnapshot>()) {}

void SiteTable::publish(std::shared_ptr<const SiteSnapshot> snapshot) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<const SiteSnapshot> before = std::exchange(snapshot_, std::move(snapshot));
  // The new one is there before the old is withdrawn: a request that is decided anew finds it.
  version_.fetch_add(1, std::memory_order_release);
  for (const SiteEntryPtr& old : before->all()) {
    const SiteEntryPtr* fresh = snapshot_->find_id(old->site.id.value);
    if (fresh && (*fresh == old || replaces_harmlessly(*old, **fresh))) continue;
    old->withdrawn.store(true, std::memory_order_release);
  }
}

std::shared_ptr<const SiteSnapshot> SiteTable::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

}  // namespace gatehouse::upstream
