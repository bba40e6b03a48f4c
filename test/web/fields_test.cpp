// What a browser sends, taken apart.
#include "web/fields.h"

#include <gtest/gtest.h>

#include "web/web.h"

namespace gatehouse::web {
namespace {

TEST(Fields, ReadsAFormOnce) {
  const auto form = Fields::parse("email=eva%40example.com&password=a+b%2Bc%25&empty=&flag");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->get("email"), "eva@example.com");
  EXPECT_EQ(form->get("password"), "a b+c%");
  EXPECT_EQ(form->get("empty"), "");
  EXPECT_TRUE(form->has("flag"));
  EXPECT_FALSE(form->has("none"));
  EXPECT_FALSE(Fields::parse("a=1&a=2")) << "which of the two?";
  EXPECT_FALSE(Fields::parse("a=1&%61=2"));
  EXPECT_FALSE(Fields::parse("a=%0"));
  EXPECT_FALSE(Fields::parse("a=%zz"));
  EXPECT_FALSE(Fields::parse("a=%00"));
  std::string many;
  for (int i = 0; i < 65; ++i) many += "&f" + std::to_string(i) + "=1";
  EXPECT_FALSE(Fields::parse(many));
}

TEST(Fields, TakesACookieThatStandsOnce) {
  EXPECT_EQ(cookie_of("a=1; __Host-x=abc; b=2", "__Host-x"), "abc");
  EXPECT_EQ(cookie_of("__Host-x=abc", "__Host-x"), "abc");
  EXPECT_EQ(cookie_of("__Host-x=abc; __Host-x=def", "__Host-x"), "") << "one of them is somebody else's";
  EXPECT_EQ(cookie_of("__host-x=abc", "__Host-x"), "");
  EXPECT_EQ(cookie_of("y__Host-x=abc", "__Host-x"), "");
}

TEST(Fields, GoesNowhereElse) {
  const std::string gateway = "https://gatehouse.example";
  EXPECT_EQ(safe_next("/device?code=BCDF-GHJK", gateway), "/device?code=BCDF-GHJK");
  EXPECT_EQ(safe_next("https://gatehouse.example/authorize?client_id=x", gateway),
            "https://gatehouse.example/authorize?client_id=x");
  for (const char* bad :
       {"", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x",
        "https://gatehouse.example.evil/authorize?", "https://gatehouse.example/other", "evil.example", " /x"}) {
    EXPECT_EQ(safe_next(bad, gateway), "/") << bad;
  }
  EXPECT_EQ(safe_next("/authorize?x", ""), "/authorize?x");
  EXPECT_EQ(safe_next("https://x/authorize?x", ""), "/");
}

TEST(Origin, IsThisListenersOwn) {
  WebOptions plain;
  EXPECT_TRUE(origin_is_ours("http://localhost:8481", "localhost:8481", plain));
  for (const char* bad : {"", "null", "http://localhost:8480", "https://localhost:8481", "http://localhost",
                          "http://evil.example", "http://localhost:8481/", "http://localhost:8481.evil.example"}) {
    EXPECT_FALSE(origin_is_ours(bad, "localhost:8481", plain)) << bad;
  }
  EXPECT_FALSE(origin_is_ours("http://", "", plain));
  WebOptions tls;
  tls.tls = true;
  EXPECT_TRUE(origin_is_ours("https://gatehouse.example", "gatehouse.example", tls));
  EXPECT_FALSE(origin_is_ours("http://gatehouse.example", "gatehouse.example", tls));
  WebOptions proxied;
  proxied.proxied = true;
  EXPECT_TRUE(origin_is_ours("https://gatehouse.example", "gatehouse.example", proxied));
}

}  // namespace
}  // namespace gatehouse::web
