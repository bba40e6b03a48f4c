// OpenAPI documents: what becomes of operations, scopes, carriers and answers, and what a wrong document is told.

#include "catalogue/openapi.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "catalogue/body_rules.h"

namespace gatehouse::catalogue {
namespace {

std::string example() {
  std::ifstream file(std::string(GATEHOUSE_SOURCE_DIR) + "/examples/openapi_site/tasks.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A document with these paths, in YAML.
std::string with_paths(const std::string& paths, const std::string& more = {}) {
  return "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {" + paths + "}\n" + more;
}

std::string error_of(const std::string& document) {
  const auto loaded = load_openapi(document);
  return loaded ? "" : loaded.error().public_detail;
}

const Operation& only(const OpenApiCatalogue& loaded) { return loaded.catalogue->operations().front(); }

OpenApiCatalogue load(const std::string& document) {
  auto loaded = load_openapi(document);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().public_detail + "\n" + document);
  return loaded ? std::move(loaded).value() : load_openapi(example()).value();
}

constexpr const char* kAnswer = "responses: {'200': {description: d, x-gatehouse-resource: {resource: /p}}}";

TEST(OpenApi, TheExampleIsReadAsItsPageSays) {
  const OpenApiCatalogue loaded = load(example());
  ASSERT_TRUE(loaded.catalogue);
  EXPECT_EQ(loaded.title, "Tasks 1.0");
  EXPECT_EQ(loaded.test_path, "/kinds");
  EXPECT_TRUE(loaded.left_out.empty());
  const Catalogue& all = *loaded.catalogue;
  EXPECT_EQ(all.find("listKinds")->bounded, Bounded::kAllowed);
  EXPECT_EQ(all.find("listProjects")->bounded, Bounded::kFiltered);
  EXPECT_TRUE(all.find("listProjects")->answer_list);
  EXPECT_EQ(all.find("getProject")->bounded, Bounded::kLocated);
  EXPECT_EQ(all.find("getTask")->bounded, Bounded::kFiltered);
  EXPECT_EQ(all.find("readEverything")->bounded, Bounded::kRefused);
  EXPECT_NE(all.find("readEverything")->refusal.find("add x-gatehouse-resource to its answer"), std::string::npos);
  const Operation& edit = *all.find("editTask");
  ASSERT_EQ(edit.path_parameters().front().kind, Kind::kObject);
  EXPECT_EQ(edit.path_parameters().front().lookup->before, "/tasks/");
  EXPECT_EQ(edit.path_parameters().front().lookup->resource, std::vector<std::string>{"projectId"});
  EXPECT_EQ(edit.body->child("projectId")->kind(), Kind::kResource);
  EXPECT_FALSE(edit.body->child("projectId")->parameter()->required);
  EXPECT_EQ(edit.body->child("ProjectId"), nullptr);
  EXPECT_EQ(edit.body->child("title")->kind(), Kind::kInert);
  EXPECT_TRUE(all.find("createTask")->body->child("projectId")->parameter()->required);
  EXPECT_EQ(scope_names(edit.classic), std::vector<std::string>{"tasks.write"});
  EXPECT_EQ(scope_names(all.find("listTasks")->classic), std::vector<std::string>{"tasks.read"});
  EXPECT_TRUE(all.role("viewer")->operations.test(all.find("getTask")->index));
  EXPECT_FALSE(all.role("member")->operations.test(all.find("deleteTask")->index));
  EXPECT_TRUE(all.role("member")->operations.test(edit.index));
}

TEST(OpenApi, PathsAreMatchedAsStrictlyAsAtlassians) {
  const OpenApiCatalogue loaded = load(example());
  const Catalogue& all = *loaded.catalogue;
  EXPECT_EQ(all.match("GET", "/tasks/7").operation->id, "getTask");
  EXPECT_EQ(all.match("GET", "/tasks/7").value("task"), "7");
  EXPECT_FALSE(all.match("GET", "/Tasks/7"));
  EXPECT_FALSE(all.match("GET", "/tasks/7/"));
  EXPECT_EQ(all.match("PUT", "/tasks/7").outcome, Match::Outcome::kUnknownMethod);
  EXPECT_FALSE(all.match("GET", "/__rules"));
}

TEST(OpenApi, ScopesByDefaultExtensionAndAlternatives) {
  const std::string get = "get: {operationId: a, responses: {}";
  EXPECT_EQ(scope_names(only(load(with_paths("/a: {" + get + "}}"))).classic), std::vector<std::string>{"read:api"});
  EXPECT_EQ(scope_names(only(load(with_paths("/a: {post: {operationId: a, responses: {}}}"))).classic),
            std::vector<std::string>{"write:api"});
  const OpenApiCatalogue loaded = load(with_paths("/a: {" + get + ", security: [{x: [one]}, {key: []}, {y: [two, three]}]}}"));
  EXPECT_EQ(scope_names(only(loaded).classic), std::vector<std::string>{"one"});
  EXPECT_TRUE(only(loaded).has_granular);
  EXPECT_EQ(only(loaded).granular.list().size(), 2u);
  EXPECT_EQ(scope_names(only(load(with_paths("/a: {" + get + ", x-gatehouse-scopes: [mine], security: [{x: [one]}]}}"))).classic),
            std::vector<std::string>{"mine"});
  EXPECT_NE(error_of(with_paths("/a: {" + get + ", security: [{x: [a1]}, {y: [b1]}, {z: [c1]}]}}")).find("x-gatehouse-scopes"),
            std::string::npos);
  EXPECT_NE(error_of(with_paths("/a: {" + get + ", x-gatehouse-scopes: ['a b']}}")).find("a scope is"), std::string::npos);
}

TEST(OpenApi, WhatSaysNothingIsRefusedAndToldWhatToAdd) {
  const auto refusal = [](const std::string& paths) {
    const OpenApiCatalogue loaded = load(with_paths(paths));
    EXPECT_EQ(only(loaded).bounded, Bounded::kRefused);
    return only(loaded).refusal;
  };
  const std::string id = "parameters: [{name: id, in: path, required: true}]";
  const std::string resource = "parameters: [{name: id, in: path, required: true, x-gatehouse-resource: resource}]";
  const std::string json = "requestBody: {content: {application/json: {schema: {}}}}";
  EXPECT_NE(refusal("/a: {get: {responses: {}}}").find("its answer"), std::string::npos);
  EXPECT_NE(refusal("'/a/{id}': {delete: {" + id + ", responses: {}}}").find("path parameter id"), std::string::npos);
  EXPECT_NE(refusal("/a: {post: {responses: {}}}").find("names its resource"), std::string::npos);
  EXPECT_NE(refusal("'/a/{id}': {put: {" + resource + ", " + json + "}}").find("requestBody"), std::string::npos);
  EXPECT_NE(refusal("'/a/{id}': {put: {" + resource + ", requestBody: {content: {text/csv: {}}, x-gatehouse-resource: none}}}")
                .find("not JSON"),
            std::string::npos);
  EXPECT_NE(refusal("/a: {get: {responses: {'200': {x-gatehouse-resource: request}}}}").find("no parameter that must be there"),
            std::string::npos);
  // An id of which nothing is said is enough where the answer itself proves where it lies, and only there.
  EXPECT_EQ(only(load(with_paths("'/a/{id}': {get: {" + id + ", " + kAnswer + "}}"))).bounded, Bounded::kFiltered);
  EXPECT_NE(refusal("'/a/{id}': {get: {" + id + ", responses: {'200': {x-gatehouse-resource: {items: '', resource: /p}}}}}")
                .find("path parameter id"),
            std::string::npos);
  EXPECT_NE(refusal("'/a/{id}': {patch: {" + id + ", " + kAnswer + "}}").find("path parameter id"), std::string::npos);
}

TEST(OpenApi, ParametersOfWritesOfWhichNothingIsSaidStayUnclassified) {
  const std::string parameters =
      "parameters: [{name: p, in: query, x-gatehouse-resource: resource}, {name: other, in: query}, {name: flag, in: query, "
      "x-gatehouse-resource: none}, {name: more, in: query, schema: {type: array}}]";
  const OpenApiCatalogue loaded = load(with_paths("/a: {post: {" + parameters + ", responses: {}}}"));
  const Operation& write = only(loaded);
  EXPECT_EQ(write.bounded, Bounded::kLocated);
  EXPECT_TRUE(write.find(Parameter::Carrier::kQuery, "p")->required);
  EXPECT_EQ(write.find(Parameter::Carrier::kQuery, "other")->kind, Kind::kUnclassified);
  EXPECT_EQ(write.find(Parameter::Carrier::kQuery, "flag")->kind, Kind::kInert);
  EXPECT_TRUE(write.find(Parameter::Carrier::kQuery, "more")->list);
  const OpenApiCatalogue reads = load(with_paths("/a: {get: {" + parameters + ", " + kAnswer + "}}"));
  EXPECT_EQ(only(reads).find(Parameter::Carrier::kQuery, "other")->kind, Kind::kInert);
}

TEST(OpenApi, BodiesNameResourcesAtPointersAndInLists) {
  const std::string schema =
      "schema: {type: object, properties: {name: {}, owner: {type: object, properties: {team: {}, mail: {}}}, tasks: {type: "
      "array, items: "
      "{properties: {p: {}, title: {}}}}}}";
  const OpenApiCatalogue loaded =
      load(with_paths("/a: {post: {requestBody: {x-gatehouse-resource: [/owner/team, /tasks/*/p], content: {application/json: {" +
                      schema + "}}}, responses: {}}}"));
  const BodyNode& body = *only(loaded).body;
  EXPECT_EQ(body.child("owner")->child("team")->kind(), Kind::kResource);
  EXPECT_EQ(body.child("owner")->child("mail")->kind(), Kind::kInert);
  EXPECT_EQ(body.child("owner")->child("Team"), nullptr);
  EXPECT_EQ(body.child("tasks")->element()->child("p")->kind(), Kind::kResource);
  EXPECT_EQ(body.child("tasks")->element()->child("q"), nullptr);
  EXPECT_TRUE(body.child("name")->subtree());
}

TEST(OpenApi, AnswersPassAnAllowList) {
  const std::string answer =
      "responses: {'200': {x-gatehouse-resource: {items: /data/rows, resource: /p/id, keep: [/total, /data/next]}, content: "
      "{application/json: "
      "{schema: {properties: {data: {properties: {rows: {type: array, items: {properties: {p: {}, name: {}}}}}}}}}}}}";
  const OpenApiCatalogue loaded = load(with_paths("/a: {get: {" + answer + "}}"));
  const Shape& root = *only(loaded).shape;
  EXPECT_FALSE(only(loaded).answer_list);
  EXPECT_EQ(root.find("total").rule, Rule::kScalar);
  EXPECT_EQ(root.find("others").rule, Rule::kDrop);
  const Shape& data = *root.find("data").shape;
  EXPECT_EQ(data.find("next").rule, Rule::kScalar);
  const ShapeField& rows = data.find("rows");
  EXPECT_EQ(rows.rule, Rule::kList);
  EXPECT_EQ(rows.shape->inside.by, Inside::By::kResource);
  EXPECT_EQ(rows.shape->inside.path, (std::vector<std::string>{"p", "id"}));
  EXPECT_EQ(rows.shape->find("name").rule, Rule::kKeep);
  EXPECT_EQ(rows.shape->find("secret").rule, Rule::kDrop);
  // A schema that names nothing lets single values through, and nothing that could hold another's.
  const OpenApiCatalogue bare = load(with_paths(std::string("/a: {get: {") + kAnswer + "}}"));
  EXPECT_EQ(only(bare).shape->find("anything").rule, Rule::kScalar);
}

TEST(OpenApi, ErrorsNameThePointer) {
  const auto expect = [](const std::string& document, std::string_view where, std::string_view what) {
    const std::string error = error_of(document);
    EXPECT_NE(error.find(where), std::string::npos) << error;
    EXPECT_NE(error.find(what), std::string::npos) << error;
  };
  const std::string op = "responses: {}";
  expect("swagger: '2.0'\npaths: {}\n", "its root", "3.0 or 3.1");
  expect(with_paths("/a: {get: {parameters: [{$ref: 'other.yaml#/x'}], " + op + "}}"), "/paths/~1a/get/parameters/0/$ref",
         "another document");
  expect(with_paths("/a: {get: {parameters: [{$ref: '#/nowhere'}], " + op + "}}"), "/paths/~1a/get/parameters/0/$ref",
         "not in the document");
  expect(with_paths("/a: {get: {parameters: [{$ref: '#/paths/~1a/get/parameters/0'}], " + op + "}}"), "$ref", "on and on");
  expect(with_paths("'/a/{id}': {get: {" + op + "}}"), "/paths/~1a~1{id}/get", "{id}");
  expect(with_paths("/a: {get: {parameters: [{name: p, in: query, x-gatehouse-resource: maybe}], " + op + "}}"),
         "/paths/~1a/get/parameters/0/x-gatehouse-resource", "expected resource, none");
  expect(with_paths("/a: {get: {responses: {'200': {x-gatehouse-resource: {resource: p}}}}}"), "/x-gatehouse-resource/resource",
         "RFC 6901");
  expect(with_paths("/a: {get: {responses: {'200': {x-gatehouse-resource: {resources: /p}}}}}"),
         "/x-gatehouse-resource/resources", "expected one of");
  expect(with_paths("/a: {get: {operationId: x, " + op + "}, put: {operationId: x, " + op + "}}"), "/paths/~1a/put",
         "give each its own");
  expect(with_paths("'/a/{id}': {delete: {parameters: [{name: id, in: path, x-gatehouse-resource: {lookup: nothing}}], " + op +
                    "}}"),
         "delete", "there is none");
  expect(with_paths("/a: {get: {" + op + "}}", "x-gatehouse-test: b\n"), "/x-gatehouse-test", "operationId");
  expect("openapi: 3.0.0\npaths: {}\npaths: {}\n", "Line 3", "given twice");
  expect("{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {}, \"\\/a\": {}}}", "Line 1", "given twice");
  expect("a: &x {}\nb: *x\n", "Line 1", "anchors");
  EXPECT_EQ(load_openapi(std::string(kMaxDocument + 1, ' ')).error().code, Errc::kLimitExceeded);
}

TEST(OpenApi, WhatCantBeServedIsLeftOutAndSaid) {
  const OpenApiCatalogue loaded = load(
      with_paths("/a: {get: {responses: {}}}, /b/: {get: {}}, '/c/{x}.json': {get: {}}, /d: {trace: {}, get: {responses: {}}}"));
  EXPECT_EQ(loaded.catalogue->operations().size(), 2u);
  EXPECT_EQ(loaded.left_out.size(), 3u);
}

}  // namespace
}  // namespace gatehouse::catalogue
