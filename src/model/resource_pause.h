// One resource paused for one token, for one service account or for everybody on its site; everything else goes on.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/resource.h"
#include "model/state.h"

namespace gatehouse {

/// For whom. The numbers are stored.
enum class PausedFor { kToken = 1, kAccount, kSite };

struct ResourcePause {
  PausedFor whom = PausedFor::kSite;
  std::string subject;  ///< id of the token, the account or the site
  Resource resource;    ///< `*`: everything of the site
  Pause pause;
  bool operator==(const ResourcePause&) const = default;

  bool in_force(Instant now) const noexcept { return !pause.until || now < *pause.until; }
  bool names(const SiteId& site, std::string_view resource_id) const noexcept {
    return resource.site == site && (resource.whole_site() || resource.id == resource_id);
  }
};

}  // namespace gatehouse
