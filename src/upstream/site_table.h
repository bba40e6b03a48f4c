// SiteTable: the sites that gateways forward to, as immutable snapshots. Written by admin's index feed, read by every thread.
//
// A writer publishes a whole snapshot; a reader keeps the one it has and takes the new one when the version has changed, so
// that the way of a request needs one atomic read and no lock. An entry that is no longer to be used is marked `withdrawn`
// before publish() returns: gateways read that once more before the first byte of every upstream request.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "http/exchange.h"
#include "http/upstream_options.h"
#include "model/consent.h"
#include "model/ids.h"
#include "model/site.h"
#include "upstream/site_budget.h"

namespace gatehouse::upstream {

using RoutePtr = std::shared_ptr<const http::UpstreamRoute>;

/// One credential that Gatehouse may show to a site for one account (or for all that have none of their own).
struct RouteChoice {
  std::string credential;          ///< its id
  std::optional<ScopeSet> scopes;  ///< as declared; nothing: not declared, taken to cover every operation
  RoutePtr route;                  ///< null: it can't be used now. It is chosen all the same, and the request refused
  std::string replaces;            ///< the id of the one that it took over from
};

/// The credentials of one account on one site, in the order in which they are asked: declared ones by how few scopes they have,
/// then those that declare none.
class RouteChoices {
 public:
  RouteChoices() = default;
  explicit RouteChoices(std::vector<RouteChoice> choices);
  /// The least one that covers the operation: the first in order. nullptr: none does. Whether it can be used now is not looked
  /// at: where the least is paused, unreadable or refused, no wider one takes its place.
  const RouteChoice* least(const catalogue::Operation& operation) const noexcept;
  const std::vector<RouteChoice>& all() const noexcept { return choices_; }
  bool empty() const noexcept { return choices_.empty(); }

 private:
  std::vector<RouteChoice> choices_;
};

/// One site as requests see it. Immutable but for `withdrawn`.
struct SiteEntry {
  Site site;
  http::Origin origin;      ///< of site.base_url
  RouteChoices own_routes;  ///< with the site's own credentials
  /// A service account's own credentials on this site, by account id, sorted. Empty choices: it once had one and has none that
  /// is live now; there is no fall-back to the site's.
  std::vector<std::pair<std::string, RouteChoices>> account_routes;
  /// Of an OpenAPI site: what its document says. Null: it has none, and every request is refused.
  std::shared_ptr<const catalogue::Catalogue> api;
  std::string api_test;                  ///< the path of a read by which its document lets credentials be tried; empty: none
  std::shared_ptr<SiteBudget> budget;    ///< null: nothing is counted
  std::vector<std::string> media_hosts;  ///< beyond the site's own origin: hosts to which a redirect of media is followed
  mutable std::atomic<bool> withdrawn{false};

  bool live(Instant now) const noexcept {
    return !withdrawn.load(std::memory_order_acquire) && is_live(site.state, site.pause, now);
  }
  /// The account's own if one was ever set, else the site's; of a person (kPerson) never the site's. `account_id` empty: the
  /// site's.
  const RouteChoices& choices_for(std::string_view account_id) const noexcept;
  /// The one credential for this account and operation: the least of choices_for() that covers it. Null: none may be used.
  const RoutePtr& route_for(std::string_view account_id, const catalogue::Operation& operation) const noexcept;
  /// Whether the account (or person) shows a credential of its own: else what depends on who asks is the same for all.
  bool has_own_route(std::string_view account_id) const noexcept;
};

using SiteEntryPtr = std::shared_ptr<const SiteEntry>;

/// All sites at one moment. Look-ups take no allocation.
class SiteSnapshot {
 public:
  SiteSnapshot() = default;
  explicit SiteSnapshot(std::vector<SiteEntryPtr> entries);
  /// By cloud id or site key, as in /ex/jira/{…}; the key is compared exactly. nullptr: none.
  const SiteEntryPtr* find(Product product, std::string_view cloud_id_or_key) const noexcept;
  /// By the host name that a site is mapped to, without port, any case. Where two products share it, by `path`: /wiki goes to
  /// Confluence.
  const SiteEntryPtr* find_host(std::string_view host, std::string_view path) const noexcept;
  const SiteEntryPtr* find_id(std::string_view site_id) const noexcept;
  const std::vector<SiteEntryPtr>& all() const noexcept { return entries_; }

 private:
  std::vector<SiteEntryPtr> entries_;
};

class SiteTable {
 public:
  SiteTable();
  SiteTable(const SiteTable&) = delete;
  SiteTable& operator=(const SiteTable&) = delete;

  /// Replaces the snapshot. Entries of the old one that are gone, no longer live, at another origin or without a route that
  /// they had are marked `withdrawn`. In force on return. Any thread.
  void publish(std::shared_ptr<const SiteSnapshot> snapshot);
  std::shared_ptr<const SiteSnapshot> snapshot() const;  ///< takes a mutex: not in the way of a request
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const SiteSnapshot> snapshot_;
  std::atomic<std::uint64_t> version_{1};
};

/// A thread's view of the table. Not thread-safe: one for each thread.
class SiteReader {
 public:
  explicit SiteReader(const SiteTable& table) : table_(table) {}
  /// The newest snapshot; takes the table's mutex only where it has changed. Valid until the next call.
  const SiteSnapshot& get() {
    const std::uint64_t version = table_.version();
    if (version != version_) {
      snapshot_ = table_.snapshot();
      version_ = version;
    }
    return *snapshot_;
  }

 private:
  const SiteTable& table_;
  std::shared_ptr<const SiteSnapshot> snapshot_;
  std::uint64_t version_ = 0;
};

}  // namespace gatehouse::upstream
