// Properties over random worlds: the decision is what a plain reading of the design says, and taking away never gives.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "test/policy/world.h"

namespace gatehouse::policy {
namespace {

/// RC_PARAMS of the environment wins.
const int kConfigured = setenv("RC_PARAMS", "max_success=300", 0);

const std::vector<std::string> kScopeNames{
    "read:jira-work",       "write:jira-work",   "read:issue:jira",           "write:issue:jira",
    "read:issue-meta:jira", "delete:issue:jira", "manage:jira-configuration", "read:jira-user"};
const std::vector<std::string> kOperationIds{"getIssue",    "editIssue",      "moveIssue", "deleteIssue", "search",
                                             "getStatuses", "createStatuses", "findUsers", "evaluate"};
/// From the widest to the narrowest.
const std::vector<std::string> kRoleChain{"", "administrator", "member", "viewer", "no-such-role"};

bool seldom() { return *rc::gen::weightedElement<bool>({{3, false}, {1, true}}); }

ScopeSet any_scopes() {
  // Much more often there than not: worlds that deny everything prove little.
  std::vector<std::string> names;
  for (const std::string& name : kScopeNames) {
    if (!seldom()) names.push_back(name);
  }
  return scopes(names);
}

std::string any_role() {
  return *rc::gen::weightedElement<std::string>(
      {{12, ""}, {2, "administrator"}, {2, "member"}, {2, "viewer"}, {1, "no-such-role"}});
}
std::string any_id() { return *rc::gen::weightedElement<std::string>({{3, "1"}, {3, "2"}, {1, "3"}, {1, "*"}}); }
SiteId any_site() { return *rc::gen::weightedElement<SiteId>({{15, kSite}, {1, kOtherSite}}); }

World any_world() {
  World world;
  world.token_scopes = any_scopes();
  world.role = any_role();
  const int entries = *rc::gen::element(0, 1, 2, 3, 4);
  for (int i = 0; i < entries; ++i) world.boundary.push_back({{any_site(), any_id(), "K"}, any_role()});
  const int grants = *rc::gen::element(1, 2, 3, 4, 5, 6);
  for (int i = 0; i < grants; ++i) {
    Grant grant;
    grant.account = kAccount;
    grant.resource = {any_site(), any_id(), "K"};
    grant.scopes = any_scopes();
    grant.role = any_role();
    grant.directory = *rc::gen::arbitrary<bool>();
    grant.restricted = *rc::gen::element(Restricted::kExclude, Restricted::kInclude);
    grant.backing = *rc::gen::weightedElement<Backing>({{8, Backing::kBacked}, {1, Backing::kInGrace}, {1, Backing::kUnbacked}});
    if (*rc::gen::arbitrary<bool>()) grant.grace_ends_at = kNow + Duration(*rc::gen::inRange(-2, 3));
    grant.state = *rc::gen::weightedElement<State>({{8, State::kLive}, {1, State::kPaused}, {1, State::kRevoked}});
    world.grants.push_back(std::move(grant));
  }
  return world;
}

std::vector<std::string> any_ids() {
  const int count = *rc::gen::weightedElement<int>({{1, 0}, {6, 1}, {3, 2}, {1, 3}});
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(*rc::gen::weightedElement<std::string>({{8, "1"}, {6, "2"}, {2, "3"}, {1, ""}}));
  return ids;
}

std::vector<Touch> touches_of(const std::vector<std::string>& ids, bool restricted) {
  std::vector<Touch> touches;
  for (const std::string& id : ids) touches.push_back(touch(id, restricted));
  return touches;
}

// The plain reading, with sets of names and no short cuts.
using Names = std::set<std::string>;

Names names_of(const ScopeSet& set) {
  const auto list = scope_names(set);
  return {list.begin(), list.end()};
}

bool role_has(const std::string& role, std::string_view operation_id) {
  if (role.empty()) return true;
  const catalogue::AccessRole* known = test_catalogue().role(role);
  return known != nullptr && known->operations[operation(operation_id).index];
}

bool expected_on(const World& world, const std::string& operation_id, const std::string& id, bool restricted) {
  const catalogue::Operation& wanted = operation(operation_id);
  bool entry_ok = false;
  for (const BoundaryEntry& entry : world.boundary) {
    const bool names_it = entry.resource.site == kSite && (entry.resource.id == id || entry.resource.id == "*");
    entry_ok = entry_ok || (names_it && role_has(entry.role, operation_id));
  }
  if (id.empty() || !entry_ok || !role_has(world.role, operation_id)) return false;
  Names have;
  for (const Grant& grant : world.grants) {
    const bool names_it = grant.resource.site == kSite && (grant.resource.id == id || grant.resource.id == "*");
    const bool backed = grant.backing == Backing::kBacked ||
                        (grant.backing == Backing::kInGrace && grant.grace_ends_at && *grant.grace_ends_at > kNow);
    const bool counts = names_it && backed && grant.state == State::kLive && role_has(grant.role, operation_id);
    if (!counts || (restricted && grant.restricted != Restricted::kInclude)) continue;
    for (const std::string& name : names_of(grant.scopes)) {
      if (names_of(world.token_scopes).contains(name)) have.insert(name);
    }
  }
  const auto lie_in = [&have](const ScopeSet& set) {
    for (const std::string& name : names_of(set)) {
      if (!have.contains(name)) return false;
    }
    return true;
  };
  return (wanted.has_classic && lie_in(wanted.classic)) || (wanted.has_granular && lie_in(wanted.granular));
}

TEST(DecideProperties, IsThePlainReadingForEachTouchedResource) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const std::string id = *rc::gen::element<std::string>("getIssue", "editIssue", "moveIssue", "deleteIssue");
    const std::vector<std::string> ids = any_ids();
    const bool restricted = seldom();
    bool expected = !ids.empty();
    for (const std::string& resource : ids) expected = expected && expected_on(world, id, resource, restricted);
    const bool unconfined = expected_on(world, id, "*", true);
    const bool permitted = world.decide(id, touches_of(ids, restricted)).permitted();
    RC_CLASSIFY(permitted);
    RC_ASSERT(permitted == (expected || (ids.empty() && unconfined)));
  }));
}

