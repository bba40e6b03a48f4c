#include "catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <string>

#include "catalogue/body_rules.h"

namespace gatehouse::catalogue {
namespace {

/// A table in which every line of one operation can be replaced.
std::string operation_with(const std::string& lines) { return "# comment\n\noperation one\n" + lines; }

const std::string kWhole =
    "  GET /rest/api/{2|3|latest}/issue/{id}/comment/{comment}   # why\n"
    "  scopes read:jira-work | read:issue:jira read:comment:jira\n"
    "  access read\n"
    "  path comment comment\n"
    "  path id issue\n"
    "  query expand expand list: names schema\n"
    "  query a inert one: x y\n"
    "  bounded located\n"
    "  answer links\n";

std::string error_of(const std::vector<Table>& tables) {
  const auto loaded = Catalogue::load(Product::kJira, tables);
  return loaded ? "" : loaded.error().public_detail;
}
std::string error_of(const std::string& lines) { return error_of({{"jira_a.ops", operation_with(lines)}}); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(Load, ReadsAnOperation) {
  const std::string table = operation_with(kWhole);
  const auto loaded = Catalogue::load(Product::kJira, {{"jira_a.ops", table}});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
  const Operation& one = *loaded.value()->find("one");
  EXPECT_EQ(one.method, "GET");
  EXPECT_EQ(scope_names(one.classic), std::vector<std::string>{"read:jira-work"});
  EXPECT_EQ(scope_names(one.granular).size(), 2u);
  ASSERT_EQ(one.path_count, 2u);
  EXPECT_EQ(one.parameters[0].name, "id");
  EXPECT_EQ(one.parameters[1].kind, Kind::kComment);
  EXPECT_EQ(one.query_parameters().size(), 2u);
  ASSERT_NE(one.find(Parameter::Carrier::kQuery, "expand"), nullptr);
  EXPECT_TRUE(one.find(Parameter::Carrier::kQuery, "expand")->list);
  EXPECT_EQ(one.find(Parameter::Carrier::kQuery, "expand")->allowed, (std::vector<std::string>{"names", "schema"}));
  EXPECT_FALSE(one.find(Parameter::Carrier::kQuery, "a")->list);
  EXPECT_EQ(one.find(Parameter::Carrier::kQuery, "Expand"), nullptr);
  EXPECT_EQ(one.find(Parameter::Carrier::kPath, "id")->kind, Kind::kIssue);
  EXPECT_EQ(one.find(Parameter::Carrier::kBody, "id"), nullptr);
}

TEST(Load, TellsScopesThatAreNotNeededFromUnknownOnes) {
  const auto load = [](const std::string& scopes) {
    const std::string table =
        operation_with(replaced(kWhole, "scopes read:jira-work | read:issue:jira read:comment:jira", scopes));
    return *Catalogue::load(Product::kJira, {{"jira_a.ops", table}}).value()->find("one");
  };
  EXPECT_TRUE(load("scopes -").has_classic);
  EXPECT_TRUE(load("scopes -").classic.empty());
  EXPECT_FALSE(load("scopes | read:issue:jira").has_classic);
  EXPECT_FALSE(load("scopes read:jira-work").has_granular);
  EXPECT_FALSE(load("scopes unknown").has_classic || load("scopes unknown").has_granular);
}

TEST(Load, NamesFileLineAndWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {replaced(kWhole, "GET ", "FETCH "), "jira_a.ops:4: expected a method"},
      {replaced(kWhole, "/rest", "rest"), "jira_a.ops:4: expected a path"},
      {replaced(kWhole, "{id}", "{id}x"), "jira_a.ops:4: expected a segment"},
      {replaced(kWhole, "{id}", "{comment}"), "jira_a.ops:4: expected the name of a path parameter that stands once"},
      {replaced(kWhole, "{2|3|latest}", "{2||latest}"), "jira_a.ops:4: expected literals"},
      {replaced(kWhole, "{2|3|latest}", "{a}/{b}/{c}/{d}/{e}"), "jira_a.ops:4: a path has at most 6"},
      {replaced(kWhole, "  path id issue\n", ""), "jira_a.ops:3: operation one: expected a line \"path id KIND\""},
      {replaced(kWhole, "path id", "path ids"), "expected a line \"path id KIND\""},
      {replaced(kWhole, "id issue\n", "id issue\n  path more issue\n"), "jira_a.ops:9: the path has no {more}"},
      {replaced(kWhole, "id issue", "id unclassified"), "jira_a.ops:8: expected a kind"},
      {replaced(kWhole, "id issue", "id issue required"), "jira_a.ops:8: a path parameter is always there"},
      {replaced(kWhole, "id issue", "id issue confines"), "jira_a.ops:8: only a project, space, jql or cql can confine"},
      {replaced(kWhole, "id issue", "id issue key"), "jira_a.ops:8: id or key is said of a project or space"},
      {replaced(kWhole, "id issue", "id issue list:"), "jira_a.ops:8: expected values after"},
      {replaced(kWhole, "id issue", "id issue whatever"), "jira_a.ops:8: expected list, required"},
      {replaced(kWhole, "query a inert", "query expand inert"), "jira_a.ops:10: \"expand\" is classified already in line 9"},
      {replaced(kWhole, "scopes read:jira-work |", "scopes read:jira-work | |"), "jira_a.ops:5: expected one '|'"},
      {replaced(kWhole, "scopes read:jira-work |", "scopes nonsense |"), "jira_a.ops:5: expected the name of a scope"},
      {replaced(kWhole, "  scopes read:jira-work | read:issue:jira read:comment:jira\n", ""), "expected a line \"scopes\""},
      {replaced(kWhole, "access read", "access look"), "jira_a.ops:6: expected read, write"},
      {replaced(kWhole, "  access read\n", ""), "expected a line \"access"},
      {replaced(kWhole, "  bounded located\n", ""), "expected a line \"bounded\""},
      {replaced(kWhole, "  bounded located\n", "  bounded maybe\n"), "jira_a.ops:11: expected allowed, located"},
      {replaced(kWhole, "  bounded located\n", "  bounded located because\n"),
       "jira_a.ops:11: only \"bounded refused\" has a reason"},
      {replaced(kWhole, "  bounded located\n", "  bounded refused\n"), "jira_a.ops:11: expected the reason"},
      {replaced(kWhole, "  bounded located\n", "  bounded confined\n"), "expects a parameter with the word confines"},
      {replaced(kWhole, "  bounded located\n", "  bounded allowed\n"), "nothing in its path leads to one"},
      {replaced(kWhole, "  answer links\n", ""), "expected a line \"answer"},
      {replaced(kWhole, "answer links", "answer [links]"), "expected the name of a shape"},
      {replaced(kWhole, "answer links", "answer issue"), "there is no such shape"},
      {kWhole + "  body-type xml\n", "jira_a.ops:13: expected json, multipart or image"},
      {kWhole + "  body fields issue-fields\n", "jira_a.ops:13: body lines expect a line \"body-type json\""},
      {kWhole + "  body-type json\n  body a..b inert\n", "jira_a.ops:14: body \"a..b\": expected keys"},
      {kWhole + "  nonsense\n", "jira_a.ops:13: expected scopes, access"},
      {kWhole + "  gather startAt\n", "jira_a.ops:13: expected one line \"gather OFFSET SIZE\""},
      {kWhole + "  gather startAt maxResults\n", "\"gather\" expects a line \"query startAt inert\""},
      {kWhole + "  query x issue whole\n", "jira_a.ops:13: whole is said of a board, sprint or content"},
      {kWhole + "  instead nothing\n", "there is no operation nothing to take its place"},
      {kWhole + "more\n", "jira_a.ops:13: expected \"operation ID\""},
      {kWhole + "operation one\n" + replaced(kWhole, "GET", "PUT"), "the operation one stands already in jira_a.ops:3"},
      {kWhole + "operation two\n" + replaced(kWhole, "2|3|latest", "1|latest"),
       "jira_a.ops:13: operation two answers to GET /rest/api/{1|latest}/issue/{id}/comment/{comment}, and so does one"},
  };
  for (const auto& [lines, expected] : cases) {
    const std::string error = error_of(lines);
    EXPECT_NE(error.find(expected), std::string::npos) << "found: " << error << "\nexpected: " << expected;
  }
  EXPECT_EQ(error_of(kWhole), "");
  EXPECT_NE(error_of({{"jira_a.ops", "  GET /x\n"}}).find("jira_a.ops:1: expected \"operation ID\" before its lines"),
            std::string::npos);
  EXPECT_NE(error_of({{"jira_a.txt", ""}}).find("ends in .ops"), std::string::npos);
  EXPECT_NE(error_of(std::vector<Table>{}).find("no table of operations"), std::string::npos);
}

TEST(Load, LinksShapesAcrossTables) {
  const std::string ops = operation_with(replaced(kWhole, "answer links", "answer page") + "  query fields field-list\n");
  const std::string shapes =
      "shape page\n  items issues\n  issues [@issue]\n  total startAt scalar\n"
      "shape issue\n  inside project fields.project.id\n  needs fields=project\n  id scalar\n  items [scalar]\n  parent "
      "issue-ref @ref\n"
      "  links [issue-ref @ref]\n  watchers {@ref}\n  lists {[@ref]}\n  * keep\n";
  const auto loaded = Catalogue::load(
      Product::kJira, {{"jira_a.ops", ops}, {"jira_a.shapes", shapes}, {"jira_b.shapes", "shape ref\n  id key scalar\n"}});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
  const Shape& page = *loaded.value()->find("one")->shape;
  EXPECT_EQ(page.items, "issues");
  const ShapeField& issues = page.find("issues");
  EXPECT_EQ(issues.rule, Rule::kList);
  EXPECT_EQ(page.find("total").rule, Rule::kScalar);
  EXPECT_EQ(page.find("Total").rule, Rule::kDrop);
  const Shape& issue = *issues.shape;
  EXPECT_EQ(issue.inside.by, Inside::By::kProject);
  EXPECT_EQ(issue.inside.path, (std::vector<std::string>{"fields", "project", "id"}));
  EXPECT_EQ(issue.needs, std::vector<std::string>{"fields=project"});
  EXPECT_TRUE(issue.items.empty());
  EXPECT_TRUE(issue.find("items").list);
  EXPECT_EQ(issue.find("parent").rule, Rule::kIssueRef);
  EXPECT_EQ(issue.find("parent").shape, loaded.value()->shape("ref"));
  EXPECT_TRUE(issue.find("links").list);
  EXPECT_EQ(issue.find("watchers").rule, Rule::kMap);
  EXPECT_EQ(issue.find("lists").rule, Rule::kListMap);
  EXPECT_EQ(issue.find("anything").rule, Rule::kKeep);
}

TEST(Load, RefusesShapesThatSayNothing) {
  const std::string ops = operation_with(replaced(kWhole, "answer links", "answer page"));
  const std::vector<std::pair<std::string, std::string>> cases{
      {"shape page\n  id @nowhere\n", "jira_a.shapes:2: there is no shape \"nowhere\""},
      {"shape page\n  id scaler\n", "jira_a.shapes:2: expected KEY … RULE"},
      {"shape page\n  id\n", "jira_a.shapes:2: expected KEY … RULE"},
      {"shape page\n  id issue-ref\n", "jira_a.shapes:2: expected KEY … RULE"},
      {"shape page\n  id scalar\n  id scalar\n", "jira_a.shapes:3: the key \"id\" stands twice"},
      {"shape page\n  id scalar\n  inside parent\n", "jira_a.shapes:3: inside, needs and items stand before"},
      {"shape page\n  inside project\n", "jira_a.shapes:2: expected one path of keys"},
      {"shape page\n  inside parent here\n", "jira_a.shapes:2: expected nothing after"},
      {"shape page\n  inside somewhere\n", "jira_a.shapes:2: expected inside project"},
      {"shape page\n  inside parent\n  inside parent\n", "jira_a.shapes:3: there are two lines"},
      {"shape page\n  needs fields:project\n", "jira_a.shapes:2: expected needs NAME=VALUE"},
      {"shape page\n  items values\n", "jira_a.shapes:1: \"items values\" of shape page expects a field"},
      {"shape page\n  items values\n  values scalar\n", "jira_a.shapes:1: \"items values\" of shape page expects a field"},
      {"shape page\n  needs fields=project\n", "needs fields=project: expected a query or body parameter fields"},
      {"shape page\nshape page\n", "jira_a.shapes:2: the shape page stands already in jira_a.shapes:1"},
      {"  id scalar\n", "jira_a.shapes:1: expected \"shape NAME\" before its lines"},
  };
  for (const auto& [shapes, expected] : cases) {
    const std::string error = error_of({{"jira_a.ops", ops}, {"jira_a.shapes", shapes}});
    EXPECT_NE(error.find(expected), std::string::npos) << "found: " << error << "\nexpected: " << expected;
  }
}

TEST(Roles, AddUpAndLeaveWhatWasThereOnFailure) {
  const std::string ops =
      operation_with(kWhole + "operation two\n" + replaced(replaced(kWhole, "GET", "PUT"), "access read", "access write"));
  const std::string roles = "role viewer\n  access read\nrole writer\n  includes viewer\n  operations two\nrole nobody\n";
  const auto loaded = Catalogue::load(Product::kJira, {{"jira_a.ops", ops}, {"jira_a.roles", roles}});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
  const Catalogue& catalogue = *loaded.value();
  EXPECT_TRUE(catalogue.role("viewer")->operations[catalogue.find("one")->index]);
  EXPECT_FALSE(catalogue.role("viewer")->operations[catalogue.find("two")->index]);
  EXPECT_EQ(catalogue.role("writer")->operations.count(), 2u);
  EXPECT_TRUE(catalogue.role("nobody")->operations.none());
  EXPECT_EQ(catalogue.role("Viewer"), nullptr);

  std::vector<AccessRole> own = catalogue.roles();
  for (const std::string text :
       {"role viewer\n", "role Up\n", "role a\n  operations none\n", "role a\n  access all\n", "role a\n  includes b\nrole b\n",
        "role a\n  includes a\n", "role a\n  access\n", "  access read\n", "role a\n  excludes one\n"}) {
    const auto parsed = parse_roles(text, "own.roles", catalogue.operations(), own);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().public_detail.rfind("own.roles:", 0), 0u);
    EXPECT_EQ(own.size(), 3u);
  }
  EXPECT_TRUE(parse_roles("role own\n  includes writer\n", "own.roles", catalogue.operations(), own).has_value());
  EXPECT_EQ(own.back().operations.count(), 2u);
}

TEST(Match, FindsByMethodAndPathExactly) {
  const std::string ops = operation_with(kWhole) + "operation two\n" +
                          replaced(kWhole, "{id}/comment/{comment}", "bulk/{id}/{comment}") + "operation three\n" +
                          replaced(kWhole, "{2|3|latest}/issue", "2/only");
  const auto loaded = Catalogue::load(Product::kJira, {{"jira_a.ops", ops}});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().public_detail;
  const Catalogue& catalogue = *loaded.value();
  const Match match = catalogue.match("GET", "/rest/api/latest/issue/A-1/comment/10%201");
  ASSERT_TRUE(match);
  EXPECT_EQ(match.operation->id, "one");
  EXPECT_EQ(match.value("id"), "A-1");
  EXPECT_EQ(match.value("comment"), "10%201");
  EXPECT_EQ(match.value("nothing"), "");
  EXPECT_EQ(match.version, "latest");
  EXPECT_EQ(catalogue.match("GET", "/rest/api/2/only/A-1/comment/1").version, "");
  EXPECT_EQ(catalogue.match("GET", "/rest/api/3/issue/bulk/1/2").operation->id, "two");
  // A literal wins and there is no going back.
  EXPECT_EQ(catalogue.match("GET", "/rest/api/3/issue/bulk/comment/1/2").outcome, Match::Outcome::kUnknownPath);
  EXPECT_EQ(catalogue.match("PUT", "/rest/api/3/issue/A-1/comment/1").outcome, Match::Outcome::kUnknownMethod);
  EXPECT_EQ(catalogue.match("PUT", "/rest/api/3/issue/A-1/comment/1").count, 0);
  for (const char* path : {"/rest/api/4/issue/A-1/comment/1", "/rest/api/3/Issue/A-1/comment/1", "/rest/api/3/issue/A-1/comment",
                           "/rest/api/3/issue/A-1/comment/1/2", "/rest/api/3/issue/A-1/comment/1.json",
                           "/rest/api/3/issue//comment/1", "/rest/api/3/issue/A-1/comment/", "/", "", "rest", "/rest"}) {
    const bool suffix_is_part_of_the_id = std::string_view(path).ends_with(".json");
    EXPECT_EQ(static_cast<bool>(catalogue.match("GET", path)), suffix_is_part_of_the_id) << path;
  }
}

TEST(AppendPath, BuildsFromTheTemplateOnly) {
  const std::string ops = operation_with(kWhole);
  const auto loaded = Catalogue::load(Product::kJira, {{"jira_a.ops", ops}});
  const Operation& one = *loaded.value()->find("one");
  std::string out = "x";
  EXPECT_TRUE(Catalogue::append_path(one, "3", {"A-1", "a/../b?c"}, out));
  EXPECT_EQ(out, "x/rest/api/3/issue/A-1/comment/a%2F..%2Fb%3Fc");
  for (const auto& [version, values] :
       std::vector<std::pair<std::string, std::vector<std::string_view>>>{{"4", {"A-1", "1"}},
                                                                          {"", {"A-1", "1"}},
                                                                          {"3", {"A-1"}},
                                                                          {"3", {"A-1", "1", "2"}},
                                                                          {"3", {"A-1", ""}},
                                                                          {"3", {"..", "1"}},
                                                                          {"3", {".", "1"}}}) {
    out.clear();
    EXPECT_FALSE(Catalogue::append_path(one, version, values, out));
    EXPECT_EQ(out, "");
  }
}

}  // namespace
}  // namespace gatehouse::catalogue
