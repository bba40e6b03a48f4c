#include "policy/decide.h"

#include <algorithm>
#include <array>

#include "catalogue/kinds.h"
#include "policy/evaluation.h"
#include "policy/record.h"

namespace gatehouse::policy {
namespace {

using catalogue::Bounded;

struct Case {
  const Request& request;
  const token::LiveCredential& credential;
  const Facts& facts;
  Instant now;
  const Evaluation& evaluation;
};

std::string join(const ScopeSet& scopes) {
  std::string text;
  for (const std::string& name : scope_names(scopes)) text += (text.empty() ? "" : " ") + name;
  return text.empty() ? "none" : text;
}

std::string resource_name(const Case& c, std::string_view key) {
  return format_resource_name(c.facts.site.key, key.empty() ? kWholeSite : key);
}

Reason credential_fault(const token::LiveCredential& credential, Instant now) noexcept {
  // An app acts for a person, by a token that names their consent; never by itself.
  const bool acts = credential.kind == CredentialKind::kApiToken || credential.kind == CredentialKind::kOAuthClient ||
                    (credential.kind == CredentialKind::kApp && credential.narrowing && credential.narrowing->app);
  if (!acts || !credential.account || !credential.boundary || credential.account->account.id.empty())
    return Reason::kInvalidToken;
  if (credential.state == State::kRevoked || credential.state == State::kArchived) return Reason::kRevoked;
  if (credential.state == State::kPaused && credential.paused_until > now) return Reason::kTokenPaused;
  if (now >= credential.expires_at) return Reason::kExpired;
  // Withdrawn without any of the above: a change that this table does not show yet.
  return credential.live(now) ? Reason::kPermitted : Reason::kRevoked;
}

std::string credential_detail(Reason reason, const token::LiveCredential& credential) {
  switch (reason) {
    case Reason::kPermitted:
      if (credential.expires_at == Instant::max()) return "it is live and permanent";
      return "it is live and ends at " + format_instant(credential.expires_at);
    case Reason::kRevoked: return "it is revoked, or was changed just now";
    case Reason::kTokenPaused:
      if (credential.paused_until == Instant::max()) return "it is paused until somebody resumes it";
      return "it is paused until " + format_instant(credential.paused_until);
    case Reason::kExpired: return "it expired at " + format_instant(credential.expires_at);
    default: return "a record of this kind can't be used for requests";
  }
}

std::string pause_detail(const ResourcePause* pause) {
  if (!pause) return "it is paused";
  constexpr std::array<std::string_view, 4> kWhom{"", "this token", "this service account", "everybody on the site"};
  std::string text = "it is paused for " + std::string(kWhom.at(static_cast<std::size_t>(pause->whom)));
  text += pause->pause.until ? " until " + format_instant(*pause->pause.until) : std::string(" until somebody resumes it");
  return pause->pause.reason.empty() ? text : text + ": " + pause->pause.reason;
}

std::string state_detail(State state, const Pause& pause) {
  if (state != State::kPaused) return " is archived or gone";
  std::string text =
      " is paused" + (pause.until ? " until " + format_instant(*pause.until) : std::string(" until somebody resumes it"));
  return pause.reason.empty() ? text : text + ": " + pause.reason;
}

Reason account_fault(const ServiceAccount& account, Instant now) noexcept {
  if (is_live(account.state, account.pause, now)) return Reason::kPermitted;
  return account.state == State::kPaused ? Reason::kAccountPaused : Reason::kRevoked;
}

Reason site_fault(const Site& site, Instant now) noexcept {
  if (site.id.empty()) return Reason::kWrongSite;
  if (is_live(site.state, site.pause, now)) return Reason::kPermitted;
  return site.state == State::kPaused ? Reason::kSitePaused : Reason::kWrongSite;
}

/// What does not depend on the operation.
bool check_state(const Case& c, Record& record) {
  const token::LiveCredential& credential = c.credential;
  const Reason token = credential_fault(credential, c.now);
  if (!record.check("token", token == Reason::kPermitted, token, [&] { return credential_detail(token, credential); }))
    return false;

  const ServiceAccount& account = credential.account->account;
  const Reason state = account_fault(account, c.now);
  if (!record.check("account", state == Reason::kPermitted, state, [&] {
        return "service account " + account.handle +
               (state == Reason::kPermitted ? " is live" : state_detail(account.state, account.pause));
      })) {
    return false;
  }
  const Reason site = site_fault(c.facts.site, c.now);
  if (!record.check("site", site == Reason::kPermitted, site, [&] {
        const Site& where = c.facts.site;
        return "site " + where.key + (site == Reason::kPermitted ? " is live" : state_detail(where.state, where.pause));
      })) {
    return false;
  }
  const std::vector<Network>& networks = credential.allow_ips;
  const bool from_here = networks.empty() || std::any_of(networks.begin(), networks.end(), [&c](const Network& network) {
                           return network.contains(c.request.address);
                         });
  return record.check("address", from_here, Reason::kAddressNotAllowed, [&] {
    if (networks.empty()) return std::string("it may be used from anywhere");
    return format_ip(c.request.address) + (from_here ? " is" : " is not") + " in the token's list of addresses";
  });
}

/// Operations that no token may use, since their scopes are not known; that bounded tokens may not: refused ones, and writes to
/// what is common to the site.
bool check_operation(const Case& c, Record& record) {
  const catalogue::Operation& operation = c.request.operation;
  const bool site_write = operation.bounded == Bounded::kAllowed && operation.access != catalogue::Access::kRead;
  const bool refused = operation.bounded == Bounded::kRefused;
  if (!operation.has_classic && !operation.has_granular) {
    return record.check("operation", false, Reason::kOperationRefused, [&] { return operation.id + " has no known scopes"; });
  }
  const auto detail = [&] {
    if (!refused && !site_write)
      return operation.id + " is open to bounded tokens (" + std::string(to_string(operation.bounded)) + ")";
    return operation.id + " needs a token and a grant for the whole site: " +
           (refused ? operation.refusal : std::string("it changes what is common to all projects"));
  };
  if (!refused && !site_write) return record.check("operation", true, Reason::kNone, detail);
  if (!c.evaluation.whole_site_entry()) return record.check("operation", false, Reason::kOperationRefused, detail);
  const Verdict verdict = c.evaluation.on(kWholeSite);
  if (!verdict.permitted()) {
    record.missing(verdict.missing);
    // A token whose boundary is the whole site, with grants on projects only, is a bounded one here.
    const bool no_grant = verdict.reason == Reason::kWaitingForGrant;
    return record.check("operation", false, no_grant ? Reason::kOperationRefused : verdict.reason, detail);
  }
  if (!record.check("operation", site_write || verdict.include_restricted, Reason::kOperationRefused, detail)) return false;
  // It reaches the whole site, and a part of that is paused: nobody can say that it leaves that part alone.
  const ResourcePause* pause = nullptr;
  c.evaluation.any_of_pauses([&pause](const ResourcePause& one) {
    pause = &one;
    return true;
  });
  if (!pause) return true;
  record.resource(resource_name(c, pause->resource.key));
  return record.check("pause", false, Reason::kResourcePaused, [&] {
    return operation.id + " reaches the whole site, and of " + resource_name(c, pause->resource.key) + " " + pause_detail(pause);
  });
}

/// Boundary, scopes and role of the credential by itself.
bool check_credential(const Case& c, Record& record) {
  const catalogue::Operation& operation = c.request.operation;
  if (!record.check("boundary", c.evaluation.any_entry(), Reason::kWrongSite, [&] {
        return std::string(c.evaluation.any_entry() ? "the token has" : "the token has no") + " resources on site " +
               c.facts.site.key;
      })) {
    return false;
  }
  if (!check_operation(c, record)) return false;
  const bool scoped = covers(operation, c.credential.scopes);
  if (!scoped) record.missing(least_missing(operation, c.credential.scopes));
  if (!record.check("scope", scoped, Reason::kInsufficientScope, [&] {
        if (!scoped) return "the token lacks " + join(least_missing(operation, c.credential.scopes));
        return operation.id + " needs " + join(operation.has_classic ? operation.classic : operation.granular) +
               ", the token has it";
      })) {
    return false;
  }
  return record.check("role", c.evaluation.credential_role_includes(), Reason::kRoleExcludesOperation, [&] {
    if (c.credential.role->empty()) return std::string("the token has no access role: whatever its scopes allow");
    return "the token's access role " + *c.credential.role +
           (c.evaluation.credential_role_includes() ? " includes " : " excludes ") + operation.id;
  });
}

std::string verdict_detail(const Case& c, std::string_view id, const Verdict& verdict) {
  switch (verdict.reason) {
    case Reason::kPermitted: return "token and grant permit " + c.request.operation.id;
    case Reason::kInsufficientScope: return "token and grant together lack " + join(verdict.missing);
    case Reason::kRoleExcludesOperation: return "the access role of token or grant excludes " + c.request.operation.id;
    case Reason::kGrantPaused: return "the grant is paused";
    case Reason::kResourcePaused: return pause_detail(c.evaluation.pause_of(id));
    case Reason::kGrantUnbacked: return "the grant is unbacked: nobody with authority over it stands behind it any more";
    case Reason::kWaitingForGrant: return "waiting for a grant";
    default: return "outside of the token's boundary, or not there";
  }
}

/// Permitted on one resource at least: else nothing that a look-up could find would help.
bool check_any(const Case& c, Record& record) {
  Verdict nearest;
  std::string_view nearest_id;
  const bool found = c.evaluation.any_candidate([&](std::string_view id, std::string_view key) {
    Verdict verdict = c.evaluation.on(id);
    verdict.key = key;
    if (distance_to_permit(verdict.reason) < distance_to_permit(nearest.reason)) {
      nearest = verdict;
      nearest_id = id;
    }
    return verdict.permitted();
  });
  if (!found) {
    record.missing(nearest.missing);
    record.resource(resource_name(c, nearest.key));
  }
  return record.check("grant", found, nearest.reason,
                      [&] { return resource_name(c, nearest.key) + ": " + verdict_detail(c, nearest_id, nearest); });
}

/// Operations that tell of users and groups at large: only where a grant says so, or nothing of the site is withheld.
bool check_directory(const Case& c, Record& record) {
  if (!c.request.operation.directory) return true;
  const bool allowed = allows_directory(c.request.operation, c.credential, c.facts, c.now);
  return record.check("directory", allowed, Reason::kOperationRefused, [&] {
    return c.request.operation.id +
           " tells of users and groups beyond the projects: " + (allowed ? "a grant says directory" : "no grant says directory");
  });
}

std::string_view end_name(End end) noexcept {
  switch (end) {
    case End::kOnly: return "";
    case End::kNear: return " (near end)";
    case End::kFar: return " (far end)";
    case End::kTarget: return " (target)";
    case End::kContainer: return " (container)";
  }
  return "";
}

bool check_touch(const Case& c, const Touch& touch, Record& record) {
  const Verdict verdict = c.evaluation.on(touch.id);
  const bool inside = verdict.reason != Reason::kOutsideBoundary;
  const auto name = [&] {
    return (inside ? resource_name(c, verdict.key) : std::string("a resource")) + std::string(end_name(touch.end));
  };
  if (!verdict.permitted()) {
    record.missing(verdict.missing);
    if (inside) record.resource(resource_name(c, verdict.key));
  }
  if (!record.check(inside ? "grant" : "boundary", verdict.permitted(), verdict.reason,
                    [&] { return name() + ": " + verdict_detail(c, touch.id, verdict); })) {
    return false;
  }
  if (!touch.restricted) return true;
  if (!verdict.include_restricted) record.resource(resource_name(c, verdict.key));
  return record.check("restricted", verdict.include_restricted, Reason::kRestrictedContent, [&] {
    return name() + ": it has a security level or read restrictions, and the grant " +
           (verdict.include_restricted ? "includes" : "excludes") + " what is restricted";
  });
}

bool check_located(const Case& c, Record& record) {
  if (c.request.operation.bounded != Bounded::kLocated || (c.request.located && !c.request.touches.empty())) return true;
  const Verdict whole = c.evaluation.on(kWholeSite);
  if (whole.permitted() && whole.include_restricted && !c.evaluation.any_pause()) return true;
  // Not found is outside: there is nothing to tell the two apart by.
  if (c.request.located) {
    return record.check("boundary", false, Reason::kOutsideBoundary,
                        [] { return "nothing of the request leads to a resource of the token's boundary"; });
  }
  record.could_not_decide();
  return record.check("boundary", false, Reason::kInternal, [] { return "the request was not located before it was decided"; });
}

bool check_touches(const Case& c, Record& record) {
  if (!check_located(c, record)) return false;
  if (c.request.touches.empty()) return check_any(c, record);
  return std::all_of(c.request.touches.begin(), c.request.touches.end(),
                     [&](const Touch& touch) { return check_touch(c, touch, record); });
}

}  // namespace

Decision decide_early(const Request& request, const token::LiveCredential& credential, const Facts& facts, Instant now,
                      Explain explain) {
  Record record(explain);
  const Evaluation evaluation(request.operation, credential, facts, now);
  const Case c{request, credential, facts, now, evaluation};
  if (check_state(c, record) && check_credential(c, record) && check_any(c, record) && check_directory(c, record))
    record.permit();
  return record.take();
}

Decision decide(const Request& request, const token::LiveCredential& credential, const Facts& facts, Instant now,
                Explain explain) {
  Record record(explain);
  const Evaluation evaluation(request.operation, credential, facts, now);
  const Case c{request, credential, facts, now, evaluation};
  if (check_state(c, record) && check_credential(c, record) && check_touches(c, record) && check_directory(c, record))
    record.permit();
  return record.take();
}

}  // namespace gatehouse::policy
