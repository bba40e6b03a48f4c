#include "policy/decide.h"

#include <gtest/gtest.h>

#include "test/policy/world.h"

namespace gatehouse::policy {
namespace {

Reason reason_of(const Decision& decision) {
  EXPECT_EQ(decision.permitted(), decision.reason == Reason::kPermitted);
  return decision.reason;
}

/// A read-write, B read-only, one token over both.
World two_projects() {
  return World()
      .token({"read:jira-work", "write:jira-work"})
      .bound("1")
      .bound("2")
      .grant("1", {"read:jira-work", "write:jira-work"})
      .grant("2", {"read:jira-work"});
}

TEST(Decide, TakesScopesPerResource) {
  const World world = two_projects();
  EXPECT_TRUE(world.decide("getIssue", {touch("1")}).permitted());
  EXPECT_TRUE(world.decide("getIssue", {touch("2")}).permitted());
  EXPECT_TRUE(world.decide("editIssue", {touch("1")}).permitted());
  const Decision denied = world.decide("editIssue", {touch("2")});
  EXPECT_EQ(reason_of(denied), Reason::kInsufficientScope);
  EXPECT_EQ(scope_names(denied.missing_scopes), std::vector<std::string>{"write:jira-work"});
  EXPECT_EQ(denied.resource, "acme/K2");
}

TEST(Decide, AsksEachEnd) {
  const World world = two_projects();
  EXPECT_FALSE(world.decide("editIssue", {touch("1"), {"2", End::kFar, false}}).permitted());
  EXPECT_FALSE(world.decide("editIssue", {{"2", End::kNear, false}, touch("1")}).permitted());
  EXPECT_TRUE(world.decide("getIssue", {touch("1"), touch("2")}).permitted());
  EXPECT_EQ(reason_of(world.decide("getIssue", {touch("1"), touch("3")})), Reason::kOutsideBoundary);
}

TEST(Decide, TellsNothingOfWhatLiesOutside) {
  const World world = two_projects();
  const Decision foreign = world.decide("getIssue", {touch("3")}, Explain::kYes);
  const Decision missing = world.decide("getIssue", {touch("")}, Explain::kYes);
  EXPECT_EQ(reason_of(foreign), Reason::kOutsideBoundary);
  EXPECT_EQ(foreign.resource, "");
  ASSERT_EQ(foreign.steps.size(), missing.steps.size());
  for (std::size_t i = 0; i < foreign.steps.size(); ++i) EXPECT_EQ(foreign.steps[i].detail, missing.steps[i].detail);
}

TEST(Decide, DeniesALocatedOperationThatTouchesNothing) {
  const World world = two_projects();
  EXPECT_EQ(reason_of(world.decide("getIssue", {})), Reason::kOutsideBoundary);
  const Decision early = world.decide("getIssue", {}, Explain::kNo, false);
  EXPECT_EQ(early.effect, Effect::kCouldNotDecide);
  EXPECT_EQ(early.reason, Reason::kInternal);
}

// docs/decisions/0004: scopes of grants on one resource add up only under roles that include the operation.
TEST(Decide, AddsUpGrantsOfOneResource) {
  const World each_one = World()
                             .token({"read:jira-work", "write:jira-work"})
                             .bound("1")
                             .grant("1", {"read:jira-work"})
                             .grant("1", {"write:jira-work"});
  EXPECT_TRUE(each_one.decide("moveIssue", {touch("1")}).permitted());
  const World crossed = World()
                            .token({"read:jira-work", "write:jira-work"})
                            .bound("1")
                            .grant("1", {"read:jira-work"}, "administrator")
                            .grant("1", {"write:jira-work"}, "viewer");
  EXPECT_EQ(reason_of(crossed.decide("editIssue", {touch("1")})), Reason::kInsufficientScope);
  const World across = World()
                           .token({"read:jira-work", "write:jira-work"})
                           .bound("1")
                           .bound("2")
                           .grant("1", {"read:jira-work"})
                           .grant("2", {"write:jira-work"});
  EXPECT_FALSE(across.decide("moveIssue", {touch("1")}).permitted());
  EXPECT_FALSE(across.decide("moveIssue", {touch("2")}).permitted());
  EXPECT_FALSE(across.decide("moveIssue", {touch("1"), touch("2")}).permitted());
}

TEST(Decide, LetsAWholeSiteGrantAddUpWithAProjects) {
  const World world = World()
                          .token({"read:jira-work", "write:jira-work"})
                          .bound("1")
                          .grant("*", {"read:jira-work"})
                          .grant("1", {"write:jira-work"});
  EXPECT_TRUE(world.decide("moveIssue", {touch("1")}).permitted());
  EXPECT_EQ(reason_of(world.decide("getIssue", {touch("2")})), Reason::kOutsideBoundary);
}

TEST(Decide, TakesEitherAllClassicOrAllGranularScopes) {
  World world = World().bound("1").grant("1", {"read:jira-work", "read:issue:jira", "read:issue-meta:jira"});
  world.token({"read:issue:jira", "read:issue-meta:jira"});
  EXPECT_TRUE(world.decide("getIssue", {touch("1")}).permitted());
  world.token({"read:issue:jira"});
  EXPECT_FALSE(world.decide("getIssue", {touch("1")}).permitted());
  world.token({"write:issue:jira"});
  const Decision denied = world.early("getIssue");
  EXPECT_EQ(scope_names(denied.missing_scopes), std::vector<std::string>{"read:jira-work"});
}

TEST(Decide, HoldsTheRolesOfTokenAndEntryAndGrant) {
  for (const std::string role : {"viewer", "no-such-role"}) {
    World token = two_projects();
    token.role = role;
    EXPECT_EQ(reason_of(token.decide("editIssue", {touch("1")})), Reason::kRoleExcludesOperation);
    EXPECT_EQ(reason_of(token.early("editIssue")), Reason::kRoleExcludesOperation);
    World entry = two_projects();
    entry.boundary[0].role = role;
    EXPECT_EQ(reason_of(entry.decide("editIssue", {touch("1")})), Reason::kRoleExcludesOperation);
    World grant = two_projects();
    grant.grants[0].role = role;
    EXPECT_EQ(reason_of(grant.decide("editIssue", {touch("1")})), Reason::kRoleExcludesOperation);
  }
  World member = two_projects();
  member.role = "member";
  EXPECT_TRUE(member.decide("editIssue", {touch("1")}).permitted());
  EXPECT_EQ(reason_of(member.decide("deleteIssue", {touch("1")})), Reason::kRoleExcludesOperation);
}

TEST(Decide, ExcludesRestrictedContentUnlessTheGrantIncludesIt) {
  World world = two_projects();
  EXPECT_EQ(reason_of(world.decide("getIssue", {touch("1", true)})), Reason::kRestrictedContent);
  EXPECT_EQ(reason_of(world.decide("getIssue", {Touch{"1"}})), Reason::kRestrictedContent);
  world.grants[0].restricted = Restricted::kInclude;
  EXPECT_TRUE(world.decide("getIssue", {touch("1", true)}).permitted());
  EXPECT_FALSE(world.decide("getIssue", {touch("2", true)}).permitted());
  // A grant that includes restricted content lends that to no scope of another grant.
  World crossed = World()
                      .token({"read:jira-work", "write:jira-work"})
                      .bound("1")
                      .grant("1", {"read:jira-work"})
                      .grant("1", {"write:jira-work"});
  crossed.grants[0].restricted = Restricted::kInclude;
  EXPECT_TRUE(crossed.decide("getIssue", {touch("1", true)}).permitted());
  EXPECT_EQ(reason_of(crossed.decide("editIssue", {touch("1", true)})), Reason::kRestrictedContent);
}

ResourcePause pause_on(const std::string& id, PausedFor whom = PausedFor::kToken, std::optional<Instant> until = {}) {
  return {whom, "somebody", Resource{kSite, id, "K" + id}, Pause{"under repair", until, ResumeBy::kOrgAdmin}};
}

TEST(Decide, StopsAtAPausedResourceAndNowhereElse) {
  for (const PausedFor whom : {PausedFor::kToken, PausedFor::kAccount, PausedFor::kSite}) {
    World paused = two_projects();
    paused.pauses = {pause_on("1", whom)};
    EXPECT_EQ(reason_of(paused.decide("getIssue", {touch("1")})), Reason::kResourcePaused);
    EXPECT_TRUE(paused.decide("getIssue", {touch("2")}).permitted());
    EXPECT_EQ(reason_of(paused.decide("getIssue", {touch("2"), {"1", End::kTarget, false}})), Reason::kResourcePaused);
    EXPECT_TRUE(paused.early("getIssue").permitted()) << "the other one is open";
    const Permitted open = paused.permitted("getIssue");
    EXPECT_FALSE(open.permits("1", false));
    EXPECT_TRUE(open.permits("2", false));
    paused.pauses[0].pause.until = kNow;
    EXPECT_TRUE(paused.decide("getIssue", {touch("1")}).permitted()) << "its time has passed without anybody's doing";
  }
}

TEST(Decide, SaysWhichPauseStopsIt) {
  World paused = World().token({"read:jira-work"}).bound("1").grant("1", {"read:jira-work"});
  paused.pauses = {pause_on("1", PausedFor::kAccount, kNow + Duration(1000))};
  const Decision decision = paused.decide("getIssue", {touch("1")}, Explain::kYes);
  ASSERT_FALSE(decision.steps.empty());
  EXPECT_NE(decision.steps.back().detail.find("paused for this service account until"), std::string::npos)
      << decision.steps.back().detail;
  EXPECT_NE(decision.steps.back().detail.find("under repair"), std::string::npos);
  EXPECT_EQ(reason_of(paused.early("getIssue")), Reason::kResourcePaused);
}

TEST(Decide, KeepsAWholeSiteTokenOffWhatIsPaused) {
  World whole = World()
                    .token({"read:jira-work", "manage:jira-configuration"})
                    .bound("*")
                    .grant("*", {"read:jira-work", "manage:jira-configuration"});
  whole.grants[0].restricted = Restricted::kInclude;
  EXPECT_TRUE(whole.permitted("getIssue").unconfined());
  EXPECT_TRUE(whole.early("createStatuses").permitted());
  whole.pauses = {pause_on("1")};
  const Permitted open = whole.permitted("getIssue");
  EXPECT_FALSE(open.unconfined()) << "answers have to be looked through now";
  EXPECT_FALSE(open.permits("1", true));
  EXPECT_TRUE(open.permits("2", true));
  EXPECT_EQ(reason_of(whole.decide("getIssue", {touch("1")})), Reason::kResourcePaused);
  EXPECT_TRUE(whole.decide("getIssue", {touch("2")}).permitted());
  EXPECT_EQ(reason_of(whole.early("createStatuses")), Reason::kResourcePaused) << "it reaches the paused part too";
  whole.pauses = {pause_on("*", PausedFor::kSite)};
  EXPECT_EQ(reason_of(whole.early("getIssue")), Reason::kResourcePaused);
}

TEST(Decide, BoundsWhatWasProposedWhenItsTimeHasCome) {
  World whole = World().token({"read:jira-work"}).bound("*").grant("*", {"read:jira-work"});
  whole.grants[0].restricted = Restricted::kInclude;
  whole.proposed = {{{kSite, "1", "K1"}, ""}};
  whole.propose_until = kNow + Duration(1);
  EXPECT_TRUE(whole.permitted("getIssue").unconfined());
  EXPECT_TRUE(whole.decide("getIssue", {touch("2")}).permitted());
  whole.now = kNow + Duration(1);
  EXPECT_EQ(reason_of(whole.decide("getIssue", {touch("2")})), Reason::kOutsideBoundary);
  EXPECT_TRUE(whole.decide("getIssue", {touch("1")}).permitted());
  const Permitted open = whole.permitted("getIssue");
  EXPECT_FALSE(open.whole_site);
  EXPECT_TRUE(open.permits("1", true));
}

TEST(Decide, NamesWhatAGrantLacks) {
  World waiting = two_projects();
  waiting.grants.clear();
  EXPECT_EQ(reason_of(waiting.early("getIssue")), Reason::kWaitingForGrant);
  EXPECT_EQ(reason_of(waiting.decide("getIssue", {touch("1")})), Reason::kWaitingForGrant);
  World paused = two_projects();
  paused.grants[0].state = State::kPaused;
  EXPECT_EQ(reason_of(paused.decide("getIssue", {touch("1")})), Reason::kGrantPaused);
  paused.grants[0].pause.until = kNow;
  EXPECT_TRUE(paused.decide("getIssue", {touch("1")}).permitted());
  World unbacked = two_projects();
  unbacked.grants[0].backing = Backing::kUnbacked;
  EXPECT_EQ(reason_of(unbacked.decide("getIssue", {touch("1")})), Reason::kGrantUnbacked);
  unbacked.grants[0].backing = Backing::kInGrace;
  EXPECT_EQ(reason_of(unbacked.decide("getIssue", {touch("1")})), Reason::kGrantUnbacked) << "a grace without an end";
  unbacked.grants[0].grace_ends_at = kNow + Duration(1);
  EXPECT_TRUE(unbacked.decide("getIssue", {touch("1")}).permitted());
  unbacked.grants[0].grace_ends_at = kNow;
  EXPECT_EQ(reason_of(unbacked.decide("getIssue", {touch("1")})), Reason::kGrantUnbacked);
  World foreign = two_projects();
  foreign.grants[0].account = AccountId("dddddddddddddddd");
  EXPECT_EQ(reason_of(foreign.decide("getIssue", {touch("1")})), Reason::kWaitingForGrant);
}

TEST(Decide, ChecksStateBeforeAnythingElse) {
  const auto expect = [](Reason reason, auto&& change) {
    World world = two_projects();
    change(world);
    EXPECT_EQ(reason_of(world.early("getIssue")), reason) << to_string(reason);
    EXPECT_EQ(reason_of(world.decide("getIssue", {touch("1")})), reason) << to_string(reason);
  };
  expect(Reason::kPermitted, [](World&) {});
  expect(Reason::kRevoked, [](World& world) { world.state = State::kRevoked; });
  expect(Reason::kRevoked, [](World& world) { world.state = State::kArchived; });
  expect(Reason::kRevoked, [](World& world) { world.withdrawn = true; });
  expect(Reason::kTokenPaused, [](World& world) { world.state = State::kPaused; });
  expect(Reason::kPermitted, [](World& world) {
    world.state = State::kPaused;
    world.paused_until = kNow;
  });
  expect(Reason::kExpired, [](World& world) { world.expires_at = kNow; });
  expect(Reason::kPermitted, [](World& world) { world.expires_at = kNow + Duration(1); });
  expect(Reason::kAccountPaused, [](World& world) { world.account.state = State::kPaused; });
  expect(Reason::kRevoked, [](World& world) { world.account.state = State::kArchived; });
  expect(Reason::kSitePaused, [](World& world) { world.site.state = State::kPaused; });
  expect(Reason::kWrongSite, [](World& world) { world.site.state = State::kRevoked; });
  expect(Reason::kWrongSite, [](World& world) { world.site.id = kOtherSite; });
  expect(Reason::kInvalidToken, [](World& world) { world.kind = CredentialKind::kExternal; });
  expect(Reason::kInvalidToken, [](World& world) { world.kind = CredentialKind::kApp; });
  expect(Reason::kPermitted, [](World& world) { world.allow_ips = {parse_network("10.0.0.0/8").value()}; });
  expect(Reason::kAddressNotAllowed, [](World& world) { world.allow_ips = {parse_network("10.0.0.0/16").value()}; });
}

TEST(Decide, KeepsBoundedTokensFromTheSiteAsAWhole) {
  World world = two_projects();
  world.token({"read:jira-work", "read:jira-user", "manage:jira-configuration"});
  world.grants[0].scopes = world.token_scopes;
  EXPECT_TRUE(world.decide("getStatuses", {}).permitted());
  EXPECT_TRUE(world.decide("search", {}).permitted());
  EXPECT_EQ(reason_of(world.early("createStatuses")), Reason::kOperationRefused);
  EXPECT_EQ(reason_of(world.early("evaluate")), Reason::kOperationRefused);
  EXPECT_EQ(reason_of(world.early("internal")), Reason::kOperationRefused);
  // The boundary alone makes no whole-site token.
  world.bound("*");
  EXPECT_EQ(reason_of(world.decide("evaluate", {})), Reason::kOperationRefused);
  EXPECT_EQ(reason_of(world.decide("createStatuses", {})), Reason::kOperationRefused);
}

TEST(Decide, OpensTheSiteToAWholeSiteGrant) {
  World world = World()
                    .token({"read:jira-work", "write:jira-work", "manage:jira-configuration"})
                    .bound("*")
                    .grant("*", {"read:jira-work", "write:jira-work", "manage:jira-configuration"});
  EXPECT_TRUE(world.decide("createStatuses", {}).permitted());
  EXPECT_TRUE(world.decide("editIssue", {touch("77")}).permitted());
  EXPECT_EQ(reason_of(world.decide("evaluate", {})), Reason::kOperationRefused) << "it could reach restricted content";
  EXPECT_EQ(reason_of(world.decide("editIssue", {})), Reason::kOutsideBoundary);
  world.grants[0].restricted = Restricted::kInclude;
  EXPECT_TRUE(world.decide("evaluate", {}).permitted());
  EXPECT_TRUE(world.decide("editIssue", {}, Explain::kNo, false).permitted()) << "nothing to locate";
  EXPECT_EQ(reason_of(world.decide("internal", {})), Reason::kOperationRefused) << "no known scopes";
}

TEST(Decide, AsksForDirectory) {
  World world = World().token({"read:jira-user"}).bound("1").grant("1", {"read:jira-user"});
  EXPECT_EQ(reason_of(world.early("findUsers")), Reason::kOperationRefused);
  world.grants[0].directory = true;
  EXPECT_TRUE(world.early("findUsers").permitted());
  EXPECT_TRUE(world.decide("findUsers", {}).permitted());
  EXPECT_TRUE(allows_directory(operation("findUsers"), *world.credential(), world.facts(), kNow));
  EXPECT_FALSE(allows_directory(operation("getIssue"), *world.credential(), world.facts(), kNow));
}

TEST(Decide, ExplainsStepByStep) {
  const Decision decision = two_projects().decide("editIssue", {touch("1"), {"2", End::kFar, false}}, Explain::kYes);
  std::vector<std::string> names;
  for (const DecisionStep& step : decision.steps) names.push_back(step.name + (step.passed ? " passed" : " failed"));
  EXPECT_EQ(names, (std::vector<std::string>{"token passed", "account passed", "site passed", "address passed", "boundary passed",
                                             "operation passed", "scope passed", "role passed", "grant passed", "grant failed"}));
  EXPECT_EQ(decision.steps.back().detail, "acme/K2 (far end): token and grant together lack write:jira-work");
  EXPECT_TRUE(two_projects().decide("editIssue", {touch("1")}).steps.empty());
}

TEST(Permitted, ListsWhereTheOperationIsPermitted) {
  World world = two_projects();
  world.grants[1].restricted = Restricted::kInclude;
  Permitted permitted;
  const auto credential = world.credential();
  permitted_resources(operation("getIssue"), *credential, world.facts(), kNow, permitted);
  EXPECT_FALSE(permitted.whole_site);
  ASSERT_EQ(permitted.resources.size(), 2u);
  EXPECT_TRUE(permitted.find("1")->exclude_restricted);
  EXPECT_FALSE(permitted.find("2")->exclude_restricted);
  EXPECT_EQ(permitted.find("1")->key, "K1");
  permitted_resources(operation("editIssue"), *credential, world.facts(), kNow, permitted);
  ASSERT_EQ(permitted.resources.size(), 1u);
  EXPECT_EQ(permitted.resources[0].id, "1");
  EXPECT_EQ(permitted.valid_until, Instant::max());
}

TEST(Permitted, IsValidUntilAGraceOrAPauseEnds) {
  World world = two_projects();
  world.grants[0].backing = Backing::kInGrace;
  world.grants[0].grace_ends_at = kNow + Duration(500);
  world.grants[1].state = State::kPaused;
  world.grants[1].pause.until = kNow + Duration(300);
  Permitted permitted;
  const auto credential = world.credential();
  permitted_resources(operation("getIssue"), *credential, world.facts(), kNow, permitted);
  EXPECT_EQ(permitted.valid_until, kNow + Duration(300));
  EXPECT_EQ(permitted.resources.size(), 1u);
  permitted_resources(operation("getIssue"), *credential, world.facts(), kNow + Duration(300), permitted);
  EXPECT_EQ(permitted.valid_until, kNow + Duration(500));
  EXPECT_EQ(permitted.resources.size(), 2u);
}

TEST(Decide, DeniesEveryZeroValue) {
  const auto denied = [](const World& world) {
    EXPECT_FALSE(world.early("getIssue").permitted());
    EXPECT_FALSE(world.decide("getIssue", {touch("1")}).permitted());
  };
  const World whole = two_projects();
  EXPECT_EQ(Decision().effect, Effect::kDeny);
  EXPECT_FALSE(Permitted().permits("1", false));
  EXPECT_FALSE(Permitted().permits("", false));
  EXPECT_FALSE(whole.decide("getIssue", {Touch{}}).permitted());
  const token::LiveCredential nothing;
  const std::vector<Touch> touches{touch("1")};
  EXPECT_FALSE(decide({operation("getIssue"), {}, touches, true}, nothing, whole.facts(), kNow).permitted());
  EXPECT_FALSE(decide_early({operation("getIssue"), {}, {}, true}, nothing, whole.facts(), kNow).permitted());
  Permitted permitted;
  permitted_resources(operation("getIssue"), nothing, whole.facts(), kNow, permitted);
  EXPECT_TRUE(permitted.empty());
  const catalogue::Operation unknown;
  const Request request{unknown, {}, touches, true};
  EXPECT_FALSE(decide(request, *whole.credential(), whole.facts(), kNow).permitted());

  const auto without = [&](auto&& change) {
    World world = two_projects();
    change(world);
    denied(world);
  };
  without([](World& world) { world.site = Site(); });
  without([](World& world) {
    // An empty site id on both sides is no match.
    world.site = Site();
    for (BoundaryEntry& entry : world.boundary) entry.resource.site = SiteId();
    for (Grant& grant : world.grants) grant.resource.site = SiteId();
  });
  without([](World& world) { world.account = ServiceAccount(); });
  without([](World& world) { world.grants = {Grant(), Grant()}; });
  without([](World& world) { world.boundary = {BoundaryEntry(), BoundaryEntry()}; });
  without([](World& world) { world.token_scopes = ScopeSet(); });
  without([](World& world) { world.state = State(); });
  without([](World& world) { world.kind = CredentialKind(); });
  without([](World& world) { world.account.state = State(); });
  without([](World& world) { world.site.state = State(); });
  without([](World& world) {
    for (Grant& grant : world.grants) grant.backing = Backing();
  });
  without([](World& world) {
    for (Grant& grant : world.grants) grant.state = State();
  });
  without([](World& world) {
    for (Grant& grant : world.grants) grant.scopes = ScopeSet();
  });
}

}  // namespace
}  // namespace gatehouse::policy
