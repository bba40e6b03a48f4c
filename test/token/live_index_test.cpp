#include "token/live_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gatehouse::token {
namespace {

Key key_of(const std::string& prefix, int number) {
  const std::string digits = std::to_string(number);
  return *to_key(prefix + std::string(kIdLength - prefix.size() - digits.size(), '0') + digits);
}

std::shared_ptr<LiveCredential> make(int number, int secrets = 1) {
  auto credential = std::make_shared<LiveCredential>();
  credential->id = key_of("cred", number);
  credential->state = State::kLive;
  for (int i = 0; i < secrets; ++i) {
    credential->secrets[static_cast<std::size_t>(i)].id = key_of("sec" + std::to_string(i), number);
    credential->secrets[static_cast<std::size_t>(i)].state = i == 0 ? SecretState::kCurrent : SecretState::kPending;
  }
  return credential;
}

TEST(LiveIndex, FindsEachLiveSecretOfACredential) {
  LiveIndex index(1);
  const auto credential = make(1, 2);
  index.put(credential, false);
  const Found current = index.find(as_view(credential->secrets[0].id));
  const Found pending = index.find(as_view(credential->secrets[1].id));
  EXPECT_EQ(current.credential, credential);
  EXPECT_EQ(pending.credential, credential);
  EXPECT_EQ(current.secret, &credential->secrets[0]);
  EXPECT_EQ(pending.secret, &credential->secrets[1]);
  EXPECT_FALSE(index.find("sec00000000000000").credential);
  EXPECT_FALSE(index.find("").credential);
}

TEST(LiveIndex, RetiredSecretsAreNotFound) {
  LiveIndex index(1);
  const auto credential = make(1);
  credential->secrets[1].id = key_of("old", 1);
  index.put(credential, false);
  EXPECT_FALSE(index.find(as_view(credential->secrets[1].id)).credential);
}

TEST(LiveIndex, RemovalIsInForceOnReturnAndMarksWhatIsUnderWay) {
  LiveIndex index(1);
  const auto credential = make(1);
  index.put(credential, false);
  const Found under_way = index.find(as_view(credential->secrets[0].id));
  index.remove(credential->id);
  EXPECT_FALSE(index.find(as_view(credential->secrets[0].id)).credential);
  EXPECT_TRUE(under_way.credential->withdrawn);
  EXPECT_FALSE(under_way.credential->live(Instant{}));
  EXPECT_EQ(index.size(), 0U);
}

TEST(LiveIndex, ReplacementWithdrawsTheOldOneOnlyWhereAsked) {
  LiveIndex index(1);
  const auto first = make(1);
  const auto second = make(1, 2);
  const auto third = make(1);
  index.put(first, false);
  index.put(second, false);
  EXPECT_FALSE(first->withdrawn);
  index.put(third, true);
  EXPECT_TRUE(second->withdrawn);
  EXPECT_EQ(index.find(as_view(third->secrets[0].id)).credential, third);
  EXPECT_FALSE(index.find(as_view(second->secrets[1].id)).credential) << "its second secret is gone with it";
  EXPECT_EQ(index.size(), 1U);
}

TEST(LiveIndex, AssignWithdrawsWhatIsNotGivenAgain) {
  LiveIndex index(1);
  const auto kept = make(1);
  const auto gone = make(2);
  index.assign({kept, gone});
  index.assign({kept});
  EXPECT_FALSE(kept->withdrawn);
  EXPECT_TRUE(gone->withdrawn);
  EXPECT_TRUE(index.find(as_view(kept->secrets[0].id)).credential);
  EXPECT_FALSE(index.find(as_view(gone->secrets[0].id)).credential);
}

TEST(LiveIndex, AZeroedCredentialIsNotLive) { EXPECT_FALSE(LiveCredential().live(Instant{})); }

TEST(LiveIndex, ReadersSeeWholeTablesWhileItIsWritten) {
  LiveIndex index(2);
  std::vector<LiveCredentialPtr> all;
  for (int i = 0; i < 500; ++i) all.push_back(make(i));
  index.assign(all);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (unsigned reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      while (!stop) {
        // Even ones are never touched, so that they must always be there.
        for (int i = 0; i < 500; i += 2) {
          if (!index.find(as_view(key_of("sec0", i))).credential) ++wrong;
        }
        index.pass(reader);
      }
    });
  }
  for (int round = 0; round < 20; ++round) {
    for (int i = 1; i < 500; i += 50) index.remove(key_of("cred", i));
    for (int i = 1; i < 500; i += 50) index.put(make(i), true);
  }
  stop = true;
  for (auto& thread : readers) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(index.size(), 500U);
}

}  // namespace
}  // namespace gatehouse::token
