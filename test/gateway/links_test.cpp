#include "gateway/links.h"

#include <gtest/gtest.h>

namespace gatehouse::gateway {
namespace {

const LinkRewriter kLinks({"https://acme.atlassian.net", "https://api.atlassian.com/ex/jira/cloud-1"},
                          "http://127.0.0.1:8480/ex/jira/acme");

TEST(LinkRewriter, RewritesLinksToTheSitesApi) {
  EXPECT_EQ(kLinks.rewrite("https://acme.atlassian.net/rest/api/3/issue/1"),
            "http://127.0.0.1:8480/ex/jira/acme/rest/api/3/issue/1");
  EXPECT_EQ(kLinks.rewrite("https://api.atlassian.com/ex/jira/cloud-1/rest/api/3/x?a=b"),
            "http://127.0.0.1:8480/ex/jira/acme/rest/api/3/x?a=b");
}

TEST(LinkRewriter, DropsEveryOtherLink) {
  for (const char* link : {"https://acme.atlassian.net.evil.example/rest/api/3/x", "https://acme.atlassian.net/secure/x",
                           "https://other/rest/api/3/x", "https://acme.atlassian.net/rest/../secure/x", "/rest/api/3/x", "",
                           "https://acme.atlassian.net@evil/rest/"}) {
    EXPECT_EQ(kLinks.rewrite(link), "") << link;
  }
}

TEST(LinkRewriter, RewritesStringsInsideJsonButNoText) {
  std::string out;
  kLinks.append_rewritten(
      R"({"self":"https://acme.atlassian.net/rest/api/3/a","web":"https://acme.atlassian.net/browse/A-1","text":"see \"https://acme.atlassian.net/rest/x"})",
      out);
  EXPECT_EQ(
      out,
      R"({"self":"http://127.0.0.1:8480/ex/jira/acme/rest/api/3/a","web":"https://acme.atlassian.net/browse/A-1","text":"see \"https://acme.atlassian.net/rest/x"})");
}

TEST(LinkRewriter, PutsThePrefixBeforeLinksToTheNextPage) {
  const LinkRewriter wiki({"https://acme.atlassian.net"}, "https://gate.example/ex/confluence/wiki",
                          LinkRewriter::Relative::kNext);
  const auto rewritten = [](const LinkRewriter& links, std::string_view json) {
    std::string out;
    links.append_rewritten(json, out);
    return out;
  };
  EXPECT_EQ(
      rewritten(wiki, R"({"_links":{"next":"/wiki/api/v2/pages?cursor=a","base":"https://acme.atlassian.net/wiki"}})"),
      R"({"_links":{"next":"/ex/confluence/wiki/wiki/api/v2/pages?cursor=a","base":"https://gate.example/ex/confluence/wiki/wiki"}})");
  EXPECT_EQ(rewritten(wiki, R"({"text":"\"next\":\"/wiki/x","next":"/other","web":"/wiki/spaces/A"})"),
            R"({"text":"\"next\":\"/wiki/x","next":"/other","web":"/wiki/spaces/A"})");
  const LinkRewriter mapped({"https://acme.atlassian.net"}, "https://acme.gate.example", LinkRewriter::Relative::kNext);
  EXPECT_EQ(rewritten(mapped, R"({"next":"/wiki/api/v2/pages"})"), R"({"next":"/wiki/api/v2/pages"})");
}

TEST(LinkRewriter, KnowsItsOwn) {
  EXPECT_EQ(kLinks.path_of_own("http://127.0.0.1:8480/ex/jira/acme/rest/api/3/a"), "/rest/api/3/a");
  EXPECT_EQ(kLinks.path_of_own("https://acme.atlassian.net/rest/api/3/a"), "");
}

}  // namespace
}  // namespace gatehouse::gateway
