#include "api/replies.h"
#include "api/routes.h"
#include "inventory/report.h"
#include "inventory/wake.h"

namespace gatehouse::api {
namespace {

constexpr std::int64_t kListed = 100;

Result<int> limit_of(const Call& call) {
  const std::int64_t limit = call.integer("limit").value_or(kListed);
  if (limit < 1 || limit > 10'000) return fail(Errc::kInvalidArgument, "A limit lies between 1 and 10000.", {}, "limit");
  return static_cast<int>(limit);
}

Result<Reply> wake(Call& call) {
  inventory::WakeFilter filter;
  GH_TRY(const std::optional<Duration> within, call.duration("within"));
  if (within) filter.within = *within;
  filter.token = call.text("token");
  filter.account = call.text("account");
  filter.user = call.text("user");
  filter.site = call.text("site");
  GH_TRY(filter.limit, limit_of(call));
  return reply(inventory::report_wake(call.services, call.caller, filter));
}

Result<Reply> plan(Call& call) {
  GH_TRY(const int limit, limit_of(call));
  GH_TRY(std::string apply, inventory::split_plan(call.services, call.text("token"), limit));
  return reply(admin::Document{{"apply", std::move(apply)}});
}

struct Known {
  std::string_view name;
  std::string_view path;
  std::string_view operation_id;
  std::string_view summary;
};

constexpr Known kKnown[] = {
    {"shared", "/api/v1/reports/shared", "reportShared", "Tokens that several tools or places use, with the evidence."},
    {"drift", "/api/v1/reports/drift", "reportDrift", "Use that departs from what is declared, or comes from a new place."},
    {"unused", "/api/v1/reports/unused", "reportUnused", "Tokens, scopes and resources that nobody uses."},
    {"orphans", "/api/v1/reports/orphans", "reportOrphans", "Tokens, accounts and site credentials without a live owner."},
    {"overdue", "/api/v1/reports/overdue", "reportOverdue", "Tokens whose rotation is overdue."},
    {"incomplete", "/api/v1/reports/incomplete", "reportIncomplete",
     "Register entries without documentation, runbook, rotation plan or deputy."},
    {"grown", "/api/v1/reports/grown", "reportGrown", "Quick fixes that became infrastructure."},
    {"weak", "/api/v1/reports/weak", "reportWeak", "Permanent tokens, tokens for a whole site, tokens of suspended owners."},
    {"installation", "/api/v1/reports/installation", "reportInstallation",
     "Gatehouse's own certificates, keys and secrets: all of them, with reasons where something is to be done."},
};

}  // namespace

std::vector<Route> report_routes() {
  const Field limit{"limit", Type::kInteger, false, "How many are listed at most, 1 to 10000; 100 by default."};
  const std::vector<Field> waked{{"within", Type::kDuration, false, "From now on; 24h by default."},
                                 {"token", Type::kText, false, "Or what if: this token ended, whatever its end."},
                                 {"account", Type::kText, false, "Or what if: this service account stopped."},
                                 {"user", Type::kText, false, "Or what if: this person left."},
                                 {"site", Type::kText, false, "Or what if: this site could not be reached."},
                                 limit};
  std::vector<Route> routes{{"GET",
                             "/api/v1/reports/wake",
                             "reportWake",
                             "report",
                             "What ends, what stops with it, and who wakes up.",
                             Need::kSee,
                             waked,
                             {},
                             "WakeReport",
                             200,
                             wake},
                            {"GET",
                             "/api/v1/reports/shared/plan",
                             "reportSharedPlan",
                             "report",
                             "A file for `gatehouse apply` that splits shared tokens.",
                             Need::kAuditor,
                             {{"token", Type::kText, false, "Only this token."}, limit},
                             {},
                             "SplitPlan",
                             200,
                             plan}};
  for (const Known& known : kKnown) {
    routes.push_back({"GET",
                      known.path,
                      known.operation_id,
                      "report",
                      known.summary,
                      // Certificates and keys of the installation are nobody's own.
                      known.name == "installation" ? Need::kAuditor : Need::kSee,
                      {limit},
                      {},
                      "Report",
                      200,
                      [name = known.name](Call& call) -> Result<Reply> {
                        GH_TRY(const int listed, limit_of(call));
                        return reply(inventory::report(call.services, call.caller, name, listed));
                      }});
  }
  return routes;
}

}  // namespace gatehouse::api
