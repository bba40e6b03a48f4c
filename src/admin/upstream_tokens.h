// UpstreamTokens: fetches, keeps and renews the access tokens of sites with OAuth 2.0 client credentials. Part of Services.
//
// Tokens live in memory alone, each node has its own. One thread fetches for all, and begins to renew when three quarters of a
// token's life are over, so that no request meets the end of one and no crowd of requests asks for another. When one has come the
// site table is published again with it; requests that were begun with the older one go on, which it is still good for.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "http/client.h"
#include "upstream/client_credentials.h"
#include "upstream/token_source.h"

namespace gatehouse::admin {

/// Thread-safe.
class UpstreamTokens final : public upstream::TokenSource {
 public:
  UpstreamTokens(const Clock& clock, Random& random, http::FetchOptions fetch)
      : clock_(clock), random_(random), fetch_(std::move(fetch)) {}
  ~UpstreamTokens() override;  ///< stops
  UpstreamTokens(const UpstreamTokens&) = delete;
  UpstreamTokens& operator=(const UpstreamTokens&) = delete;

  /// `changed` is called on its thread when tokens have come or gone: it reads the site table again. Where it says false it is
  /// called again a second later.
  void start(std::function<bool()> changed);
  void stop();
  /// Until each that was asked for was tried once and is in force, `at_most` this long: so a server that starts serves its first
  /// requests, and a site that was just added can be used.
  void wait_for_first(std::chrono::milliseconds at_most);

  /// Blocks, and has it at hand afterwards: a credential that is about to be stored is tried so. Errors of fetch_token().
  Result<void> fetch(const upstream::TokenRequest& request);

  Result<SecretString> at_hand(const upstream::TokenRequest& request) override;
  void refused(std::string_view credential) override;
  void keep(const std::vector<std::string>& credentials) override;

 private:
  struct Slot {
    upstream::TokenRequest request;
    SecretString access;
    Instant ends_at{};     ///< of `access`
    Instant next_at{};     ///< when it is fetched next
    Instant made_at{};     ///< of the slot
    Instant refused_at{};  ///< by the site, last
    Duration pause{};      ///< after the last failure; zero: it was none
    std::string problem;   ///< of the last try; empty: none
    bool tried = false;
    bool settled = false;  ///< … and the site table was read since
    bool fetching = false;
  };

  void run();
  bool fetch_due(std::unique_lock<std::mutex>& lock);
  void drop_ended();
  void publish(std::unique_lock<std::mutex>& lock);
  /// Notes what a fetch came to. Called with the mutex held.
  void note(Slot& slot, Result<upstream::FetchedToken> fetched);
  Slot& slot_of(const upstream::TokenRequest& request);

  const Clock& clock_;
  Random& random_;
  const http::FetchOptions fetch_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Slot, std::less<>> slots_;  ///< by credential
  std::function<bool()> changed_;
  bool unpublished_ = false;  ///< the site table does not hold what is here
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::admin
