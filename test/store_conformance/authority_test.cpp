// Approvals, handovers, what files own, and what a person may see in lists.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class Authority : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped()) return;
    owner = add_user("o@example.com");
    other = add_user("x@example.com");
    site = add_site("acme");
    account = add_account("bot", owner.id);
    token = credential(account.id, other.id, site);
    ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(token); }));
  }
  store::Reader read() { return database_->read().value(); }
  template <class Listed>
  static std::vector<std::string> ids(const Listed& listed) {
    std::vector<std::string> all;
    for (const auto& one : listed.value().items) all.push_back(one.value.id.value);
    return all;
  }

  User owner, other;
  Site site;
  ServiceAccount account;
  Credential token;
};

TEST_P(Authority, ApprovalsRoundTripAndAreDecidedOnce) {
  store::Approval approval;
  approval.id = "a1";
  approval.kind = "token";
  approval.subject = token.id.value;
  approval.scopes.add(register_scope("write:jira-work").value());
  approval.asked_by = owner.id;
  approval.asked_at = clock_.now();
  approval.expires_at = clock_.now() + 24h;
  ASSERT_TRUE(commit([&](auto& work) { return work->approvals.insert(approval); }));
  const auto stored = read()->approvals.get("a1").value();
  EXPECT_EQ(stored.scopes, approval.scopes);
  EXPECT_EQ(stored.asked_by, owner.id);
  EXPECT_TRUE(stored.decided_by.empty());
  EXPECT_FALSE(stored.decided_at);
  EXPECT_THAT(read()->approvals.list(false).value(), SizeIs(1));
  approval.decision = store::ApprovalDecision::kDenied;
  approval.decided_by = other.id;
  approval.decided_at = clock_.now() + 1h;
  approval.reason = "no";
  ASSERT_TRUE(commit([&](auto& work) { return work->approvals.decide(approval); }));
  EXPECT_EQ(commit([&](auto& work) { return work->approvals.decide(approval); }).error().code, Errc::kConflict);
  EXPECT_THAT(read()->approvals.list(false).value(), IsEmpty());
  const auto all = read()->approvals.list(true).value();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].decision, store::ApprovalDecision::kDenied);
  EXPECT_EQ(all[0].decided_at, approval.decided_at);
  EXPECT_EQ(all[0].reason, "no");
  EXPECT_EQ(read()->approvals.get("a2").error().code, Errc::kNotFound);
}

TEST_P(Authority, HandoversRoundTripAndEndOnce) {
  store::Handover handover;
  handover.id = "h1";
  handover.credential = token.id;
  handover.recipient = "x@example.com";
  handover.user = other.id;
  handover.made_by = owner.id;
  handover.hash = "hash";
  handover.code_hash = "code";
  handover.sealed_secret = "s1.1.abc";
  handover.created_at = clock_.now();
  handover.expires_at = clock_.now() + 24h;
  store::Handover outsider = handover;
  outsider.id = "h2";
  outsider.user = {};
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->handovers.insert(handover));
    GH_TRYV(work->handovers.insert(outsider));
    return work->handovers.count_wrong_code("h2");
  }));
  EXPECT_EQ(read()->handovers.get("h1").value().user, other.id);
  EXPECT_TRUE(read()->handovers.get("h2").value().user.empty());
  EXPECT_EQ(read()->handovers.get("h2").value().wrong_codes, 1);
  EXPECT_THAT(read()->handovers.open().value(), SizeIs(2));
  EXPECT_THAT(read()->handovers.of_credential(token.id).value(), SizeIs(2));
  ASSERT_TRUE(commit([&](auto& work) { return work->handovers.end("h1", clock_.now(), true); }));
  EXPECT_EQ(commit([&](auto& work) { return work->handovers.end("h1", clock_.now(), true); }).error().code, Errc::kConflict);
  ASSERT_TRUE(commit([&](auto& work) { return work->handovers.end("h2", clock_.now(), false); }));
  EXPECT_TRUE(read()->handovers.get("h1").value().taken_at);
  EXPECT_EQ(read()->handovers.get("h1").value().sealed_secret, "");
  EXPECT_FALSE(read()->handovers.get("h2").value().taken_at);
  EXPECT_TRUE(read()->handovers.get("h2").value().ended_at);
  EXPECT_THAT(read()->handovers.open().value(), IsEmpty());
}

