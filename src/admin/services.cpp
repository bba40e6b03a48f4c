#include "admin/services.h"

#include "admin/authority.h"
#include "admin/index_feed.h"
#include "admin/live_events.h"
#include "admin/refusals.h"
#include "admin/sign_in_throttle.h"
#include "admin/upstream_tokens.h"

namespace gatehouse::admin {

Services::Services(ServicesInput input)
    : database(input.database),
      log(input.log),
      keys(input.keys),
      head_path(input.head_path),
      clock(input.clock),
      random(input.random),
      index(input.index),
      sites(input.sites),
      gateway(input.gateway),
      fetch(std::move(input.fetch)),
      certificate_files(std::move(input.certificate_files)),
      configured_secrets(std::move(input.configured_secrets)),
      webhook_receivers(std::move(input.webhook_receivers)),
      sealer(input.keys, input.random),
      hasher(input.keys),
      session_limits(input.session_limits),
      throttle(std::make_unique<SignInThrottle>()),
      upstream_tokens(std::make_unique<UpstreamTokens>(input.clock, input.random, fetch)),
      feed(std::make_unique<IndexFeed>(input.database, sealer, input.clock, input.index, input.sites, *upstream_tokens)),
      refusals(std::make_unique<Refusals>(log)) {}

Services::~Services() = default;

namespace {

Result<void> check_still_allowed(const Services& services, const store::Repositories& at, const AuditEvent& event) {
  // A role may have been taken away since the door let the caller in: what commits first counts. Changes of one's own record look
  // for themselves, before they change it.
  const bool own_record = event.target_kind == "user" && event.target_id == event.caller.actor_id;
  if (event.caller.need != 0 && !own_record) {
    GH_TRY(const Principal who, authority_of(services, at, event.caller));
    const auto need = static_cast<policy::Need>(event.caller.need);
    if (policy::reach_of(need, who) == policy::kNone) return policy::refusal_of(need);
  }
  return success();
}

}  // namespace

Result<void> commit(Services& services, store::UnitOfWork work, AuditEvent event) {
  return commit(services, std::move(work), std::vector<AuditEvent>{std::move(event)});
}

Result<void> commit(Services& services, store::UnitOfWork work, std::vector<AuditEvent> events) {
  for (AuditEvent& event : events) {
    if (event.outcome.empty()) event.outcome = "done";
    GH_TRYV(check_still_allowed(services, *work.operator->(), event));
  }
  GH_TRY(const store::Committed done, services.log.commit(std::move(work), std::move(events)));
  const Result<void> in_force = services.feed->catch_up(done.change);
  if (LiveEvents* const live = services.live_events.load()) live->wake();
  return in_force;
}

}  // namespace gatehouse::admin
