// Serving: the gateway's listener, the admin listener and the jobs behind them, over an open Installation.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "main/installation.h"
#include "main/settings.h"

namespace gatehouse {

/// Everything that runs. Started whole or not at all; stopped in the opposite order on destruction.
class Serving {
 public:
  /// Reads the index, then opens both listeners. The installation must outlive it.
  static Result<std::unique_ptr<Serving>> start(const Settings& settings, Installation& installation);
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  /// "127.0.0.1:8480", with the real port; empty where there is no gateway (--register-only).
  std::string gateway_address() const;
  std::string admin_address() const;
  std::string gateway_url() const;
  std::string admin_url() const;
  /// Signs the first administrator in once, within 15 minutes; empty where somebody has set up a way to sign in already.
  std::string sign_in_url() const;
  /// Reads the certificates again; what is wrong is told and the old ones stay.
  Result<void> reload();

 private:
  struct Parts;
  explicit Serving(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Blocks SIGINT, SIGTERM and SIGHUP in this thread and all that it starts, so that wait_for_signal gets them. Call it first.
void block_signals();
/// Returns at SIGINT or SIGTERM; calls `reload` at each SIGHUP.
void wait_for_signal(Serving& serving);

/// `gatehouse serve`: until a signal. Returns the exit status.
int serve(const Settings& settings, bool json);

}  // namespace gatehouse
