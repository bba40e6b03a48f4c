// How people sign in: what is written is what is read, and what works once works once, on both databases.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;

class SignInStore : public StoreTest {
 protected:
  store::Reader read() { return database_->read().value(); }
  store::LoginSession session(const User& user, const std::string& id) {
    store::LoginSession out;
    out.id = id;
    out.user = user.id;
    out.hash = "h1.1.x";
    out.way = "password";
    out.created_at = out.seen_at = out.proved_at = clock_.now();
    out.ends_at = clock_.now() + 12h;
    out.address = "2001:db8::1";
    out.user_agent = "\xf0\x9f\x94\x91 'agent'";
    return out;
  }
};

TEST_P(SignInStore, LoginsRoundTripAndAreReplaced) {
  const User user = add_user("eva@example.com");
  EXPECT_TRUE(read()->sign_in.login(user.id).value().sealed_password.empty());
  EXPECT_FALSE(read()->sign_in.anybody().value());
  store::Login login{user.id, "s1.1.a", clock_.now(), "s1.1.b", 7, {"h1.1.x", "h1.1.y"}};
  ASSERT_TRUE(commit([&](auto& work) { return work->sign_in.set_login(login); }));
  login.recovery_hashes.pop_back();
  login.sealed_code_key.clear();
  ASSERT_TRUE(commit([&](auto& work) { return work->sign_in.set_login(login); }));
  const auto stored = read()->sign_in.login(user.id).value();
  EXPECT_EQ(stored.sealed_password, "s1.1.a");
  EXPECT_EQ(stored.password_set_at, login.password_set_at);
  EXPECT_EQ(stored.sealed_code_key, "");
  EXPECT_EQ(stored.recovery_hashes, login.recovery_hashes);
  EXPECT_TRUE(read()->sign_in.anybody().value());
}

TEST_P(SignInStore, ACodesStepOnlyRises) {
  const User user = add_user("eva@example.com");
  ASSERT_TRUE(commit([&](auto& work) { return work->sign_in.set_login({user.id, "", {}, "key", 10, {}}); }));
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    EXPECT_FALSE(work->sign_in.take_code_step(user.id, 10).value());
    EXPECT_TRUE(work->sign_in.take_code_step(user.id, 11).value());
    EXPECT_FALSE(work->sign_in.take_code_step(user.id, 11).value());
    return success();
  }));
}

TEST_P(SignInStore, SessionsEnd) {
  const User eva = add_user("eva@example.com");
  const User max = add_user("max@example.com");
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    for (const char* id : {"session000000001", "session000000002", "session000000003"}) {
      GH_TRYV(work->sign_in.insert_session(session(eva, id)));
    }
    return work->sign_in.insert_session(session(max, "session000000004"));
  }));
  const auto stored = read()->sign_in.session("session000000001").value();
  EXPECT_EQ(stored.user_agent, session(eva, "").user_agent);
  EXPECT_EQ(stored.ends_at, clock_.now() + 12h);
  EXPECT_FALSE(stored.ended_at);
  ASSERT_TRUE(commit([&](auto& work) { return work->sign_in.end_session(eva.id, "session000000001", clock_.now()); }));
  EXPECT_EQ(commit([&](auto& work) { return work->sign_in.end_session(eva.id, "session000000004", clock_.now()); }).error().code,
            Errc::kNotFound)
      << "another person's";
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    EXPECT_EQ(work->sign_in.end_sessions(eva.id, "session000000002", clock_.now()).value(), 1);
    return success();
  }));
  ASSERT_EQ(read()->sign_in.sessions(eva.id).value().size(), 1U);
  EXPECT_EQ(read()->sign_in.sessions(max.id).value().size(), 1U);
  ASSERT_TRUE(database_->tend_sign_in(
      [&](auto& sign_in, const auto&) { return sign_in.see_session("session000000002", clock_.now() + 5min); }));
  EXPECT_EQ(read()->sign_in.session("session000000002").value().seen_at, clock_.now() + 5min);
  ASSERT_TRUE(database_->tend_sign_in([&](auto& sign_in, const auto&) { return sign_in.forget_before(clock_.now() + 1h); }));
  EXPECT_EQ(read()->sign_in.session("session000000001").error().code, Errc::kNotFound);
  EXPECT_TRUE(read()->sign_in.session("session000000002"));
}