TEST_P(Authority, OneLabelOwnsARecord) {
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->applied.put("token", "t1", "one"));
    GH_TRYV(work->applied.put("token", "t1", "two"));
    return work->applied.put("grant", "g1", "two");
  }));
  EXPECT_EQ(read()->applied.label_of("token", "t1").value(), "two");
  EXPECT_EQ(read()->applied.label_of("token", "t2").value(), "");
  EXPECT_THAT(read()->applied.of_label("one").value(), IsEmpty());
  EXPECT_THAT(read()->applied.of_label("two").value(), ElementsAre(Pair("grant", "g1"), Pair("token", "t1")));
  ASSERT_TRUE(commit([&](auto& work) { return work->applied.remove("grant", "g1"); }));
  EXPECT_THAT(read()->applied.of_label("two").value(), SizeIs(1));
}

TEST_P(Authority, ListsShowWhatAPersonMaySee) {
  const ServiceAccount theirs = add_account("theirs", other.id);
  Credential second = credential(theirs.id, other.id, site);
  second.boundary = {{Resource{site.id, "20000", "B"}, {}}};
  Credential whole = credential(theirs.id, other.id, site);
  whole.boundary = {{Resource{site.id, "*", "*"}, {}}};
  Grant grant;
  grant.id = new_id<GrantId>(random_);
  grant.account = theirs.id;
  grant.resource = Resource{site.id, "20000", "B"};
  grant.granted_by = other.id;
  grant.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->credentials.insert(second));
    GH_TRYV(work->credentials.insert(whole));
    return work->grants.insert(grant);
  }));
  const auto see = [&](const UserId& user, std::vector<Resource> administers) {
    const auto reader = read();
    store::Credentials::Filter credentials;
    store::Accounts::Filter accounts;
    store::Grants::Filter grants;
    credentials.sight = accounts.sight = grants.sight = store::Sight{user, std::move(administers)};
    return std::tuple{ids(reader->credentials.list(credentials, {})), ids(reader->accounts.list(accounts, {})),
                      ids(reader->grants.list(grants, {}))};
  };
  const User nobody = add_user("n@example.com");
  EXPECT_THAT(std::get<0>(see(nobody.id, {})), IsEmpty());
  EXPECT_THAT(std::get<1>(see(nobody.id, {})), IsEmpty());
  EXPECT_THAT(std::get<2>(see(nobody.id, {})), IsEmpty());
  EXPECT_THAT(std::get<0>(see(owner.id, {})), ElementsAre(token.id.value)) << "of the account that is owned";
  EXPECT_THAT(std::get<1>(see(owner.id, {})), ElementsAre(account.id.value));
  EXPECT_THAT(std::get<1>(see(other.id, {})), UnorderedElementsAre(account.id.value, theirs.id.value))
      << "the account of a token that is owned too";
  const auto [of_b, accounts_b, grants_b] = see(nobody.id, {Resource{site.id, "20000", "old name"}});
  EXPECT_THAT(of_b, UnorderedElementsAre(second.id.value, whole.id.value)) << "the whole site touches it";
  EXPECT_THAT(accounts_b, ElementsAre(theirs.id.value));
  EXPECT_THAT(grants_b, ElementsAre(grant.id.value));
  EXPECT_THAT(std::get<0>(see(nobody.id, {Resource{site.id, "*", "*"}})), SizeIs(3));
  EXPECT_THAT(std::get<0>(see(nobody.id, {Resource{SiteId("elsewhere"), "*", "*"}})), IsEmpty());
}

GATEHOUSE_ON_BOTH(Authority);

}  // namespace
}  // namespace gatehouse::test
