// A small world for the tests of policy: one catalogue, one site, one account, and what can be varied.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "policy/decide.h"

namespace gatehouse::policy {

inline constexpr std::string_view kOperations = R"(
operation getIssue
  GET /rest/api/{2|3|latest}/issue/{issueIdOrKey}
  scopes read:jira-work | read:issue:jira read:issue-meta:jira
  access read
  path issueIdOrKey issue
  bounded located
  answer links
operation editIssue
  PUT /rest/api/{2|3|latest}/issue/{issueIdOrKey}
  scopes write:jira-work | write:issue:jira
  access write
  path issueIdOrKey issue
  bounded located
  answer none
operation moveIssue
  POST /rest/api/{2|3|latest}/issue/{issueIdOrKey}/move
  scopes read:jira-work write:jira-work
  access write
  path issueIdOrKey issue
  bounded located
  answer none
operation deleteIssue
  DELETE /rest/api/{2|3|latest}/issue/{issueIdOrKey}
  scopes write:jira-work | delete:issue:jira
  access delete
  path issueIdOrKey issue
  bounded located
  answer none
operation search
  GET /rest/api/{2|3|latest}/search/jql
  scopes read:jira-work | read:issue:jira
  access read
  query jql jql confines
  bounded confined
  answer links
operation getStatuses
  GET /rest/api/{2|3|latest}/status
  scopes read:jira-work | read:status:jira
  access read
  bounded allowed
  answer links
operation createStatuses
  POST /rest/api/{2|3|latest}/statuses
  scopes manage:jira-configuration | write:workflow:jira
  access administer
  bounded allowed
  answer links
operation findUsers
  GET /rest/api/{2|3|latest}/user/search
  scopes read:jira-user | read:user:jira
  access read
  directory
  bounded allowed
  answer links
operation evaluate
  POST /rest/api/{2|3|latest}/expression/eval
  scopes read:jira-work
  access read
  bounded refused an expression can reach any issue
operation internal
  GET /rest/api/{2|3|latest}/internal
  scopes unknown
  access read
  bounded refused Atlassian names no scope
)";

inline constexpr std::string_view kRoles = R"(
role viewer
  access read
role member
  includes viewer
  operations editIssue moveIssue
role administrator
  access read write delete administer
)";

inline const catalogue::Catalogue& test_catalogue() {
  static const auto loaded =
      catalogue::Catalogue::load(Product::kJira, {{"jira_test.ops", kOperations}, {"jira_test.roles", kRoles}}).value();
  return *loaded;
}

inline const catalogue::Operation& operation(std::string_view id) { return *test_catalogue().find(id); }

inline ScopeSet scopes(const std::vector<std::string>& names) {
  test_catalogue();
  return parse_scopes(names).value();
}

inline const SiteId kSite("aaaaaaaaaaaaaaaa");
inline const SiteId kOtherSite("bbbbbbbbbbbbbbbb");
inline const AccountId kAccount("cccccccccccccccc");
inline const Instant kNow = Instant(std::chrono::hours(24 * 365 * 50));

/// Everything that a decision reads, as values that can be copied and changed.
struct World {
  mutable Site site;
  ServiceAccount account;
  std::vector<Grant> grants;
  CredentialKind kind = CredentialKind::kApiToken;
  State state = State::kLive;
  Instant paused_until = Instant::max();
  Instant expires_at = Instant::max();
  ScopeSet token_scopes;
  std::string role;
  std::vector<BoundaryEntry> boundary;
  std::vector<BoundaryEntry> proposed;
  Instant propose_until = Instant::max();
  std::vector<ResourcePause> pauses;
  std::vector<Network> allow_ips;
  IpAddress address = parse_ip("10.1.2.3").value();
  bool withdrawn = false;
  Instant now = kNow;

  World() {
    site.id = kSite;
    site.key = "acme";
    account.id = kAccount;
    account.handle = "sync";
  }

  World& grant(std::string id, const std::vector<std::string>& names, std::string access_role = "") {
    Grant added;
    added.account = kAccount;
    added.resource = {kSite, id, id == "*" ? "*" : "K" + id};
    added.scopes = scopes(names);
    added.role = std::move(access_role);
    added.backing = Backing::kBacked;
    grants.push_back(std::move(added));
    return *this;
  }
  World& bound(std::string id, std::string access_role = "") {
    boundary.push_back({{kSite, id, id == "*" ? "*" : "K" + id}, std::move(access_role)});
    return *this;
  }
  World& token(const std::vector<std::string>& names) {
    token_scopes = scopes(names);
    return *this;
  }

  std::shared_ptr<const token::LiveCredential> credential() const {
    auto live = std::make_shared<token::LiveCredential>();
    live->kind = kind;
    live->state = state;
    live->paused_until = paused_until;
    live->expires_at = expires_at;
    live->scopes = token_scopes;
    live->role = role;
    live->account = std::make_shared<token::LiveAccount>(token::LiveAccount{account, grants, of(PausedFor::kAccount)});
    live->pauses = of(PausedFor::kToken);
    if (!proposed.empty())
      live->proposal = token::Proposal{std::make_shared<std::vector<BoundaryEntry>>(proposed), propose_until};
    live->boundary = std::make_shared<std::vector<BoundaryEntry>>(boundary);
    live->allow_ips = allow_ips;
    live->withdrawn = withdrawn;
    return live;
  }
  /// The pauses that concern the token, the account or the site.
  std::vector<ResourcePause> of(PausedFor whom) const {
    std::vector<ResourcePause> some;
    for (const ResourcePause& pause : pauses) {
      if (pause.whom == whom) some.push_back(pause);
    }
    return some;
  }
  Facts facts() const {
    site.resource_pauses = of(PausedFor::kSite);
    return {site, test_catalogue()};
  }
  Permitted permitted(std::string_view id) const {
    const auto live = credential();
    Permitted out;
    permitted_resources(operation(id), *live, facts(), now, out);
    kept.push_back(live);
    return out;
  }
  mutable std::vector<std::shared_ptr<const token::LiveCredential>> kept;  ///< what a Permitted points into

  Decision decide(std::string_view id, const std::vector<Touch>& touches, Explain explain = Explain::kNo,
                  bool located = true) const {
    return policy::decide({operation(id), address, touches, located}, *credential(), facts(), now, explain);
  }
  Decision early(std::string_view id, Explain explain = Explain::kNo) const {
    return decide_early({operation(id), address, {}, false}, *credential(), facts(), now, explain);
  }
};

inline Touch touch(std::string_view id, bool restricted = false) { return {id, End::kOnly, restricted}; }

}  // namespace gatehouse::policy