TEST_P(SignInStore, ValuesPasskeysAndIdentitiesAreUsedOnce) {
  const User eva = add_user("eva@example.com");
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    EXPECT_TRUE(work->sign_in.use_once("a", clock_.now()).value());
    EXPECT_FALSE(work->sign_in.use_once("a", clock_.now()).value());
    GH_TRYV(work->sign_in.insert_passkey({"passkey000000001", eva.id, "key", "Y3JlZA", "cose", 3, clock_.now(), {}}));
    GH_TRYV(work->sign_in.use_passkey("passkey000000001", 4, clock_.now()));
    return work->sign_in.insert_identity("https://id.example", "sub|1", eva.id, clock_.now());
  }));
  const auto passkey = read()->sign_in.passkey_by_credential("Y3JlZA").value();
  EXPECT_EQ(passkey.uses, 4);
  EXPECT_EQ(passkey.last_used_at, clock_.now());
  EXPECT_EQ(read()->sign_in.passkeys(eva.id).value().size(), 1U);
  EXPECT_EQ(commit([&](auto& work) {
              return work->sign_in.insert_passkey({"passkey000000002", eva.id, "key", "Y3JlZA", "cose", 3, clock_.now(), {}});
            })
                .error()
                .code,
            Errc::kConflict);
  EXPECT_EQ(read()->sign_in.identity("https://id.example", "sub|1").value(), eva.id);
  EXPECT_EQ(read()->sign_in.identity("https://id.example", "SUB|1").error().code, Errc::kNotFound);
  EXPECT_EQ(commit([&](auto& work) { return work->sign_in.insert_identity("https://id.example", "sub|1", eva.id, clock_.now()); })
                .error()
                .code,
            Errc::kConflict);
  const User max = add_user("max@example.com");
  EXPECT_EQ(commit([&](auto& work) { return work->sign_in.remove_passkey(max.id, "passkey000000001"); }).error().code,
            Errc::kNotFound);
}

TEST_P(SignInStore, ADeviceIsDecidedOnce) {
  const User eva = add_user("eva@example.com");
  store::DeviceRequest device{"device0000000001",           "h", "c",          "gatehouse on x",     "127.0.0.1",
                              store::DeviceState::kWaiting, {},  clock_.now(), clock_.now() + 10min, {}};
  ASSERT_TRUE(database_->tend_sign_in([&](auto& sign_in, const auto&) { return sign_in.insert_device(device); }));
  EXPECT_EQ(read()->sign_in.waiting_devices(clock_.now(), store::DeviceOf::kTool).value(), 1);
  EXPECT_EQ(read()->sign_in.device_by_code("c", store::DeviceOf::kTool).value().id, device.id);
  ASSERT_TRUE(
      database_->tend_sign_in([&](auto& sign_in, const auto&) { return sign_in.device_polled(device.id, clock_.now()); }));
  EXPECT_EQ(read()->sign_in.device(device.id, "").value().polled_at, clock_.now());
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    using store::DeviceState;
    EXPECT_TRUE(work->sign_in.move_device(device.id, DeviceState::kWaiting, DeviceState::kApproved, eva.id).value());
    EXPECT_FALSE(work->sign_in.move_device(device.id, DeviceState::kWaiting, DeviceState::kDenied, eva.id).value());
    return success();
  }));
  EXPECT_EQ(read()->sign_in.device(device.id, "").value().user, eva.id);
  EXPECT_EQ(read()->sign_in.waiting_devices(clock_.now(), store::DeviceOf::kTool).value(), 0);
}

TEST_P(SignInStore, ADeviceOfAnAppIsNeverTakenForATools) {
  const User eva = add_user("eva@example.com");
  store::DeviceRequest device{
      "device0000000002",   "h", "d", "Report", "127.0.0.1", store::DeviceState::kWaiting, {}, clock_.now(),
      clock_.now() + 10min, {}};
  device.app = "app0000000000001";
  device.asked = "client_id=app0000000000001&scope=read:jira-work";
  ASSERT_TRUE(database_->tend_sign_in([&](auto& sign_in, const auto&) { return sign_in.insert_device(device); }));
  EXPECT_EQ(read()->sign_in.device(device.id, "").error().code, Errc::kNotFound) << "it would get a key of the person";
  EXPECT_EQ(read()->sign_in.device(device.id, "app0000000000002").error().code, Errc::kNotFound);
  EXPECT_EQ(read()->sign_in.device_by_code("d", store::DeviceOf::kTool).error().code, Errc::kNotFound);
  EXPECT_EQ(read()->sign_in.device_by_code("d", store::DeviceOf::kApp).value().asked, device.asked);
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    EXPECT_TRUE(
        work->sign_in.move_device(device.id, store::DeviceState::kWaiting, store::DeviceState::kApproved, eva.id, "sealed")
            .value());
    return success();
  }));
  EXPECT_EQ(read()->sign_in.device(device.id, device.app).value().answer, "sealed");
}

GATEHOUSE_ON_BOTH(SignInStore);

}  // namespace
}  // namespace gatehouse::test
