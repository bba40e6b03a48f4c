#include "admin/approvals.h"

#include <algorithm>

#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/notices.h"

namespace gatehouse::admin {
namespace {

using store::Approval;
using store::ApprovalDecision;

std::string_view word(ApprovalDecision decision) {
  switch (decision) {
    case ApprovalDecision::kOpen: return "open";
    case ApprovalDecision::kApproved: return "approved";
    case ApprovalDecision::kDenied: return "denied";
    case ApprovalDecision::kExpired: return "expired";
  }
  return "unknown";
}

/// What is asked about, looked up anew. Gone is no error: the request then only has its words.
struct Matter {
  std::optional<store::Stored<Credential>> token;
  std::optional<store::Stored<Grant>> grant;
  std::optional<ServiceAccount> account;
  std::string name;

  std::vector<Resource> resources() const {
    std::vector<Resource> all;
    if (grant) all.push_back(grant->value.resource);
    if (token) {
      for (const BoundaryEntry& entry : token->value.boundary) all.push_back(entry.resource);
    }
    return all;
  }
  bool seen_by(const Principal& who) const {
    if (token) return may_see(who, token->value, *account);
    return grant && may_see(who, grant->value, *account);
  }
  /// Whether it still waits: what was revoked or removed meanwhile does not.
  bool waits() const {
    const auto waiting = [](State state, const Pause& pause) {
      return state == State::kPaused && pause.resume_by == ResumeBy::kApproval;
    };
    if (token) return waiting(token->value.state, token->value.pause);
    return grant && waiting(grant->value.state, grant->value.pause);
  }
};

Result<Matter> find_matter(const store::Repositories& at, const Approval& approval, Instant now) {
  Matter matter;
  AccountId account;
  if (approval.kind == "token") {
    GH_TRY(auto found, at.credentials.get(CredentialId(approval.subject)));
    account = found.value.account;
    matter.name = found.value.name;
    matter.token = std::move(found);
  } else {
    GH_TRY(auto found, at.grants.get(GrantId(approval.subject)));
    account = found.value.account;
    GH_TRY(matter.name, Describer(at, now).resource_name(found.value.resource));
    matter.grant = std::move(found);
  }
  GH_TRY(auto of, at.accounts.get(account));
  matter.account = std::move(of.value);
  return matter;
}

Result<Document> describe(const store::Repositories& at, const Principal& who, const Approval& approval, const Matter& matter,
                          Instant now) {
  Describer describer(at, now);
  Document document;
  document["id"] = approval.id;
  document["kind"] = approval.kind;
  document["subject_id"] = approval.subject;
  document["name"] = matter.name;
  document["account"] = matter.account->handle;
  boost::json::array scopes;
  for (const std::string& one : scope_names(approval.scopes)) scopes.emplace_back(one);
  document["scopes"] = std::move(scopes);
  boost::json::array resources;
  for (const Resource& one : matter.resources()) {
    GH_TRY(const std::string name, describer.resource_name(one));
    // Of somebody else's only what lies on one's own.
    if (who.reads_all() || who.covers(one) || answers_for(who, *matter.account)) resources.emplace_back(name);
  }
  document["resources"] = std::move(resources);
  GH_TRY(document["asked_by"], describer.email_of(approval.asked_by));
  document["asked_at"] = format_instant(approval.asked_at);
  document["expires_at"] = format_instant(approval.expires_at);
  document["decision"] = word(approval.decision);
  GH_TRY(const std::string decided_by, describer.email_of(approval.decided_by));
  document["decided_by"] = decided_by.empty() ? boost::json::value(nullptr) : boost::json::value(decided_by);
  document["decided_at"] =
      approval.decided_at ? boost::json::value(format_instant(*approval.decided_at)) : boost::json::value(nullptr);
  document["reason"] = approval.reason.empty() ? boost::json::value(nullptr) : boost::json::value(approval.reason);
  return document;
}

Result<std::string> ask(Services& services, store::Repositories& at, Approval approval, const std::string& name,
                        const Policy& policy) {
  const Instant now = services.clock.now();
  approval.id = random_base62(services.random, kIdLength);
  approval.asked_at = now;
  approval.expires_at = now + policy.approval_expires;
  GH_TRYV(at.approvals.insert(approval));
  GH_TRY(const std::string asker, Describer(at, now).email_of(approval.asked_by));
  Notice notice{NoticeKind::kApprovalAsked, "approval", approval.id, name};
  notice.facts["what"] =
      "A " + approval.kind + " with " + format_words(scope_names(approval.scopes)) + " waits for a second person.";
  notice.facts["by"] = asker;
  GH_TRYV(queue_notice(services, at.outbox, std::move(notice)));
  return approval.id;
}

/// Makes the record live, or ends it, and closes the matter.
Result<void> carry_out(Services& services, store::Repositories& at, const Approval& approval, Matter& matter,
                       std::string_view by) {
  GH_TRYV(at.approvals.decide(approval));
  const State state = approval.decision == ApprovalDecision::kApproved ? State::kLive : State::kRevoked;
  if (matter.token && matter.waits()) {
    matter.token->value.state = state;
    matter.token->value.pause = {};
    GH_TRYV(at.credentials.update(matter.token->value, matter.token->version));
  } else if (matter.grant && matter.waits()) {
    matter.grant->value.state = state;
    matter.grant->value.pause = {};
    GH_TRYV(at.grants.update(matter.grant->value, matter.grant->version));
  }
  Notice notice{NoticeKind::kApprovalDecided, "approval", approval.id, matter.name};
  notice.facts["decision"] = word(approval.decision);
  notice.facts["by"] = by;
  return queue_notice(services, at.outbox, std::move(notice));
}

AuditEvent decided(const Caller& caller, const Approval& approval, const Matter& matter) {
  AuditEvent event = make_event(caller, approval.decision == ApprovalDecision::kApproved ? "approval.approve" : "approval.deny",
                                approval.kind, approval.subject, matter.name);
  event.reason = approval.reason;
  return event;
}

}  // namespace

ScopeSet held_back(const Policy& policy, ScopeSet scopes) {
  scopes &= policy.approval_scopes;
  return scopes;
}

Pause waiting_pause() { return Pause{"waits for the approval of a second person", std::nullopt, ResumeBy::kApproval}; }

Result<std::string> ask_approval(Services& services, store::Repositories& at, const UserId& asked_by, const Credential& token,
                                 const ScopeSet& scopes, const Policy& policy) {
  Approval approval;
  approval.kind = "token";
  approval.subject = token.id.value;
  approval.scopes = scopes;
  approval.asked_by = asked_by;
  return ask(services, at, std::move(approval), token.name, policy);
}

Result<std::string> ask_approval(Services& services, store::Repositories& at, const UserId& asked_by, const Grant& grant,
                                 const ScopeSet& scopes, const Policy& policy) {
  Approval approval;
  approval.kind = "grant";
  approval.subject = grant.id.value;
  approval.scopes = scopes;
  approval.asked_by = asked_by;
  GH_TRY(const std::string name, Describer(at, services.clock.now()).resource_name(grant.resource));
  return ask(services, at, std::move(approval), name, policy);
}

Result<Documents> list_approvals(Services& services, const Caller& caller, bool all) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const auto approvals, at.approvals.list(all));
  Documents documents;
  for (const Approval& approval : approvals) {
    GH_TRY(const Matter matter, find_matter(at, approval, now));
    if (!matter.seen_by(who) && !who.is(approval.asked_by)) continue;
    GH_TRY(Document document, describe(at, who, approval, matter, now));
    documents.items.push_back(std::move(document));
  }
  return documents;
}

