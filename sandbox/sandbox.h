// A stateful stand-in for Jira Cloud, dangers included (sandbox/HAZARDS.md): for the demo, the tests and work by hand.
//
// `Sandbox` serves it on a port of 127.0.0.1 from a thread of its own; `run_sandbox` is `gatehouse sandbox`. It is no part
// of the gateway's promise: it believes what it is told, as the real product would, and where the real product's behaviour
// is not known it takes the branch that is worse for a gateway.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace gatehouse::sandbox {

struct Site;

/// Who may call. Shown as Basic base64(username:token) or as Bearer token; acts as the user `account_id` of the seed.
struct Login {
  std::string username;
  std::string token;
  std::string account_id;
};

struct Options {
  std::vector<Login> logins;  ///< empty: bot@example.com / sandbox-token, and alice@example.com / alice-token
  int extra_issues = 0;       ///< generated in each of the projects A and B beside the seed
  int index_lag = 5;          ///< searches for which a moved or deleted issue is still found; -1: for ever
  std::string base_url;       ///< what `self` links begin with; empty: http://127.0.0.1:PORT
  std::string media_origin;   ///< where attachment contents are redirected to; empty: this server
  bool control = false;       ///< answers /__sandbox/… (sandbox/HAZARDS.md) to whoever asks: for tests of other processes
};

/// Seeded logins, for those who drive it.
inline constexpr const char* kUsername = "bot@example.com";
inline constexpr const char* kToken = "sandbox-token";

class Sandbox {
 public:
  explicit Sandbox(Options options = {});
  ~Sandbox();  ///< stops
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// Listens on 127.0.0.1:`port` (0: any free one) and returns the port. kUnavailable where it is taken.
  Result<std::uint16_t> start(std::uint16_t port = 0);
  /// Closes every connection and joins the thread. May be called twice.
  void stop();
  std::uint16_t port() const noexcept;
  std::string base_url() const;

  /// Runs `use` with the state locked: no request is served meanwhile. `Site` is in sandbox/site.h.
  void with_site(const std::function<void(Site&)>& use);
  /// Back to the seed, faults and recorded requests cleared.
  void reset();
  /// The string that every text and name of `project_key`'s objects contains, such as "canary-B-7f3a91c2".
  static std::string canary(const std::string& project_key);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// `gatehouse sandbox --port N [--control]`: serves until SIGINT or SIGTERM; writes the address and the logins to standard
/// output. Returns the exit status. Wants to be called before other threads exist.
int run_sandbox(std::uint16_t port, bool control = false);

}  // namespace gatehouse::sandbox
