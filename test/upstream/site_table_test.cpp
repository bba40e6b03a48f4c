#include "upstream/site_table.h"

#include <gtest/gtest.h>

namespace gatehouse::upstream {
namespace {

RoutePtr route(const std::string& pool_key) {
  auto made = std::make_shared<http::UpstreamRoute>();
  made->pool_key = pool_key;
  return made;
}

RouteChoices only(const std::string& credential, RoutePtr route) {
  return RouteChoices({{credential, std::nullopt, std::move(route), {}}});
}

catalogue::Operation needing(const std::string& scope) {
  catalogue::Operation operation;
  operation.has_classic = true;
  operation.classic.add(register_scope(scope).value());
  return operation;
}

ScopeSet scopes(const std::vector<std::string>& names) {
  ScopeSet set;
  for (const std::string& name : names) set.add(register_scope(name).value());
  return set;
}

std::shared_ptr<SiteEntry> site(const std::string& id, const std::string& key, Product product = Product::kJira) {
  auto entry = std::make_shared<SiteEntry>();
  entry->site.id = SiteId(id);
  entry->site.key = key;
  entry->site.product = product;
  entry->site.state = State::kLive;
  entry->origin = {"https", "acme.example", 443, ""};
  entry->own_routes = only("own", route("acme own"));
  return entry;
}

std::shared_ptr<const SiteSnapshot> snapshot(std::vector<SiteEntryPtr> entries) {
  return std::make_shared<const SiteSnapshot>(std::move(entries));
}

TEST(SiteSnapshot, FindsByKeyCloudIdAndHost) {
  auto jira = site("s1", "acme");
  jira->site.cloud_id = "c-1";
  jira->site.host = "Jira.Example";
  auto wiki = site("s2", "acme-wiki", Product::kConfluence);
  wiki->site.host = "jira.example";
  const SiteSnapshot sites({jira, wiki});
  EXPECT_EQ((*sites.find(Product::kJira, "acme"))->site.id.value, "s1");
  EXPECT_EQ((*sites.find(Product::kJira, "c-1"))->site.id.value, "s1");
  EXPECT_EQ(sites.find(Product::kJira, "ACME"), nullptr);
  EXPECT_EQ(sites.find(Product::kConfluence, "acme"), nullptr);
  EXPECT_EQ(sites.find(Product::kJira, ""), nullptr);
  EXPECT_EQ((*sites.find_host("JIRA.example", "/rest/api/3/issue/A-1"))->site.id.value, "s1");
  EXPECT_EQ((*sites.find_host("jira.example", "/wiki/rest"))->site.id.value, "s2");
  EXPECT_EQ((*sites.find_host("jira.example", "/wikipedia"))->site.id.value, "s1");
  EXPECT_EQ(sites.find_host("", "/"), nullptr);
  EXPECT_EQ(sites.find_host("other.example", "/"), nullptr);
}

TEST(SiteEntry, NeverFallsBackToTheSitesCredential) {
  auto entry = site("s1", "acme");
  entry->account_routes = {{"ci", only("c1", route("ci's own"))}, {"hr", RouteChoices()}};
  const catalogue::Operation read = needing("read:jira-work");
  EXPECT_EQ(entry->route_for("ci", read)->pool_key, "ci's own");
  EXPECT_EQ(entry->route_for("other", read)->pool_key, "acme own");
  EXPECT_EQ(entry->route_for("hr", read), nullptr) << "it once had its own and has none that is live";
  EXPECT_TRUE(entry->has_own_route("hr"));
  EXPECT_FALSE(entry->has_own_route("other"));
}

TEST(RouteChoices, TakeTheLeastThatCovers) {
  const RouteChoices choices({{"any", std::nullopt, route("any"), {}},
                              {"both", scopes({"read:jira-work", "write:jira-work"}), route("both"), {}},
                              {"read", scopes({"read:jira-work"}), route("read"), {}}});
  EXPECT_EQ(choices.least(needing("read:jira-work"))->credential, "read");
  EXPECT_EQ(choices.least(needing("write:jira-work"))->credential, "both");
  EXPECT_EQ(choices.least(needing("manage:jira-project"))->credential, "any") << "what is not declared comes last";
  EXPECT_EQ(choices.least(catalogue::Operation())->credential, "any") << "an operation without known scopes";
  const RouteChoices declared({{"read", scopes({"read:jira-work"}), route("read"), {}}});
  EXPECT_EQ(declared.least(needing("write:jira-work")), nullptr);
}

TEST(RouteChoices, NeverWidenBecauseTheLeastCantBeUsed) {
  auto entry = site("s1", "acme");
  entry->own_routes = RouteChoices({{"any", std::nullopt, route("any"), {}}, {"read", scopes({"read:jira-work"}), nullptr, {}}});
  EXPECT_EQ(entry->route_for("ci", needing("read:jira-work")), nullptr) << "the least is chosen, and it can't be used";
  EXPECT_EQ(entry->route_for("ci", needing("write:jira-work"))->pool_key, "any");
}

TEST(RouteChoices, KnowGranularScopesToo) {
  catalogue::Operation operation = needing("read:jira-work");
  operation.has_granular = true;
  operation.granular = scopes({"read:issue:jira", "read:user:jira"});
  const RouteChoices choices({{"part", scopes({"read:issue:jira"}), route("part"), {}},
                              {"whole", scopes({"read:issue:jira", "read:user:jira"}), route("whole"), {}}});
  EXPECT_EQ(choices.least(operation)->credential, "whole");
}

TEST(SiteTable, LetsGoOnWhatARotationReplaced) {
  SiteTable table;
  const auto first = site("s1", "acme");
  table.publish(snapshot({first}));
  const auto rotated = site("s1", "acme");
  rotated->own_routes = RouteChoices({{"successor", std::nullopt, route("acme successor"), "own"}});
  table.publish(snapshot({rotated}));
  EXPECT_FALSE(first->withdrawn) << "rotation costs no failed request";
  const auto other = site("s1", "acme");
  other->own_routes = only("third", route("acme third"));
  table.publish(snapshot({other}));
  EXPECT_TRUE(rotated->withdrawn) << "it was removed, and another took its place";
  const auto unreadable = site("s1", "acme");
  unreadable->own_routes = RouteChoices({{"fourth", std::nullopt, nullptr, "third"}});
  table.publish(snapshot({unreadable}));
  EXPECT_TRUE(other->withdrawn) << "the successor can't be opened";
}

TEST(SiteTable, MarksWhatMayNotBeUsedAnyMore) {
  SiteTable table;
  const auto first = site("s1", "acme");
  const auto second = site("s2", "beta");
  table.publish(snapshot({first, second}));
  const auto same = site("s1", "renamed");
  table.publish(snapshot({same, second}));
  EXPECT_FALSE(first->withdrawn) << "a new display key changes nothing for what is under way";
  EXPECT_FALSE(second->withdrawn);

  auto paused = site("s1", "renamed");
  paused->site.state = State::kPaused;
  table.publish(snapshot({paused, second}));
  EXPECT_TRUE(same->withdrawn);

  auto elsewhere = site("s2", "beta");
  elsewhere->origin.host = "other.example";
  table.publish(snapshot({elsewhere}));
  EXPECT_TRUE(second->withdrawn);

  auto without_route = site("s2", "beta");
  without_route->origin.host = "other.example";
  without_route->own_routes = RouteChoices();
  table.publish(snapshot({without_route}));
  EXPECT_TRUE(elsewhere->withdrawn);
  table.publish(snapshot({}));
  EXPECT_TRUE(without_route->withdrawn);
}

TEST(SiteTable, ReadersSeeANewSnapshotAtTheNextLook) {
  SiteTable table;
  SiteReader reader(table);
  EXPECT_TRUE(reader.get().all().empty());
  table.publish(snapshot({site("s1", "acme")}));
  EXPECT_EQ(reader.get().all().size(), 1U);
}

TEST(SiteTable, AnotherDocumentIsDecidedAnew) {
  SiteTable table;
  const auto document = [](const std::string& scope) {
    std::vector<catalogue::Operation> operations{needing(scope)};
    operations[0].method = "GET";
    operations[0].segments.push_back({{"a"}, 0});
    return catalogue::Catalogue::assemble(Product::kOpenApi, std::move(operations), {}, "").value();
  };
  auto first = site("s1", "tasks", Product::kOpenApi);
  first->api = document("tasks.read");
  table.publish(snapshot({first}));
  auto same = site("s1", "tasks", Product::kOpenApi);
  same->api = first->api;
  table.publish(snapshot({same}));
  EXPECT_FALSE(first->withdrawn);
  auto other = site("s1", "tasks", Product::kOpenApi);
  other->api = document("tasks.write");
  table.publish(snapshot({other}));
  EXPECT_TRUE(same->withdrawn);
}

}  // namespace
}  // namespace gatehouse::upstream