Result<Document> decide_approval(Services& services, const Caller& caller, const std::string& id, bool approve,
                                 std::string_view reason) {
  GH_TRYV(check_note(reason, "reason"));
  if (!approve) {
    GH_TRYV(check_name(reason, "reason"));
  }
  const Instant now = services.clock.now();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  const Error absent = fail(Errc::kNotFound, "There is no such request. \"gatehouse approval list\" shows all.", {}, "approval");
  auto found = at.approvals.get(id);
  if (!found) return found.error().code == Errc::kNotFound ? absent : found.error();
  Approval& approval = found.value();
  GH_TRY(Matter matter, find_matter(at, approval, now));
  if (!matter.seen_by(who) && !who.is(approval.asked_by)) return absent;
  if (approval.decision != ApprovalDecision::kOpen || approval.expires_at <= now || !matter.waits())
    return fail(Errc::kConflict, "That was decided already, or its time is over.", {}, "approval");
  if (who.is(approval.asked_by) || (matter.token && who.is(matter.token->value.owner)))
    return policy::not_allowed("a second person, who did not ask for it and does not own it", "org-admin");
  const auto resources = matter.resources();
  const bool covers = std::all_of(resources.begin(), resources.end(), [&who](const Resource& one) { return who.covers(one); });
  if (!covers)
    return policy::not_allowed("project administrator of all its resources, or organization administrator", "project-admin");
  approval.decision = approve ? ApprovalDecision::kApproved : ApprovalDecision::kDenied;
  approval.decided_by = who.user;
  approval.decided_at = now;
  approval.reason = reason;
  GH_TRYV(carry_out(services, at, approval, matter, who.email));
  GH_TRY(Document document, describe(at, who, approval, matter, now));
  GH_TRYV(commit(services, std::move(work), with_change(decided(caller, approval, matter), nullptr, &document)));
  return document;
}

Result<void> end_approvals_of(Services& services, store::Repositories& at, const UserId& user) {
  const Instant now = services.clock.now();
  GH_TRY(const auto open, at.approvals.list(false));
  for (Approval approval : open) {
    if (approval.asked_by != user) continue;
    GH_TRY(Matter matter, find_matter(at, approval, now));
    approval.decision = ApprovalDecision::kDenied;
    approval.decided_at = now;
    approval.reason = "who asked for it has left";
    GH_TRYV(carry_out(services, at, approval, matter, "Gatehouse"));
  }
  return success();
}

Result<void> expire_approvals(Services& services, Instant now) {
  std::vector<Approval> over;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(over, reader->approvals.list(false));
  }
  std::erase_if(over, [now](const Approval& one) { return one.expires_at > now; });
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "approvals";
  for (Approval& approval : over) {
    GH_TRY(store::UnitOfWork work, services.database.begin());
    store::Repositories& at = *work.operator->();
    GH_TRY(Matter matter, find_matter(at, approval, now));
    approval.decision = ApprovalDecision::kExpired;
    approval.decided_at = now;
    approval.reason = "nobody decided in time";
    const auto done = carry_out(services, at, approval, matter, "Gatehouse, since nobody did in time");
    if (!done && done.error().code == Errc::kConflict) continue;
    GH_TRYV(done);
    GH_TRYV(commit(services, std::move(work), decided(caller, approval, matter)));
  }
  return success();
}

}  // namespace gatehouse::admin
