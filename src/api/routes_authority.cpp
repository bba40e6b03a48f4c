// What waits for a second person, what is handed over, and policies of one owner or resource.
#include "admin/approvals.h"
#include "admin/handovers.h"
#include "admin/narrow_policy.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> list_approvals(Call& call) {
  return reply(admin::list_approvals(call.services, call.caller, call.flag("decided")));
}

Result<Reply> approve(Call& call) {
  return reply(admin::decide_approval(call.services, call.caller, call.at("approval"), true, call.text("reason")));
}

Result<Reply> deny(Call& call) {
  return reply(admin::decide_approval(call.services, call.caller, call.at("approval"), false, call.text("reason")));
}

Result<Reply> list_handovers(Call& call) { return reply(admin::list_handovers(call.services, call.caller)); }

Result<Reply> taken(Result<admin::CreatedToken> token) {
  if (!token) return token.error();
  admin::Document document = std::move(token.value().document);
  document["token"] = token.value().token.expose();
  return reply(std::move(document));
}

Result<Reply> take(Call& call) { return taken(admin::take_token(call.services, call.caller, call.at("handover"))); }

Result<Reply> take_with_code(Call& call) {
  Caller outsider;
  outsider.address = call.request.address;
  return taken(admin::take_token_with_code(call.services, outsider, call.at("link"), call.text("code")));
}

Result<Reply> list_policies(Call& call) { return reply(admin::list_narrow_policies(call.services)); }

Result<Reply> set_policies(Call& call) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& member : call.body) {
    if (member.key() == "owner" || member.key() == "resource") continue;
    values.emplace_back(std::string(member.key()), std::string(member.value().as_string()));
  }
  if (values.empty()) return fail(Errc::kInvalidArgument, "Name at least one policy.");
  return reply(admin::set_narrow_policy(call.services, call.caller, {call.text("owner"), call.text("resource")}, values));
}

std::vector<Route> approval_routes() {
  const std::vector<Field> decided{{"decided", Type::kBoolean, false, "All of them, newest first; else those that wait."}};
  const std::vector<Field> why{{"reason", Type::kText, true, "Why; told to who asked."}};
  return {
      {"GET",
       "/api/v1/approvals",
       "listApprovals",
       "approval",
       "List what waits for a second person.",
       Need::kSee,
       decided,
       {},
       "Approval[]",
       200,
       list_approvals},
      {"POST",
       "/api/v1/approvals/{approval}/approve",
       "approve",
       "approval",
       "Let it live: by a second person with authority.",
       Need::kApprove,
       {},
       reason_field(),
       "Approval",
       200,
       approve},
      {"POST",
       "/api/v1/approvals/{approval}/deny",
       "deny",
       "approval",
       "End it for ever.",
       Need::kApprove,
       {},
       why,
       "Approval",
       200,
       deny},
  };
}

}  // namespace

std::vector<Route> authority_routes() {
  std::vector<Route> all = approval_routes();
  const std::vector<Field> code{{"code", Type::kText, true, "The eight digits that were told another way."}};
  const std::vector<Field> narrow{{"owner", Type::kText, false, "Of this person's accounts and tokens; or"},
                                  {"resource", Type::kText, false, "of tokens that reach this resource."},
                                  {"longest-lifetime", Type::kText, false, "A duration; empty: no more than the organization's."},
                                  {"permanent-tokens", Type::kText, false, "refused, or empty.", {"allowed", "refused", ""}},
                                  {"required-fields", Type::kText, false, "Fields with commas between, or empty."},
                                  {"approval-scopes", Type::kText, false, "Scopes with commas between, or empty."}};
  std::vector<Route> rest{{"GET",
                           "/api/v1/handovers",
                           "listHandovers",
                           "token",
                           "List the tokens that wait to be taken.",
                           Need::kAnyKey,
                           {},
                           {},
                           "WaitingHandover[]",
                           200,
                           list_handovers},
                          {"POST",
                           "/api/v1/handovers/{handover}/take",
                           "takeToken",
                           "token",
                           "Take the token that was made for the caller; its secret stands in this answer and never again.",
                           Need::kTake,
                           {},
                           {},
                           "TakenToken",
                           200,
                           take},
                          {"POST",
                           "/api/v1/take/{link}",
                           "takeTokenWithCode",
                           "token",
                           "The same for an outsider, with the link and a code.",
                           Need::kNothing,
                           {},
                           code,
                           "TakenToken",
                           200,
                           take_with_code},
                          {"GET",
                           "/api/v1/policies",
                           "listNarrowPolicies",
                           "policy",
                           "Policies of single owners and resources.",
                           Need::kAuditor,
                           {},
                           {},
                           "NarrowPolicy[]",
                           200,
                           list_policies},
                          {"PATCH",
                           "/api/v1/policies",
                           "setNarrowPolicy",
                           "policy",
                           "Be stricter with one owner or resource.",
                           Need::kGiveAuthority,
                           {},
                           narrow,
                           "NarrowPolicy",
                           200,
                           set_policies}};
  for (Route& route : rest) all.push_back(std::move(route));
  return all;
}

}  // namespace gatehouse::api
