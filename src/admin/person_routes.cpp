#include "admin/person_routes.h"

#include <algorithm>

#include "admin/index_feed.h"
#include "http/upstream_options.h"
#include "model/consent.h"
#include "model/scope.h"
#include "upstream/unseal.h"

namespace gatehouse::admin {
namespace {

using gateway::PersonRoutePtr;
using gateway::Refusal;

constexpr int kThreads = 4;
constexpr std::size_t kMostWaiting = 256;
constexpr std::size_t kMostSlots = 10'000;
/// Not used to its very end: the request is on its way for a while.
constexpr Duration kLeave = std::chrono::seconds(2);
/// … and fetched anew before that. Atlassian::token_for renews what is good for less than a minute.
constexpr Duration kAhead = std::chrono::seconds(55);
/// What a person can change is looked at again soon; the change itself is told (forget), but for what lies at Atlassian.
constexpr Duration kRememberRefusal = std::chrono::seconds(5);

Refusal refusal_for(const Error& error, const std::string& site_key) {
  Refusal refusal = gateway::refuse_because(Reason::kUpstreamCredential, site_key);
  refusal.of_person = true;
  switch (error.code) {
    case Errc::kNotFound:
      refusal.detail = "This person has not connected with Atlassian yet: they do it in Gatehouse under \"Your account\".";
      break;
    case Errc::kUnauthenticated:
      refusal.detail = "It has ended, or Atlassian refuses it: the person connects anew in Gatehouse under \"Your account\".";
      break;
    case Errc::kNotAllowed: refusal.detail = error.public_detail; break;
    default:
      refusal.reason = Reason::kUpstreamUnavailable;
      refusal.of_person = false;
      refusal.detail = "Atlassian does not answer for the person's own sign-in. Nothing of the request was sent; try again.";
  }
  return refusal;
}

/// Names that Gatehouse's catalogues don't know (read:me, offline_access) open nothing here.
ScopeSet known_scopes(const std::string& text) {
  ScopeSet scopes;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    if (const auto scope = find_scope(std::string_view(text).substr(from, to - from))) scopes.add(*scope);
    from = to + 1;
  }
  return scopes;
}

std::string place_of(const Site& site) { return site.base_url + " " + site.cloud_id; }

}  // namespace

PersonRoutes::~PersonRoutes() { stop(); }

void PersonRoutes::start() {
  services_.feed->set_user_listener([this](const UserId& user) { forget(user); });
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
}

