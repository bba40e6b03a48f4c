// The table of who may do what, written down once more as a person would read it: a change of the table must be meant.
#include "policy/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace gatehouse::policy {
namespace {

using std::chrono::minutes;

constexpr Instant kNow{Duration(1'798'761'600'000)};

Principal person(UserRole role, SignedInBy by = SignedInBy::kAdminKey) {
  Principal who;
  who.user = UserId("u1");
  who.role = role;
  who.by = by;
  who.stepped_up_at = kNow;
  if (role == UserRole::kProjectAdmin) who.administers = {Resource{SiteId("s"), "10000", "A"}};
  return who;
}

struct Expected {
  Need need;
  int org_admin, auditor, project_admin, member;
};
constexpr int kTwo = kOwn | kTheirs;
const Expected kTable[] = {
    {Need::kNotDeclared, 0, 0, 0, 0},         {Need::kNothing, kAll, kAll, kAll, kAll}, {Need::kAnyKey, kOwn, kOwn, kOwn, kOwn},
    {Need::kAuditor, kAll, kAll, 0, 0},       {Need::kOrgAdmin, kAll, 0, 0, 0},         {Need::kGiveAuthority, kAll, 0, 0, 0},
    {Need::kSee, kAll, kAll, kTwo, kOwn},     {Need::kChangeOwn, kAll, 0, kOwn, kOwn},  {Need::kPause, kAll, 0, kTwo, kOwn},
    {Need::kGrant, kAll, 0, kTheirs, 0},      {Need::kEndGrant, kAll, 0, kTwo, kOwn},   {Need::kMakeToken, kAll, 0, kTwo, kOwn},
    {Need::kMakeSecret, kAll, 0, kOwn, kOwn}, {Need::kApprove, kAll, 0, kTheirs, 0},    {Need::kTake, kOwn, kOwn, kOwn, kOwn},
    {Need::kApply, kAll, 0, kTwo, kOwn}};

TEST(Authority, IsWhatTheTableSays) {
  EXPECT_EQ(std::size(kTable), rules().size() + 1);
  for (const Expected& one : kTable) {
    const auto word = rule_of(one.need).word;
    EXPECT_EQ(reach_of(one.need, person(UserRole::kOrgAdmin)), one.org_admin) << word;
    EXPECT_EQ(reach_of(one.need, person(UserRole::kAuditor)), one.auditor) << word;
    EXPECT_EQ(reach_of(one.need, person(UserRole::kProjectAdmin)), one.project_admin) << word;
    EXPECT_EQ(reach_of(one.need, person(UserRole::kMember)), one.member) << word;
    Principal host;
    host.by = SignedInBy::kHost;
    EXPECT_EQ(reach_of(one.need, host), one.org_admin) << word;
  }
}

TEST(Authority, NobodyMayDoNothing) {
  const Principal nobody;
  Principal posing = person(UserRole::kOrgAdmin, SignedInBy::kNobody);
  for (const Rule& rule : rules()) {
    EXPECT_EQ(check(rule.need, nobody, kNow).has_value(), rule.need == Need::kNothing) << rule.word;
    EXPECT_EQ(check(rule.need, posing, kNow).has_value(), rule.need == Need::kNothing) << rule.word;
  }
  EXPECT_FALSE(check(static_cast<Need>(200), person(UserRole::kOrgAdmin), kNow)) << "a number that is no need";
  EXPECT_FALSE(posing.covers(Resource{SiteId("s"), "10000", "A"}));
  EXPECT_FALSE(nobody.is(UserId()));
}

TEST(Authority, NamesTheMissingRole) {
  const auto missing = [](Need need, UserRole role) { return check(need, person(role), kNow).error().missing_role; };
  EXPECT_EQ(missing(Need::kOrgAdmin, UserRole::kProjectAdmin), "org-admin");
  EXPECT_EQ(missing(Need::kAuditor, UserRole::kMember), "auditor");
  EXPECT_EQ(missing(Need::kGrant, UserRole::kMember), "project-admin");
  EXPECT_EQ(missing(Need::kMakeToken, UserRole::kAuditor), "member");
}

TEST(Authority, ASessionMustStepUpWhereTheTableSaysSo) {
  Principal session = person(UserRole::kOrgAdmin, SignedInBy::kSession);
  for (const Rule& rule : rules()) {
    session.stepped_up_at = kNow - kStepUpFor;
    EXPECT_TRUE(check(rule.need, session, kNow)) << rule.word;
    for (const std::optional<Instant> at :
         {std::optional<Instant>(), std::optional(kNow - kStepUpFor - Duration(1)), std::optional(kNow + minutes(1))}) {
      session.stepped_up_at = at;
      const auto checked = check(rule.need, session, kNow);
      EXPECT_EQ(checked.has_value(), !rule.step_up) << rule.word;
      if (checked) continue;
      EXPECT_EQ(checked.error().missing_role, "step-up");
    }
  }
  Principal key = person(UserRole::kOrgAdmin);
  key.stepped_up_at.reset();
  EXPECT_TRUE(check(Need::kGiveAuthority, key, kNow)) << "a key was made by whoever stepped up";
}

TEST(Authority, CoversByIdsAndNeverByKeys) {
  const Principal who = person(UserRole::kProjectAdmin);
  EXPECT_TRUE(who.covers(Resource{SiteId("s"), "10000", "renamed"}));
  EXPECT_FALSE(who.covers(Resource{SiteId("s"), "10001", "A"})) << "the key was given to another project";
  EXPECT_FALSE(who.covers(Resource{SiteId("t"), "10000", "A"})) << "another site has that id too";
  EXPECT_FALSE(who.covers(Resource{SiteId("s"), "*", "*"}));
  EXPECT_FALSE(who.covers(Resource{SiteId("s"), "", ""}));
  Principal broken = who;
  broken.administers = {Resource{SiteId("s"), "", ""}};
  EXPECT_FALSE(broken.covers(Resource{SiteId("s"), "", ""})) << "no id is nobody's resource";
  Principal whole = who;
  whole.administers = {Resource{SiteId("s"), "*", "*"}};
  EXPECT_TRUE(whole.covers(Resource{SiteId("s"), "10001", "B"}));
  EXPECT_FALSE(whole.covers(Resource{SiteId("t"), "10001", "B"}));
}

TEST(Authority, AnAuditorChangesNothingWhateverElseTheyAre) {
  Principal who = person(UserRole::kAuditor);
  who.administers = {Resource{SiteId("s"), "10000", "A"}};
  EXPECT_FALSE(who.covers(who.administers.front()));
  for (const Rule& rule : rules()) {
    const bool reads = rule.need == Need::kNothing || rule.need == Need::kAuditor || rule.need == Need::kSee;
    const bool oneself = rule.need == Need::kAnyKey || rule.need == Need::kTake;
    EXPECT_EQ(reach_of(rule.need, who) != kNone, reads || oneself) << rule.word;
  }
}

TEST(Authority, WhoAdministersByTheSourceIsAProjectAdministratorInWhateverRole) {
  Principal who = person(UserRole::kMember);
  EXPECT_EQ(reach_of(Need::kGrant, who), kNone);
  who.administers = {Resource{SiteId("s"), "10000", "A"}};
  EXPECT_EQ(reach_of(Need::kGrant, who), kTheirs);
}

TEST(Authority, OneOfWhomTheSourceWasAskedNothingYetMayAskButCoversNothing) {
  Principal who = person(UserRole::kMember);
  who.known_to_source = true;
  EXPECT_EQ(reach_of(Need::kGrant, who), kTheirs);
  EXPECT_FALSE(who.covers(Resource{SiteId("s"), "10000", "A"}));
  EXPECT_FALSE(who.covers(Resource{SiteId("s"), "*", "*"}));
  EXPECT_FALSE(who.covers(Resource{SiteId(""), "", ""}));
  who.role = UserRole::kAuditor;
  EXPECT_EQ(reach_of(Need::kGrant, who), kNone);
}

}  // namespace
}  // namespace gatehouse::policy
