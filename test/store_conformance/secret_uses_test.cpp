// Who uses a secret: calls add up by place, and places are bounded.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class SecretUses : public StoreTest {
 protected:
  store::SecretUse use(const std::string& address, std::int64_t calls, Duration later = {}) const {
    return {SecretId("s"), true, address, "curl", CredentialId("c"), clock_.now() + later, clock_.now() + later, calls};
  }
  std::vector<store::SecretUse> stored() {
    return database_->read().value()->secret_uses.of_credential(CredentialId("c")).value();
  }
};

TEST_P(SecretUses, AddUpByPlace) {
  ASSERT_TRUE(database_->record_secret_uses({use("192.0.2.1", 2), use("192.0.2.2", 1, 1min)}, Instant{}));
  ASSERT_TRUE(database_->record_secret_uses({use("192.0.2.1", 3, 1h)}, Instant{}));
  const auto uses = stored();
  ASSERT_THAT(uses, SizeIs(2));
  EXPECT_EQ(uses[0].address, "192.0.2.1") << "the latest first";
  EXPECT_EQ(uses[0].calls, 5);
  EXPECT_EQ(uses[0].first_at, clock_.now());
  EXPECT_EQ(uses[0].last_at, clock_.now() + 1h);
  EXPECT_EQ(uses[0].user_agent, "curl");
  EXPECT_EQ(uses[0].secret, SecretId("s"));
  EXPECT_TRUE(uses[0].dead);
  ASSERT_TRUE(database_->record_secret_uses({}, clock_.now() + 2h));
  EXPECT_THAT(stored(), IsEmpty()) << "what is old goes";
}

TEST_P(SecretUses, AreBoundedHoweverManyPlacesThereAre) {
  std::vector<store::SecretUse> many;
  for (int i = 0; i < 200; ++i) many.push_back(use("10.0.0." + std::to_string(i), 1));
  ASSERT_TRUE(database_->record_secret_uses(many, Instant{}));
  const auto uses = stored();
  EXPECT_THAT(uses, SizeIs(store::SecretUses::kMostPlaces + 1));
  std::int64_t calls = 0;
  for (const store::SecretUse& one : uses) calls += one.calls;
  EXPECT_EQ(calls, 200) << "none is lost, only where it came from";
}

GATEHOUSE_ON_BOTH(SecretUses);

}  // namespace
}  // namespace gatehouse::test
