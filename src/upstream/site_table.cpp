#include "upstream/site_table.h"

#include <algorithm>

namespace gatehouse::upstream {
namespace {

bool same_without_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
           const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
           return lower(a) == lower(b);
         });
}

const RoutePtr kNoRoute;

bool same_place(const http::Origin& left, const http::Origin& right) noexcept {
  return left.scheme == right.scheme && left.host == right.host && left.port == right.port &&
         left.context_path == right.context_path;
}

bool has_route(const SiteEntry& entry, const RoutePtr& route) noexcept {
  const auto same = [&](const RoutePtr& other) { return other && other->pool_key == route->pool_key; };
  if (same(entry.own_route)) return true;
  return std::any_of(entry.account_routes.begin(), entry.account_routes.end(), [&](const auto& own) { return same(own.second); });
}

/// Whether a request that was begun with `old` may still be sent now that `fresh` stands in its place.
bool replaces_harmlessly(const SiteEntry& old, const SiteEntry& fresh) noexcept {
  if (fresh.site.state != old.site.state || fresh.site.pause != old.site.pause) return false;
  if (!same_place(old.origin, fresh.origin)) return false;
  if (old.own_route && !has_route(fresh, old.own_route)) return false;
  return std::all_of(old.account_routes.begin(), old.account_routes.end(),
                     [&](const auto& own) { return !own.second || has_route(fresh, own.second); });
}

}  // namespace

const RoutePtr& SiteEntry::route_for(std::string_view account_id) const noexcept {
  const auto at = std::lower_bound(account_routes.begin(), account_routes.end(), account_id,
                                   [](const auto& own, std::string_view id) { return own.first < id; });
  if (at != account_routes.end() && at->first == account_id) return at->second;
  return own_route ? own_route : kNoRoute;
}

bool SiteEntry::has_own_route(std::string_view account_id) const noexcept {
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
  for (const SiteEntryPtr& old : snapshot_->all()) {
    const SiteEntryPtr* fresh = snapshot->find_id(old->site.id.value);
    if (fresh && (*fresh == old || replaces_harmlessly(*old, **fresh))) continue;
    old->withdrawn.store(true, std::memory_order_release);
  }
  snapshot_ = std::move(snapshot);
  version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const SiteSnapshot> SiteTable::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

}  // namespace gatehouse::upstream
