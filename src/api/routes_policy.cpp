#include "admin/policy.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> show(Call& call) { return reply(admin::show_policy(call.services)); }

Result<Reply> set(Call& call) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& member : call.body) values.emplace_back(std::string(member.key()), std::string(member.value().as_string()));
  if (values.empty()) return fail(Errc::kInvalidArgument, "Name at least one policy.");
  return reply(admin::set_policy(call.services, call.caller, values));
}

}  // namespace

std::vector<Route> policy_routes() {
  const std::vector<Field> fields{
      {"service-accounts", Type::kText, false, "free (5), guard-standard (250), enterprise (1000), a number, or unlimited."},
      {"longest-lifetime", Type::kText, false, "Of a temporary token: a duration, or any."},
      {"permanent-tokens", Type::kText, false, "allowed or refused.", {"allowed", "refused"}},
      {"default-overlap", Type::kDuration, false, "How long an old secret works after the first use of its successor."},
      {"reuse", Type::kText, false, "Use of a retired secret: tell, or pause the token too.", {"tell", "pause"}},
      {"longest-rotation", Type::kText, false, "The longest that a token may go on without rotation: a duration, or any."},
      {"longest-overlap", Type::kText, false, "The longest that an old secret may live on: a duration, or any."},
      {"self-rotation", Type::kText, false, "The right of tokens to rotate themselves.", {"allowed", "refused"}},
      {"freeze-windows", Type::kText, false,
       "When nothing rotates by itself or is overdue: FROM/UNTIL with a zone each, commas between; or none."},
      {"notify-ladder", Type::kText, false, "How long before an end people are told: durations with commas between."},
      {"notify-escalate-after", Type::kDuration, false, "How long somebody has to acknowledge before the next ones are told."},
      {"notify-errors", Type::kText, false, "So many failed requests in a row are an outage: a number."},
      {"notify-digest", Type::kText, false, "When mail that does not hurry is sent.", {"none", "hourly", "daily"}},
      {"keep-usage-hours", Type::kDuration, false, "How long usage is kept by the hour, with addresses; 14d by default."},
      {"keep-usage-days", Type::kDuration, false, "How long totals of days, and what was seen, are kept; 400d by default."},
      {"keep-writes", Type::kDuration, false, "How long lines of writes are kept, for trace; 400d by default."},
      {"keep-audit", Type::kText, false,
       "How long audit records stay in the database before they are sealed into files: a duration, or forever."},
      {"grace", Type::kText, false,
       "How long a grant goes on after its giver lost the authority: a duration, or none; 14d by default."},
      {"approval-scopes", Type::kText, false, "Scopes that wait for a second person's approval, with commas between; or none."},
      {"approval-expires", Type::kDuration, false, "What nobody has decided on by then is denied; 7d by default."},
      {"required-fields", Type::kText, false, "What every service account must have filled in, with commas between; or none."},
      {"access-tokens",
       Type::kText,
       false,
       "The form of access tokens: sealed, or signed by one of two algorithms.",
       {"opaque", "EdDSA", "ES256"}},
      {"access-token-lifetime", Type::kDuration, false, "How long an access token is good for, 1m to 24h; 60m by default."}};
  return {
      {"GET",
       "/api/v1/policy",
       "showPolicy",
       "policy",
       "Show the organization's policy.",
       Need::kAuditor,
       {},
       {},
       "Policy",
       200,
       show},
      {"PATCH",
       "/api/v1/policy",
       "setPolicy",
       "policy",
       "Change some of it.",
       Need::kGiveAuthority,
       {},
       fields,
       "Policy",
       200,
       set},
  };
}

}  // namespace gatehouse::api
