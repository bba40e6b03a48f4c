#include "admin/leaver.h"

namespace gatehouse::admin {

Result<void> end_all_of(Services& services, store::Repositories& at, const UserId& user) {
  const Instant now = services.clock.now();
  GH_TRYV(at.sign_in.end_sessions(user, "", now));
  GH_TRYV(at.sign_in_links.end_all(user, now));
  GH_TRYV(at.atlassian.end(user, now));
  store::AdminKeys::Filter filter;
  filter.user = user;
  store::Page page{{}, 1000};
  do {
    GH_TRY(auto listed, at.admin_keys.list(filter, page));
    for (auto& key : listed.items) {
      if (key.value.state == State::kRevoked) continue;
      key.value.state = State::kRevoked;
      GH_TRYV(at.admin_keys.update(key.value, key.version));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

}  // namespace gatehouse::admin
