#include "sandbox/wiki_state.h"
#include "test/escape/scenarios.h"

namespace gatehouse::escape {
namespace {

const std::string kV2 = "/wiki/api/v2/";
const std::string kV1 = "/wiki/rest/api/";

Question get(std::string target, unsigned bearer = kSpace) { return {"GET", std::move(target), {}, {}, {}, bearer}; }
Question send(std::string method, std::string target, std::string body) {
  return {std::move(method), std::move(target), std::move(body), {}, {}, kSpace};
}

Scenario lone(std::string check, std::string what, Question question) {
  Scenario scenario;
  scenario.check = std::move(check);
  scenario.what = std::move(what);
  scenario.question = std::move(question);
  return scenario;
}

Scenario alike(std::string check, std::string what, Question question, Question twin, std::string echo = {},
               std::string twin_echo = {}) {
  Scenario scenario = lone(std::move(check), std::move(what), std::move(question));
  scenario.twin = std::move(twin);
  scenario.echo = std::move(echo);
  scenario.twin_echo = std::move(twin_echo);
  return scenario;
}

void add_location(std::vector<Scenario>& out) {
  out.push_back(lone("read_verified", "a page of B", get(kV2 + "pages/71001", kSpaceAll)));
  out.push_back(lone("read_verified", "a page that was moved to B", get(kV2 + "pages/70500", kSpaceAll)));
  out.push_back(
      lone("write_located_afresh", "a page of B is written", send("PUT", kV2 + "pages/71001/title", R"({"title":"changed"})")));
  out.push_back(lone("write_located_afresh", "a page of B is deleted", send("DELETE", kV2 + "pages/71002", "")));
  out.push_back(lone("renamed_project", "OPS was A's key when the token was made", get(kV1 + "space/OPS/label")));
  out.push_back(lone("renamed_project", "OPS was A's key when the token was made, for writes too",
                     send("PUT", kV1 + "space/OPS", R"({"name":"changed"})")));
  out.push_back(lone("content_container", "a comment on a page of B", get(kV2 + "footer-comments/71011/versions")));
  out.push_back(lone(
      "content_container", "a comment on a page of B is changed",
      send("PUT", kV2 + "inline-comments/71012", R"({"version":{"number":2},"body":{"representation":"storage","value":"x"}})")));
  out.push_back(lone("content_container", "an attachment of a page of B", send("DELETE", kV2 + "attachments/att71014", "")));
  out.push_back(lone("nested_parent", "a property of B's page below A's", get(kV2 + "pages/70001/properties/71017")));
  out.push_back(lone("nested_parent", "a property of B's page is deleted below A's",
                     send("DELETE", kV2 + "pages/70001/properties/71017", "")));
  out.push_back(lone("nested_parent", "a property of B below A", get(kV2 + "spaces/65001/properties/71018")));
  out.push_back(lone("inherited_restriction", "a page below a restricted one", get(kV2 + "pages/70004?body-format=storage")));
  out.push_back(lone("inherited_restriction", "a page below a restricted one, in a list", get(kV2 + "spaces/65001/pages")));
  out.push_back(lone("restricted_level", "a restricted page", get(kV2 + "pages/70003?body-format=storage")));
  out.push_back(lone("restricted_level", "restricted pages are searched for", get(kV1 + "search?cql=type%20%3D%20page")));
  out.push_back(lone("shared_container", "a tree that holds restricted pages is deleted",
                     send("DELETE", kV1 + "content/70000/pageTree", "")));
  out.push_back(
      lone("shared_container", "a tree that holds restricted pages is copied",
           send("POST", kV1 + "content/70000/pagehierarchy/copy", R"({"destinationPageId":"70001","copyDescendants":true})")));
}

void add_requests(std::vector<Scenario>& out) {
  out.push_back(lone("expand_allowed", "a rendered body holds what it includes", get(kV2 + "pages/70002?body-format=view")));
  out.push_back(
      lone("expand_allowed", "an exported body holds what it includes", get(kV2 + "pages/70002?body-format=export_view")));
  out.push_back(lone("expand_allowed", "rendered bodies of what is found",
                     get(kV1 + "content/search?cql=id%20%3D%2070002&expand=body.view")));
  out.push_back(lone("query_unclassified", "a parameter beats the path", get(kV2 + "pages/70001/labels?id=71001")));
  out.push_back(lone("query_unclassified", "a parameter beats the path of a write",
                     send("PUT", kV2 + "pages/70001/title?id=71001", R"({"title":"changed"})")));
  out.push_back(
      lone("body_unclassified", "a container in the body moves an attachment",
           send("PUT", kV1 + "content/70001/child/attachment/att70014", R"({"title":"x","container":{"id":"71001"}})")));
  out.push_back(lone("body_unclassified", "a page in the body moves a comment",
                     send("PUT", kV2 + "footer-comments/70011",
                          R"({"pageId":"71001","version":{"number":2},"body":{"representation":"storage","value":"x"}})")));
  out.push_back(lone("body_identifiers", "a page is moved to B",
                     send("PUT", kV2 + "pages/70001", R"({"id":"70001","title":"x","spaceId":"65002","version":{"number":2}})")));
  out.push_back(lone("body_identifiers", "a page is made below one of B",
                     send("POST", kV2 + "pages", R"({"spaceId":"65001","parentId":"71000","title":"x"})")));
  out.push_back(lone(
      "body_identifiers", "a page is copied to B",
      send("POST", kV1 + "content/70001/copy", R"({"destination":{"type":"parent_page","value":"71000"},"pageTitle":"x"})")));
  out.push_back(
      lone("every_resource", "a page is moved below one of B", send("PUT", kV1 + "content/70001/move/append/71000", "")));
  out.push_back(lone("every_resource", "a comment on a page of A answers one of B",
                     send("POST", kV2 + "footer-comments",
                          R"({"pageId":"70001","parentCommentId":"71011","body":{"representation":"storage","value":"x"}})")));
}

void add_answers(std::vector<Scenario>& out) {
  const std::string search = kV1 + "search?cql=";
  out.push_back(
      lone("item_verified", "the index still finds a page that was moved", get(search + "type%20%3D%20page", kSpaceAll)));
  out.push_back(lone("item_verified", "attachments of all spaces are listed", get(kV2 + "attachments")));
  out.push_back(lone("item_verified", "comments of all spaces are listed", get(kV2 + "footer-comments?body-format=storage")));
  out.push_back(lone("item_verified", "what lay below the home page once", get(kV2 + "pages/70000/descendants")));
  out.push_back(alike("query_strict", "whether a space exists", get(search + "space%20%3D%20B"),
                      get(search + "space%20%3D%20ZZZ"), R"(\"B\")", R"(\"ZZZ\")"));
  out.push_back(alike("query_strict", "whether content exists", get(search + "parent%20%3D%2071001"),
                      get(search + "parent%20%3D%2099999"), "71001", "99999"));
  out.push_back(alike("list_filled", "whether a restricted page says something", get(search + "title%20~%20Restricted&limit=1"),
                      get(search + "title%20~%20Nonsuchword&limit=1"), "Restricted", "Nonsuchword"));
}

}  // namespace

void add_wiki_scenarios(std::vector<Scenario>& out) {
  add_location(out);
  add_requests(out);
  add_answers(out);
}

void add_wiki_core(std::vector<Core>& out) {
  const auto works = [&out](Question question, int status = 200, bool own = true) {
    out.push_back({std::move(question), status, own});
  };
  for (const unsigned bearer : {unsigned{kSpace}, unsigned{kSpaceAll}}) {
    for (const char* path : {"pages/70001?body-format=storage",
                             "pages?limit=3",
                             "pages?id=70001,70002",
                             "pages/70002?body-format=atlas_doc_format",
                             "blogposts/70005",
                             "blogposts",
                             "whiteboards/70006",
                             "databases/70007",
                             "folders/70008",
                             "embeds/70009",
                             "custom-content/70010",
                             "footer-comments/70011?body-format=storage",
                             "inline-comments/70012",
                             "footer-comments/70011/children",
                             "attachments/att70014",
                             "attachments",
                             "footer-comments",
                             "pages/70001/attachments",
                             "pages/70001/footer-comments",
                             "pages/70001/inline-comments",
                             "pages/70000/children",
                             "pages/70000/descendants",
                             "pages/70001/properties",
                             "pages/70001/properties/70017",
                             "spaces",
                             "spaces/65001",
                             "spaces/65001/pages?limit=2",
                             "spaces/65001/properties/70018",
                             "spaces/65001/labels",
                             "labels/80001/pages",
                             "custom-content?type=ac:app:note",
                             "pages/70001/versions",
                             "pages/70001/versions/1",
                             "folders/70008/direct-children"})
      works(get(kV2 + path, bearer));
    for (const char* path : {"pages/70002/ancestors", "pages/70001/labels", "pages/70001/likes/count", "pages/70001/operations",
                             "tasks", "tasks/70015", "pages/70001/classification-level"})
      works(get(kV2 + path, bearer), 200, false);
    works(get(kV1 + "search?cql=type%20%3D%20page", bearer));
    works(get(kV1 + "search?limit=2&cql=type%20%3D%20page%20and%20parent%20%3D%2070000%20order%20by%20title", bearer));
    works(get(kV1 + "content/search?cql=space%20%3D%20A&expand=body.storage,space,ancestors", bearer));
    works(get(kV1 + "content/70001/restriction/byOperation/read", bearer), 200, false);
    works(get(kV1 + "space/A/label", bearer));
    works(get(kV1 + "template/page?spaceKey=A", bearer));
    works(get(kV1 + "template/70016", bearer));
    works(get(kV1 + "content/70001/child/attachment/att70014/download", bearer));
    works(get(kV1 + "user/current", bearer), 200, false);
  }
  works(send("POST", kV2 + "pages",
             R"({"spaceId":"65001","parentId":"70001","title":"made","body":{"representation":"storage","value":"x"}})"),
        200, false);
  works(
      send(
          "PUT", kV2 + "pages/70001",
          R"({"id":"70001","status":"current","title":"changed","body":{"representation":"storage","value":"x"},"version":{"number":3}})"),
      200, false);
  works(send("DELETE", kV2 + "pages/70002", ""), 204, false);
  works(send("POST", kV2 + "footer-comments", R"({"pageId":"70001","body":{"representation":"storage","value":"x"}})"), 200,
        false);
  works(send("POST", kV2 + "pages/70001/properties", R"({"key":"made","value":{"a":1}})"), 200, false);
  works(send("PUT", kV2 + "pages/70001/properties/70017", R"({"key":"seeded","value":1,"version":{"number":2}})"), 200, false);
  works(send("POST", kV1 + "content/70001/label", R"([{"prefix":"global","name":"new"}])"), 200, false);
  works(send("PUT", kV1 + "content/70002/move/append/70000", ""), 200, false);
  works(send("DELETE", kV1 + "content/70001/pageTree", ""), 202, false);
  works(
      send("POST", kV1 + "content/70001/copy", R"({"destination":{"type":"parent_page","value":"70000"},"pageTitle":"copied"})"),
      200, false);
  works(send("PUT", kV2 + "tasks/70015", R"({"status":"complete"})"), 200, false);
}

}  // namespace gatehouse::escape