TEST(DecideProperties, NeverCrossesScopesAndResources) {
  EXPECT_TRUE(rc::check([] {
    // Scopes are split at random between two projects; the token has them all.
    World world;
    world.token(kScopeNames).bound("1").bound("2").grant("1", {}).grant("2", {});
    for (Grant& grant : world.grants) grant.scopes = any_scopes();
    const std::string id = *rc::gen::elementOf(kOperationIds);
    const catalogue::Operation& wanted = operation(id);
    for (int i = 0; i < 2; ++i) {
      const bool covers = (wanted.has_classic && world.grants[i].scopes.includes(wanted.classic)) ||
                          (wanted.has_granular && world.grants[i].scopes.includes(wanted.granular));
      if (!covers) RC_ASSERT_FALSE(world.decide(id, {touch(i == 0 ? "1" : "2")}).permitted());
    }
  }));
}

std::string narrower(const std::string& role) {
  const auto at = std::find(kRoleChain.begin(), kRoleChain.end(), role);
  return at + 1 == kRoleChain.end() ? role : *(at + 1);
}

void remove_one(ScopeSet& set) {
  const auto list = set.list();
  if (!list.empty()) set.remove(*rc::gen::elementOf(list));
}

void narrow_grant(World& world) {
  if (world.grants.empty()) return;
  const auto at = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(world.grants.size())));
  Grant& grant = world.grants[at];
  switch (*rc::gen::inRange(0, 8)) {
    case 0: remove_one(grant.scopes); break;
    case 1: grant.role = narrower(grant.role); break;
    case 2: grant.state = State::kPaused; break;
    case 3: grant.backing = Backing::kUnbacked; break;
    case 4: grant.restricted = Restricted::kExclude; break;
    case 5: grant.directory = false; break;
    case 6: grant.account = AccountId("dddddddddddddddd"); break;
    default: world.grants.erase(world.grants.begin() + static_cast<std::ptrdiff_t>(at)); break;
  }
}

