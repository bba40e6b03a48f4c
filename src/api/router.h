// Api: the REST API of the admin listener as a function from request to response. No sockets.
//
// Finds the route, reads the administrator key, holds its user's role against what the route declares, checks the input, calls
// the handler. Thread-safe: called by all workers at once. Host and framing were checked by admin_server.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/services.h"
#include "api/message.h"
#include "api/rate_limit.h"
#include "api/refusal_log.h"
#include "api/route.h"
#include "inventory/report.h"

namespace gatehouse::api {

/// Serves what lies outside of /api, such as the panel.
using Fallback = std::function<Response(const Request&)>;

class Api {
 public:
  /// `services` must outlive the API. Without a fallback everything outside of it is 404.
  explicit Api(admin::Services& services, Fallback fallback = {});

  /// Never throws: what a handler throws is logged and answered 500.
  Response handle(const Request& request) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }
  /// The OpenAPI 3.1 document as JSON, made once.
  const std::string& openapi() const noexcept { return openapi_; }

 private:
  Response run(const Route& route, Call& call, std::string_view query) const;
  std::optional<Response> enter(const Route& route, Call& call, RateLimit::Standing& standing) const;
  Response proceed(const Route& route, Call& call, std::string_view query) const;
  Response act(const Route& route, Call& call) const;
  Result<Reply> carry_out(const Route& route, Call& call) const;
  Response not_allowed(const Route& route, const Call& call, const Error& error) const;

  admin::Services& services_;
  Fallback fallback_;
  std::vector<Route> routes_;
  std::string openapi_;
  mutable inventory::ReportCounts report_counts_;  ///< thread-safe
  mutable RefusalLog refusals_;                    ///< thread-safe
  mutable RateLimit rate_;                         ///< thread-safe
};

}  // namespace gatehouse::api
