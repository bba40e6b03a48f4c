// admit and decide: the gateway's two calls of policy/decide.h, before and after the look-ups.

#include "policy/decide.h"

#include "gateway/lookup_routes.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"
#include "model/consent.h"

namespace gatehouse::gateway {
namespace {

policy::Facts facts_of(const Matched& matched) { return {matched.site().site, matched.catalogue()}; }

bool of_grants(Reason reason) noexcept {
  return reason == Reason::kWaitingForGrant || reason == Reason::kGrantPaused || reason == Reason::kGrantUnbacked ||
         reason == Reason::kResourcePaused;
}

Refusal refusal_of(Decision decision, const Matched& matched, bool early) {
  Refusal refusal =
      refuse_because(decision.reason == Reason::kNone ? Reason::kInternal : decision.reason, matched.operation().id);
  refusal.missing_scopes = decision.missing_scopes;
  if (decision.reason == Reason::kOperationRefused) refusal.detail = matched.operation().refusal;
  // Before anything was looked up the reason is about the token alone and may be told as it is; afterwards it would tell where
  // an object lies.
  if (early && of_grants(decision.reason)) refusal.status = 403;
  if (decision.effect == Effect::kCouldNotDecide) refusal.reason = Reason::kInternal;
  return refusal;
}

void note_steps(Decision& decision, Request& request) {
  if (!request.explanation) return;
  request.explanation->effect = decision.effect;
  request.explanation->reason = decision.reason;
  request.explanation->missing_scopes = decision.missing_scopes;
  request.explanation->resource = decision.resource;
  request.explanation->steps = std::move(decision.steps);
}

/// Of an app: the person's own way. False: it has to be waited for. Links and what is known of fields are that person's from here
/// on.
Step<bool> find_person(const Matched& matched, ThreadState& thread, Request& request) {
  const std::string& account = matched.account_id();
  if (!account.starts_with(kPerson)) return true;
  if (matched.site().site.product == Product::kOpenApi) {
    return refuse_because(Reason::kOperationRefused, matched.operation().id,
                          "An app acts for a person by that person's own sign-in at Atlassian, which this site does not know.");
  }
  if (!thread.shared.people) return no_credential_for(matched.site(), {}, matched.operation(), account);
  GH_TRY(request.person, thread.shared.people->find(matched.shared_site(), std::string_view(account).substr(kPerson.size())));
  if (!request.person) return false;
  const std::string gateway_base = request.links->gateway_base();
  request.site = thread.context_of(matched.shared_site(), request.person);
  request.links = &request.site->links_for(gateway_base);
  return true;
}

policy::Explain wanted(const Request& request) { return request.explanation ? policy::Explain::kYes : policy::Explain::kNo; }

}  // namespace

Step<std::optional<Admitted>> admit(std::optional<Matched>& waiting, const http::Now& now, ThreadState& thread,
                                    Request& request) {
  const Matched& matched = *waiting;
  const policy::Facts facts = facts_of(matched);
  const policy::Request early{matched.operation(), request.peer.address, {}, false};
  Decision decision = policy::decide_early(early, matched.credential(), facts, now.wall, wanted(request));
  if (!decision.permitted()) {
    Refusal refusal = refusal_of(decision, matched, true);
    note_steps(decision, request);
    return refusal;
  }
  note_steps(decision, request);
  policy::permitted_resources(matched.operation(), matched.credential(), facts, now.wall, request.permitted);
  request.bounded = !request.permitted.unconfined();
  if (request.bounded && matched.operation().directory && !request.permitted.directory) {
    return refuse_because(Reason::kOperationRefused, matched.operation().id,
                          "It tells of users and groups beyond those of a project; the grant does not say --directory.");
  }
  if (request.bounded && request.has_body && !request.json_body && matched.operation().body_type == "declared") {
    Refusal refusal = refuse_because(Reason::kBadRequest, "Content-Type",
                                     "A token with a boundary sends application/json here, which can be read.");
    refusal.status = 415;
    return refusal;
  }
  GH_TRY(const bool at_hand, find_person(matched, thread, request));
  if (!at_hand) return std::optional<Admitted>();
  const upstream::RouteChoices& choices = choices_of(matched.site(), matched.account_id(), request);
  const upstream::RouteChoice* choice = choices.least(matched.operation());
  if (!choice || !choice->route) return no_credential_for(matched.site(), choices, matched.operation(), matched.account_id());
  upstream::RoutePtr route = choice->route;
  std::optional<Admitted> admitted(Admitted(std::move(*waiting), std::move(route)));
  waiting.reset();
  return admitted;
}

std::string memory_of(const Matched& matched) {
  const std::string& account = matched.account_id();
  const std::string& site = matched.site().site.id.value;
  return account.starts_with(kPerson) ? site + " " + account : site;
}

Step<Permitted> decide(Located located, const http::Now& now, Request& request) {
  const Matched& matched = located.matched();
  // A read that is located by its answer was admitted; redact() releases nothing of it whose project is not permitted.
  if (!request.bounded || (request.by_answer && request.touches.empty())) return Permitted(std::move(located));
  const policy::Request whole{matched.operation(), request.peer.address, request.touches, true};
  Decision decision = policy::decide(whole, matched.credential(), facts_of(matched), now.wall, wanted(request));
  if (!decision.permitted()) {
    Refusal refusal = refusal_of(decision, matched, false);
    note_steps(decision, request);
    return refusal;
  }
  note_steps(decision, request);
  return Permitted(std::move(located));
}

Refusal refuse_answer(const Matched& matched, const Request& request) {
  const policy::Request whole{matched.operation(), request.peer.address, request.touches, true};
  const Decision decision =
      policy::decide(whole, matched.credential(), facts_of(matched), request.began.wall, policy::Explain::kNo);
  // What has just ended (a pause, a grant) was not permitted when the answer was read; a scope that is missing there alone would
  // tell the client that the object is there.
  const bool alike = !request.touches.empty() && (of_grants(decision.reason) || decision.reason == Reason::kRestrictedContent);
  return refuse_because(alike ? decision.reason : Reason::kOutsideBoundary, matched.operation().id);
}

}  // namespace gatehouse::gateway
