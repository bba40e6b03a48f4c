#include "oauth/context.h"

namespace gatehouse::oauth {

namespace {
constexpr Duration kPolicyAge = std::chrono::seconds(1);
}  // namespace

Result<std::shared_ptr<const admin::Policy>> Context::policy() {
  const std::lock_guard lock(mutex_);
  const Instant at = now();
  if (policy_ && at >= read_at_ && at < read_at_ + kPolicyAge) return policy_;
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(admin::Policy read, admin::read_policy(*reader.operator->()));
  policy_ = std::make_shared<const admin::Policy>(std::move(read));
  read_at_ = at;
  return policy_;
}

std::string Context::panel_url() const {
  const std::lock_guard lock(mutex_);
  return panel_url_;
}

void Context::set_panel_url(std::string url) {
  const std::lock_guard lock(mutex_);
  panel_url_ = std::move(url);
}

token::Found Context::find(std::string_view id) {
  const token::Found found = services.index.find_locked(id);
  if (found.credential || !services.feed->refresh()) return found;
  return services.index.find_locked(id);
}

Answered<bool> Context::check_fresh() const {
  if (services.index.fresh() + services.gateway.settings.stale_limit >= now()) return true;
  return OAuthError{"temporarily_unavailable", "Gatehouse has lost its database and can't tell which clients are live.", 503, 5};
}

}  // namespace gatehouse::oauth
