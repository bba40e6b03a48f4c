// Each look-up shows the least credential that covers it, and none where that can't be used.
#include "gateway/lookup_routes.h"

#include <gtest/gtest.h>

#include "gateway/request.h"

namespace gatehouse::gateway {
namespace {

const catalogue::Catalogue& jira() {
  static const auto loaded = catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira)).value();
  return *loaded;
}

upstream::RoutePtr route(const std::string& pool_key) {
  auto made = std::make_shared<http::UpstreamRoute>();
  made->context_path = "/jira";
  made->pool_key = pool_key;
  return made;
}

http::UpstreamRequest look_up(std::string_view head, http::Method method = http::Method::kGet) {
  http::UpstreamRequest made;
  made.method = method;
  made.head = head;
  made.route = route("of the request");
  return made;
}

ScopeSet scopes(const std::vector<std::string>& names) {
  jira();
  return parse_scopes(names).value();
}

class LookupRoutes : public testing::Test {
 protected:
  /// The pool keys that the look-ups of a bounded edit get; empty: refused.
  std::vector<std::string> chosen() {
    Request request;
    std::vector<http::UpstreamRequest>& lookups = request.lookups;
    lookups = {look_up("GET /jira/rest/api/3/issue/A-1?fields=project,security HTTP/1.1\r\n"),
               look_up("POST /jira/rest/api/3/issue/bulkfetch HTTP/1.1\r\n", http::Method::kPost),
               look_up("GET /jira/rest/api/3/field HTTP/1.1\r\n")};
    if (board) lookups.push_back(look_up("GET /jira/rest/agile/1.0/board/1 HTTP/1.1\r\n"));
    const auto done = choose_lookup_routes(site, "ci", jira(), request);
    std::vector<std::string> keys;
    for (const auto& one : lookups) keys.push_back(one.route->pool_key);
    if (!done) {
      EXPECT_EQ(done.error().reason, Reason::kUpstreamCredential);
      keys.clear();
    }
    return keys;
  }
  upstream::SiteEntry site;
  bool board = false;
};

TEST_F(LookupRoutes, AreTheLeastThatCover) {
  site.own_routes = upstream::RouteChoices({{"any", std::nullopt, route("any"), {}},
                                            {"read", scopes({"read:jira-work"}), route("read"), {}},
                                            {"write", scopes({"write:jira-work"}), route("write"), {}}});
  EXPECT_EQ(chosen(), (std::vector<std::string>{"read", "read", "read"}));
  board = true;
  EXPECT_EQ(chosen().back(), "any") << "what the catalogue does not know is covered by no declared scopes";
}

TEST_F(LookupRoutes, AreRefusedRatherThanWidened) {
  site.own_routes =
      upstream::RouteChoices({{"any", std::nullopt, route("any"), {}}, {"read", scopes({"read:jira-work"}), nullptr, {}}});
  EXPECT_TRUE(chosen().empty()) << "the least is chosen, and it can't be used";
  site.own_routes = upstream::RouteChoices({{"write", scopes({"write:jira-work"}), route("write"), {}}});
  EXPECT_TRUE(chosen().empty()) << "none covers a read";
}

TEST_F(LookupRoutes, StayAsTheyAreWithOneCredential) {
  site.own_routes = upstream::RouteChoices({{"any", std::nullopt, route("any"), {}}});
  EXPECT_EQ(chosen().front(), "of the request");
}

}  // namespace
}  // namespace gatehouse::gateway