void PersonRoutes::stop() {
  if (threads_.empty()) return;
  services_.feed->set_user_listener({});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

gateway::Step<PersonRoutePtr> PersonRoutes::find(const upstream::SiteEntryPtr& site, std::string_view user) {
  const Instant now = services_.clock.now();
  const std::lock_guard lock(mutex_);
  const Key key(std::string(user), site->site.id.value);
  if (slots_.size() >= kMostSlots && !slots_.contains(key)) sweep(now);
  Slot& slot = slots_[key];
  if (slot.route && slot.route->of_site != place_of(site->site)) drop(slot);
  const bool usable = slot.route && now + kLeave < slot.until;
  const bool soon_over = slot.route && now + kAhead >= slot.until;
  if (!usable && slot.refusal && now < slot.until) return *slot.refusal;
  if ((!usable || (soon_over && now >= slot.again_at)) && !slot.fetching) {
    if (jobs_.size() >= kMostWaiting) {
      if (!usable) return gateway::refuse_because(Reason::kOverloaded);
    } else {
      enqueue(key, slot, site);
    }
  }
  return usable ? slot.route : PersonRoutePtr();
}

void PersonRoutes::enqueue(const Key& key, Slot& slot, const upstream::SiteEntryPtr& site) {
  slot.fetching = true;
  jobs_.push_back({key, site, slot.changes, slot.refused_at});
  wake_.notify_one();
}

/// Those that nobody waits for and that are over.
void PersonRoutes::sweep(Instant now) {
  std::erase_if(slots_, [now](const auto& one) { return !one.second.fetching && one.second.until <= now; });
}

void PersonRoutes::refused(const PersonRoutePtr& route) {
  const Instant now = services_.clock.now();
  if (now < route->renewed_at + kFreshToken) return;
  const std::lock_guard lock(mutex_);
  route->withdrawn.store(true, std::memory_order_release);
  const auto found = slots_.find({route->user, route->site});
  if (found == slots_.end() || found->second.route != route) return;
  found->second.route.reset();
  found->second.refusal.reset();
  // Another site of the person may have had it renewed already: then that one is taken.
  found->second.refused_at = route->renewed_at;
}

/// What is being fetched for it now is not used either.
void PersonRoutes::drop(Slot& slot) {
  if (slot.route) slot.route->withdrawn.store(true, std::memory_order_release);
  const bool fetching = slot.fetching;
  const std::uint64_t changes = slot.changes + 1;
  slot = Slot();
  slot.fetching = fetching;
  slot.changes = changes;
}

void PersonRoutes::forget(const UserId& user) {
  const std::lock_guard lock(mutex_);
  for (auto at = slots_.lower_bound({user.value, {}}); at != slots_.end() && at->first.first == user.value; ++at)
    drop(at->second);
}

void PersonRoutes::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Fetched fetched = fetch(job);
    lock.lock();
    Slot& slot = slots_[job.key];
    slot.fetching = false;
    // Whoever waits for it asks again, for what holds now.
    if (slot.changes != job.changes) continue;
    slot.again_at = services_.clock.now() + kRememberRefusal;
    // The one at hand goes on to its end.
    if (slot.route && fetched.refusal) continue;
    slot.route = std::move(fetched.route);
    slot.refusal = std::move(fetched.refusal);
    slot.until = fetched.until;
  }
}

PersonRoutes::Fetched PersonRoutes::fetch(const Job& job) {
  Result<Fetched> fetched = try_fetch(job);
  if (fetched) return std::move(fetched).value();
  Fetched nothing;
  nothing.refusal = refusal_for(fetched.error(), job.site->site.key);
  nothing.until = services_.clock.now() + kRememberRefusal;
  return nothing;
}

Result<PersonRoutes::Fetched> PersonRoutes::try_fetch(const Job& job) {
  const Site& site = job.site->site;
  GH_TRY(const AtlassianToken token, atlassian_.token_for(UserId(job.key.first), job.renewed_after));
  GH_TRY(const std::string cloud_id, atlassian_.cloud_id_of(site, token.access));
  if (cloud_id.empty())
    return fail(Errc::kNotAllowed,
                "The account with which this person has connected has no access to that site at Atlassian, or the site was added "
                "without its cloud id under an address that is not its own.");
  const std::string product = site.product == Product::kConfluence ? "/ex/confluence/" : "/ex/jira/";
  auto made = std::make_shared<gateway::PersonRoute>();
  made->user = job.key.first;
  made->site = job.key.second;
  made->of_site = place_of(site);
  made->renewed_at = token.renewed_at;
  made->base_url = atlassian_.app().api_url + product + cloud_id;
  GH_TRY(const http::Origin origin, http::parse_base_url(made->base_url));
  auto route = std::make_shared<http::UpstreamRoute>();
  route->scheme = origin.scheme;
  route->host = origin.host;
  route->port = origin.port;
  route->context_path = origin.context_path;
  route->pool_key = made->base_url + " " + std::string(kPerson) + job.key.first;
  GH_TRY(route->authorization, upstream::bearer_line(token.access));
  made->choices = upstream::RouteChoices({{token.account_id, known_scopes(token.scopes), std::move(route), {}}});
  Fetched fetched;
  fetched.route = std::move(made);
  fetched.until = token.ends_at;
  return fetched;
}

}  // namespace gatehouse::admin
