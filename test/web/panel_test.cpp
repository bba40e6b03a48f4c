// The panel as a browser gets it: the page at its own addresses alone, assets in the smallest form, and nothing by another path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "admin/sign_in.h"
#include "test/support/world.h"
#include "test/web/browser.h"
#include "web/panel.h"
#include "web/panel_assets.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

using test::Browser;
using test::must;
using testing::HasSubstr;
using testing::Not;

std::string field(const api::Response& response, std::string_view name) {
  for (const auto& [known, value] : response.fields) {
    if (api::same_name(known, name)) return value;
  }
  return {};
}

api::Request get(std::string target, api::HeaderFields fields = {}) {
  api::Request request;
  request.method = "GET";
  request.target = std::move(target);
  request.id = "request000000001";
  fields.emplace_back("Host", "localhost:8481");
  request.fields = std::move(fields);
  return request;
}

const PanelAsset& script() {
  const auto all = panel_assets();
  return *std::find_if(all.begin(), all.end(), [](const PanelAsset& one) {
    return one.path.find("/index-") != std::string_view::npos && one.path.substr(one.path.size() - 3) == ".js";
  });
}

std::string inflated(std::string_view gzip) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string in(gzip);
  std::string out(4'000'000, '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(in.data());
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Coding, TheSmallestThatIsPermitted) {
  EXPECT_EQ(coding_for(""), Coding::kPlain);
  EXPECT_EQ(coding_for("identity"), Coding::kPlain);
  EXPECT_EQ(coding_for("gzip, deflate, br, zstd"), Coding::kBrotli);
  EXPECT_EQ(coding_for("GZIP;q=1.0"), Coding::kGzip);
  EXPECT_EQ(coding_for("br;q=0, gzip;q=0.5"), Coding::kGzip);
  EXPECT_EQ(coding_for("br;q=0.000,gzip; q=0"), Coding::kPlain);
  EXPECT_EQ(coding_for("brotli, xgzip"), Coding::kPlain);
  EXPECT_EQ(coding_for(",,;q=,br"), Coding::kBrotli);
}

class Panel : public testing::Test {
 protected:
  Panel() : web(world.services(), WebOptions{}), browser(web) {}
  void sign_in() { browser.get(must(admin::reset_link(world.services(), world.caller(), test::kAdministrator)).path); }

  test::World world;
  Web web;
  Browser browser;
};

TEST_F(Panel, ItsPageIsShownToWhoIsSignedInAndLeadsOthersBack) {
  EXPECT_EQ(Browser::location(browser.get("/tokens/abc?q=state%3Dlive")), "/sign-in?next=%2Ftokens%2Fabc%3Fq%3Dstate%253Dlive");
  sign_in();
  for (const char* path : {"/", "/tokens", "/tokens/abc", "/accounts/ci-builds?columns=owner", "/people/ada%40example.com"}) {
    const api::Response page = browser.get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(field(page, "Cache-Control"), "no-store");
    EXPECT_THAT(page.body, HasSubstr(std::string(script().path)));
    const std::string policy = field(page, "Content-Security-Policy");
    for (const char* part : {"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self'",
                             "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"})
      EXPECT_THAT(policy, HasSubstr(part));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_EQ(field(page, "Referrer-Policy"), "same-origin");
    // What the policy forbids must not stand in the page.
    EXPECT_THAT(page.body, Not(HasSubstr("<style")));
    EXPECT_THAT(page.body, Not(HasSubstr("style=")));
    EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
    EXPECT_THAT(page.body, Not(HasSubstr("http:")));
  }
}

TEST_F(Panel, WhatIsNoAddressOfItsIsNotFound) {
  sign_in();
  for (const char* path : {"/nothing", "/token", "/tokensx", "/index.html", "/assets/panel/index.html", "/assets/panel/none.js",
                           "/assets", "/src/main.tsx"})
    EXPECT_EQ(browser.get(path).status, 404) << path;
  for (const char* path : {"/assets/panel/", "/assets/panel/../../etc/passwd", "/assets/panel/%2e%2e/index.html",
                           "/tokens/..%2faccount", "//tokens", "/assets\\panel"})
    EXPECT_EQ(browser.get(path).status, 400) << path;
  api::Request post = get("/tokens");
  post.method = "POST";
  EXPECT_EQ(web.handle(post).status, 405);
}

TEST_F(Panel, AnAssetComesInTheFormThatWasAskedForAndForEver) {
  const std::string path(script().path);
  const api::Response plain = web.handle(get(path));
  EXPECT_EQ(plain.status, 200) << "without a session";
  EXPECT_EQ(plain.body, script().plain);
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
  EXPECT_EQ(field(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(field(plain, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(plain.content_type, "text/javascript; charset=utf-8");

  const api::Response gzip = web.handle(get(path, {{"Accept-Encoding", "gzip"}}));
  EXPECT_EQ(field(gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(inflated(gzip.body), script().plain);
  const api::Response brotli = web.handle(get(path, {{"Accept-Encoding", "gzip, br"}}));
  EXPECT_EQ(field(brotli, "Content-Encoding"), "br");
  EXPECT_LT(brotli.body.size(), gzip.body.size());

  const std::string tag = field(gzip, "ETag");
  EXPECT_NE(tag, field(plain, "ETag"));
  EXPECT_NE(tag, field(brotli, "ETag"));
  const api::Response known = web.handle(get(path, {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"x\", W/" + tag}}));
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.body, "");
  EXPECT_EQ(field(known, "ETag"), tag);
  EXPECT_EQ(web.handle(get(path, {{"If-None-Match", tag}})).status, 200) << "another form has another tag";
}

TEST_F(Panel, TheFirstLoadIsSmall) {
  std::size_t first = 0;
  for (const PanelAsset& one : panel_assets()) {
    if (one.path.find("/index") != std::string_view::npos || one.path.find("/theme-") != std::string_view::npos)
      first += one.gzip.size();
  }
  EXPECT_LE(first, 250U * 1024U);
  EXPECT_GT(first, 0U);
}

TEST_F(Panel, NoAddressOfItsHidesAPageOfTheServer) {
  for (const std::string_view segment : panel_segments()) {
    for (const auto* list : {&sign_in_pages(), &account_pages(), &passkey_calls(), &provider_pages(), &take_pages(),
                             &device_pages(), &atlassian_pages(), &authorize_pages()}) {
      for (const WebRoute& route : *list) {
        const std::string_view first = route.path.substr(1, route.path.find('/', 1) - 1);
        EXPECT_NE(first, segment);
      }
    }
  }
}

}  // namespace
}  // namespace gatehouse::web
