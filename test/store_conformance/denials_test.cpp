// What was refused: counted by kind, bounded, dropped when it is old, and for those alone whom it concerns.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class Denials : public StoreTest {
 protected:
  store::Denial denial(const std::string& operation, const std::string& request = "r", std::int64_t times = 1,
                       const std::string& credential = "c") const {
    return {CredentialId(credential),
            SiteId("s"),
            operation,
            "insufficient_scope",
            "A",
            "10000",
            times,
            clock_.now(),
            clock_.now(),
            request};
  }
  void record(const std::vector<store::Denial>& denials) {
    store::UsageBatch batch;
    batch.denials = denials;
    for (const store::Denial& one : denials) batch.decisions.push_back({one.request_id, one.last_at, one.credential, "{}"});
    const auto done = database_->record(batch);
    ASSERT_TRUE(done) << done.error().log_detail;
  }
  std::vector<store::Denial> listed(const store::Denials::Filter& filter = {}, int limit = 1000) {
    return database_->read().value()->denials.list(filter, limit).value();
  }
};

TEST_P(Denials, AddUpByKind) {
  record({denial("getIssue", "r1", 2), denial("doTransition", "r2")});
  clock_.advance(1h);
  record({denial("getIssue", "r3", 3)});
  const auto all = listed();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].operation, "getIssue") << "the latest first";
  EXPECT_EQ(all[0].count, 5);
  EXPECT_EQ(all[0].first_at + 1h, all[0].last_at);
  EXPECT_EQ(all[0].request_id, "r3");
  EXPECT_EQ(all[0].resource_id, "10000");
  EXPECT_THAT(listed({}, 1), SizeIs(1));
  store::Denials::Filter filter;
  filter.reason = "expired";
  EXPECT_THAT(listed(filter), IsEmpty());
  filter.reason = "insufficient_scope";
  filter.since = clock_.now();
  EXPECT_THAT(listed(filter), SizeIs(1));
  filter.credential = CredentialId("other");
  EXPECT_THAT(listed(filter), IsEmpty());
}

TEST_P(Denials, OfAKeyThatWasGivenToAnotherProjectStandAlone) {
  store::Denial before = denial("getIssue", "r1"), after = denial("getIssue", "r2");
  after.resource_id = "10009";
  record({before});
  record({after});
  EXPECT_THAT(listed(), SizeIs(2));
}

TEST_P(Denials, OfTwoNodesThatRefuseTheSameAddUp) {
  constexpr int kBatches = 40, kNodes = 2;
  std::vector<std::unique_ptr<store::Database>> nodes;
  for (int i = 0; i < kNodes; ++i) nodes.push_back(open());
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int node = 0; node < kNodes; ++node) {
    threads.emplace_back([&, node] {
      for (int i = 0; i < kBatches; ++i) {
        store::UsageBatch batch;
        // New kinds each time, in an order of each node's own.
        for (int kind = 0; kind < 5; ++kind) {
          const int turned = node == 0 ? kind : 4 - kind;
          batch.denials.push_back(denial("o" + std::to_string(i * 5 + turned), "r"));
        }
        if (!nodes[static_cast<std::size_t>(node)]->record(batch)) ++failed;
      }
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(failed, 0);
  std::int64_t sum = 0;
  for (const store::Denial& one : listed()) sum += one.count;
  EXPECT_EQ(sum, kBatches * kNodes * 5);
}

TEST_P(Denials, AreBoundedWhateverIsTried) {
  std::vector<store::Denial> many;
  for (int i = 0; i < 700; ++i) many.push_back(denial("operation" + std::to_string(i), "r" + std::to_string(i)));
  record(many);
  record({denial("operation3", "again"), denial("operation1", "elsewhere", 1, "d")});
  std::int64_t count = 0, rows = 0, folded = 0;
  for (const store::Denial& one : listed()) {
    if (one.credential != CredentialId("c")) continue;
    ++rows;
    count += one.count;
    if (one.operation.empty()) folded += one.count;
  }
  EXPECT_EQ(rows, store::Denials::kMostRows + 1);
  EXPECT_EQ(count, 701) << "none is lost, only of what kind it was";
  EXPECT_EQ(folded, 700 - store::Denials::kMostRows) << "one that is known stays a kind of its own";
}

TEST_P(Denials, GoWhenTheyAreOld) {
  record({denial("getIssue", "r1")});
  clock_.advance(store::Denials::kKept - 1h);
  record({denial("doTransition", "r2")});
  const auto drop = [&] {
    const auto done = database_->tend_usage([&](store::Rollups& rollups, const store::Repositories&) -> Result<void> {
      GH_TRYV(rollups.drop_old(clock_.now(), {}));
      return success();
    });
    ASSERT_TRUE(done) << done.error().log_detail;
  };
  drop();
  EXPECT_THAT(listed(), SizeIs(2));
  clock_.advance(2h);
  drop();
  const auto left = listed();
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].operation, "doTransition");
}

TEST_P(Denials, AreOfThosePeopleAlone) {
  const Site site = add_site("acme");
  const User owner = add_user("olga@example.com"), other = add_user("max@example.com");
  const ServiceAccount account = add_account("ci", owner.id);
  const Credential token = credential(account.id, owner.id, site);
  ASSERT_TRUE(commit([&](store::UnitOfWork& work) { return work->credentials.insert(token); }));
  store::Denial on_a = denial("getIssue", "r1", 1, token.id.value);
  on_a.site = site.id;
  store::Denial nowhere = on_a;
  nowhere.resource.clear();
  nowhere.resource_id.clear();
  store::Denial nobodys = denial("getIssue", "r2", 1, "");
  nobodys.site = site.id;
  record({on_a, nowhere, nobodys});
  const auto seen_by = [&](const User& who, std::vector<Resource> administers) {
    store::Denials::Filter filter;
    filter.sight = store::Sight{who.id, std::move(administers)};
    return listed(filter).size();
  };
  EXPECT_EQ(seen_by(owner, {}), 2U);
  EXPECT_EQ(seen_by(other, {}), 0U);
  EXPECT_EQ(seen_by(other, {{site.id, "10000", "A"}}), 1U) << "on their project, and not what was tried elsewhere";
  EXPECT_EQ(seen_by(other, {{site.id, "10001", "B"}}), 0U);
  EXPECT_EQ(seen_by(other, {{site.id, "*", "*"}}), 1U);
  EXPECT_THAT(listed(), SizeIs(3));
}

TEST_P(Denials, NameARequestOnlyAsLongAsItsDecisionIsKept) {
  store::UsageBatch batch;
  batch.denials = {denial("getIssue", "gone")};
  ASSERT_TRUE(database_->record(batch));
  EXPECT_EQ(listed().at(0).request_id, "");
}

GATEHOUSE_ON_BOTH(Denials);

}  // namespace
}  // namespace gatehouse::test
