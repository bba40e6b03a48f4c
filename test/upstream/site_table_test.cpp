#include "upstream/site_table.h"

#include <gtest/gtest.h>

namespace gatehouse::upstream {
namespace {

RoutePtr route(const std::string& pool_key) {
  auto made = std::make_shared<http::UpstreamRoute>();
  made->pool_key = pool_key;
  return made;
}

std::shared_ptr<SiteEntry> site(const std::string& id, const std::string& key, Product product = Product::kJira) {
  auto entry = std::make_shared<SiteEntry>();
  entry->site.id = SiteId(id);
  entry->site.key = key;
  entry->site.product = product;
  entry->site.state = State::kLive;
  entry->origin = {"https", "acme.example", 443, ""};
  entry->own_route = route("acme own");
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
  entry->account_routes = {{"ci", route("ci's own")}, {"hr", nullptr}};
  EXPECT_EQ(entry->route_for("ci")->pool_key, "ci's own");
  EXPECT_EQ(entry->route_for("other")->pool_key, "acme own");
  EXPECT_EQ(entry->route_for("hr"), nullptr) << "it once had its own and has none that is live";
  EXPECT_TRUE(entry->has_own_route("hr"));
  EXPECT_FALSE(entry->has_own_route("other"));
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
  without_route->own_route = nullptr;
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

}  // namespace
}  // namespace gatehouse::upstream
