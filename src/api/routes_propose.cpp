#include "admin/judge.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> would_deny(Call& call) { return reply(admin::report_would_deny(call.services, call.text("token"))); }

}  // namespace

std::vector<Route> propose_routes() {
  return {
      {"GET",
       "/api/v1/reports/would-deny",
       "reportWouldDeny",
       "report",
       "What tokens with a proposed boundary would be refused if they had it already.",
       Need::kAuditor,
       {{"token", Type::kText, false, "Only this token."}},
       {},
       "WouldDenyReport",
       200,
       would_deny},
  };
}

}  // namespace gatehouse::api