void narrow_boundary(World& world) {
  if (world.boundary.empty()) return;
  const auto at = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(world.boundary.size())));
  if (*rc::gen::arbitrary<bool>()) {
    world.boundary[at].role = narrower(world.boundary[at].role);
  } else {
    world.boundary.erase(world.boundary.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

/// Takes one thing away.
World narrowed(World world) {
  switch (*rc::gen::weightedElement<int>({{6, 0}, {4, 1}, {2, 2}, {2, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}})) {
    case 0: narrow_grant(world); break;
    case 1: narrow_boundary(world); break;
    case 2: remove_one(world.token_scopes); break;
    case 3: world.role = narrower(world.role); break;
    case 4: world.state = *rc::gen::element(State::kPaused, State::kRevoked, State::kArchived); break;
    case 5: world.account.state = *rc::gen::element(State::kPaused, State::kRevoked, State::kArchived); break;
    case 6: world.site.state = *rc::gen::element(State::kPaused, State::kRevoked); break;
    case 7: world.withdrawn = true; break;
    default: world.allow_ips = {parse_network("192.0.2.0/24").value()}; break;
  }
  return world;
}

TEST(DecideProperties, RemovingAnythingNeverPermitsMore) {
  EXPECT_TRUE(rc::check([] {
    const World before = any_world();
    const World after = narrowed(before);
    const auto held = before.credential();  // made once: `World::decide` makes one each time
    const auto left = after.credential();
    bool lost = false;
    for (const std::string& id : kOperationIds) {
      for (const std::vector<std::string>& ids : {std::vector<std::string>{}, {"1"}, {"2"}, {"1", "2"}}) {
        for (const bool restricted : {false, true}) {
          const std::vector<Touch> touches = touches_of(ids, restricted);
          const Request request{operation(id), before.address, touches, true};
          const bool then = decide(request, *held, before.facts(), before.now).permitted();
          const bool now = decide(request, *left, after.facts(), after.now).permitted();
          RC_ASSERT(then || !now);
          lost = lost || (then && !now);
        }
      }
      RC_ASSERT(before.early(id).permitted() || !after.early(id).permitted());
    }
    RC_CLASSIFY(lost);
  }));
}

TEST(DecideProperties, OneTouchMoreIsOneConditionMore) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const std::string id = *rc::gen::elementOf(kOperationIds);
    std::vector<std::string> ids = any_ids();
    RC_PRE(!ids.empty());
    const bool before = world.decide(id, touches_of(ids, false)).permitted();
    ids.push_back(*rc::gen::element<std::string>("1", "2"));
    RC_ASSERT(before || !world.decide(id, touches_of(ids, false)).permitted());
  }));
}

TEST(DecideProperties, WhatIsPermittedWasPermittedEarly) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const std::string id = *rc::gen::elementOf(kOperationIds);
    if (world.decide(id, touches_of(any_ids(), seldom())).permitted()) RC_ASSERT(world.early(id).permitted());
  }));
}

TEST(DecideProperties, TheListOfResourcesAgreesWithTheDecision) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const std::string id = *rc::gen::element<std::string>("getIssue", "editIssue", "moveIssue", "deleteIssue");
    const auto credential = world.credential();
    Permitted permitted;
    permitted_resources(operation(id), *credential, world.facts(), kNow, permitted);
    for (const std::string resource : {"1", "2", "3", "4", ""}) {
      for (const bool restricted : {false, true}) {
        RC_ASSERT(permitted.permits(resource, restricted) == world.decide(id, {touch(resource, restricted)}).permitted());
      }
    }
    RC_ASSERT(permitted.empty() != world.early(id).permitted());
    RC_ASSERT(permitted.directory == allows_directory(operation(id), *credential, world.facts(), kNow));
  }));
}

TEST(DecideProperties, ExplainingChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const std::string id = *rc::gen::elementOf(kOperationIds);
    const auto touches = any_ids();
    const Decision plain = world.decide(id, touches_of(touches, false));
    const Decision explained = world.decide(id, touches_of(touches, false), Explain::kYes);
    RC_ASSERT(plain.effect == explained.effect);
    RC_ASSERT(plain.reason == explained.reason);
    RC_ASSERT(plain.missing_scopes == explained.missing_scopes);
    RC_ASSERT(plain.resource == explained.resource);
    RC_ASSERT(plain.steps.empty());
    RC_ASSERT(!explained.steps.empty());
    RC_ASSERT(explained.steps.back().passed == explained.permitted());
  }));
}

}  // namespace
}  // namespace gatehouse::policy
