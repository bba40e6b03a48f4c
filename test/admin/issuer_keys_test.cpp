// Keys of other issuers: how long they are believed without another word from who published them.
#include "admin/issuer_keys.h"

#include <gtest/gtest.h>

#include "test/http/support.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;

TEST(IssuerKeys, AreNotBelievedForEverWhereTheIssuerIsSilent) {
  std::atomic<bool> well{true};
  std::string origin;
  http::test::ScriptedServer issuer([&](http::test::Socket& socket, int) {
    const std::string request = socket.read_message();
    const bool keys = request.starts_with("GET /keys ");
    const std::string configuration = R"({"issuer":")" + origin + R"(","jwks_uri":")" + origin + R"(/keys"})";
    const std::string set =
        R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
    socket.send(http::test::answer(well ? 200 : 503, keys ? set : configuration, "Connection: close\r\n"));
  });
  origin = "http://127.0.0.1:" + std::to_string(issuer.port());
  test::World world;
  IssuerKeys keys(world.services());
  const auto count = [&] {
    const auto found = keys.keys_of(origin, "one");
    return found ? found.value().size() : 0;
  };
  EXPECT_EQ(count(), 1U);
  well = false;
  world.clock().advance(hours(23));
  EXPECT_EQ(count(), 1U) << "it can't be asked for now, and its jobs go on";
  world.clock().advance(hours(2));
  EXPECT_EQ(count(), 0U) << "a key that it has taken back meanwhile would still be good";
  EXPECT_EQ(count(), 0U);
  well = true;
  world.clock().advance(std::chrono::minutes(2));
  EXPECT_EQ(count(), 1U);
}

}  // namespace
}  // namespace gatehouse::admin
