// The pages of the admin listener that people see, and their sessions: signing in, one's own account, devices that wait; and the
// door of the company's directory (SCIM). main/ gives it to api::Api as what answers outside of /api.
//
// Cookies are taken here and nowhere else; the REST API takes the bearer that POST /session/bearer makes for a page. So a page
// of another origin can make a browser send nothing to the REST API that would count, and what it makes a browser send to these
// pages meets the checks of Origin and of the CSRF token.
#pragma once

#include <memory>
#include <string>

#include "admin/atlassian.h"
#include "admin/provider.h"
#include "admin/services.h"
#include "api/message.h"
#include "api/scim.h"

namespace gatehouse::web {

struct WebOptions {
  bool tls = false;                       ///< of the admin listener
  bool proxied = false;                   ///< a trusted proxy may end TLS in front of it
  std::string public_url = {};            ///< of the gateway: `/authorize` there may be gone back to
  admin::Provider* provider = nullptr;    ///< the company's, where there is one; must outlive the Web
  admin::Atlassian* atlassian = nullptr;  ///< people's own sign-in there, where there is an app; likewise
};

class Web {
 public:
  /// `services` must outlive it.
  Web(admin::Services& services, WebOptions options);
  /// Thread-safe; may block. Never throws.
  api::Response handle(const api::Request& request) const;

 private:
  api::Response answer(const api::Request& request) const;
  admin::Services& services_;
  const WebOptions options_;
  const api::Scim scim_;
};

/// Whether a browser that stands at `origin` stands at this listener, asked under `host`.
bool origin_is_ours(std::string_view origin, std::string_view host, const WebOptions& options);

}  // namespace gatehouse::web
