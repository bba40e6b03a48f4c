// What every endpoint works with. One for the process; thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "admin/index_feed.h"
#include "admin/issuer_keys.h"
#include "admin/policy.h"
#include "admin/services.h"
#include "oauth/answer.h"
#include "oauth/throttle.h"

namespace gatehouse::oauth {

class Context {
 public:
  explicit Context(admin::Services& with) : services(with), issuer_keys(with) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  admin::Services& services;
  Throttle throttle;
  admin::IssuerKeys issuer_keys;

  /// The public URL (RFC 8414 section 2): what `iss` is, byte for byte.
  const std::string& issuer() const noexcept { return services.gateway.settings.public_url; }
  /// Where people sign in: the admin listener. Empty until it has started.
  std::string panel_url() const;
  void set_panel_url(std::string url);
  Instant now() const noexcept { return services.clock.now(); }
  /// As it was a second ago at most: tokens are made without asking the store each time.
  Result<std::shared_ptr<const admin::Policy>> policy();
  /// What the index knows under this id. Where it knows nothing it reads what other nodes changed, once: whoever was sent here
  /// with what one of them made a moment ago must not wait. Only for what was proved or is counted (Throttle): it asks the
  /// database.
  token::Found find(std::string_view id);
  /// A node that has lost its database vouches for nobody.
  Answered<bool> check_fresh() const;

 private:
  mutable std::mutex mutex_;
  std::string panel_url_;
  std::shared_ptr<const admin::Policy> policy_;
  Instant read_at_{};
};

}  // namespace gatehouse::oauth
