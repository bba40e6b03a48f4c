// PersonRoutes: fetches the ways by which apps act for people (gateway/person_routes.h): each person's own grant at Atlassian.
// Threads of its own ask admin/atlassian.h, so that no gateway thread waits. main/ starts it before the gateway and stops it
// afterwards.
//
// A way is kept until its token ends and is renewed a little before, by one thread for all who want it. What changes of the
// person (suspended, disconnected, connected anew; on any node) or of the site's address ends it at once; so does a 401 of the
// site, after which the token is renewed: once a minute at most, since a fresh token is not to blame.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "admin/atlassian.h"
#include "admin/services.h"
#include "gateway/person_routes.h"

namespace gatehouse::admin {

/// Thread-safe.
class PersonRoutes final : public gateway::PersonRoutes {
 public:
  /// Both must outlive it.
  PersonRoutes(Services& services, Atlassian& atlassian) : services_(services), atlassian_(atlassian) {}
  ~PersonRoutes() override;  ///< stops
  PersonRoutes(const PersonRoutes&) = delete;
  PersonRoutes& operator=(const PersonRoutes&) = delete;

  void start();
  /// Ends after what is being fetched now.
  void stop();

  gateway::Step<gateway::PersonRoutePtr> find(const upstream::SiteEntryPtr& site, std::string_view user) override;
  void refused(const gateway::PersonRoutePtr& route) override;
  /// Something of that person has changed.
  void forget(const UserId& user);

 private:
  using Key = std::pair<std::string, std::string>;  ///< user, site

  struct Slot {
    gateway::PersonRoutePtr route;
    std::optional<gateway::Refusal> refusal;  ///< what the last try came to
    Instant until{};                          ///< of either
    Instant again_at{};                       ///< not fetched again before
    bool fetching = false;
    std::uint64_t changes = 0;  ///< counts forget(): what was fetched before is not used
    Instant refused_at{};       ///< a token that was given then, or before, was refused
  };
  struct Job {
    Key key;
    upstream::SiteEntryPtr site;
    std::uint64_t changes = 0;
    Instant renewed_after{};
  };
  struct Fetched {
    gateway::PersonRoutePtr route;
    std::optional<gateway::Refusal> refusal;
    Instant until{};
  };

  void run();
  Fetched fetch(const Job& job);
  Result<Fetched> try_fetch(const Job& job);
  void enqueue(const Key& key, Slot& slot, const upstream::SiteEntryPtr& site);
  void sweep(Instant now);
  static void drop(Slot& slot);

  Services& services_;
  Atlassian& atlassian_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Key, Slot> slots_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatehouse::admin
