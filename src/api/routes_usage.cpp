// What was used and what was refused: days of use, the latest denials.
#include "admin/denials.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<admin::UsageWindow> window_of(const Call& call) {
  admin::UsageWindow window;
  GH_TRY(window.from, call.instant("from"));
  GH_TRY(window.to, call.instant("to"));
  window.days = call.integer("days");
  return window;
}

Result<Reply> of_token(Call& call) {
  GH_TRY(const admin::UsageWindow window, window_of(call));
  return reply(admin::usage_of_token(call.services, call.caller, call.at("token"), window));
}

Result<Reply> of_account(Call& call) {
  GH_TRY(const admin::UsageWindow window, window_of(call));
  return reply(admin::usage_of_account(call.services, call.caller, call.at("account"), window));
}

Result<Reply> denials(Call& call) {
  admin::DenialFilter filter;
  filter.token = call.text("token");
  filter.account = call.text("account");
  filter.code = call.text("code");
  GH_TRY(filter.since, call.instant("since"));
  return reply(admin::list_denials(call.services, call.caller, filter, call.integer("limit").value_or(100)));
}

}  // namespace

std::vector<Route> usage_routes() {
  const std::vector<Field> window{{"days", Type::kInteger, false, "So many with today, 1 to 400; 30 by default."},
                                  {"from", Type::kInstant, false, "Or from the day (UTC) of this instant on …"},
                                  {"to", Type::kInstant, false, "… up to the end of the day of this one; now by default."}};
  const std::vector<Field> filters{{"token", Type::kText, false, "Of this token."},
                                   {"account", Type::kText, false, "Of this service account."},
                                   {"code", Type::kText, false, "Refused for this reason, such as insufficient_scope."},
                                   {"since", Type::kInstant, false, "Whose last one came since then; 7 days ago by default."},
                                   {"limit", Type::kInteger, false, "How many at most, 1 to 1000; 100 by default."}};
  return {
      {"GET",
       "/api/v1/tokens/{token}/usage",
       "tokenUsage",
       "token",
       "Count its calls, errors and denials by day.",
       Need::kSee,
       window,
       {},
       "Usage",
       200,
       of_token},
      {"GET",
       "/api/v1/accounts/{account}/usage",
       "accountUsage",
       "account",
       "Count the calls, errors and denials of its tokens by day.",
       Need::kSee,
       window,
       {},
       "Usage",
       200,
       of_account},
      {"GET",
       "/api/v1/denials",
       "listDenials",
       "explain",
       "List what was refused lately, the latest first.",
       Need::kSee,
       filters,
       {},
       "Denial[]",
       200,
       denials},
  };
}

}  // namespace gatehouse::api
