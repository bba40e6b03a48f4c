#include "api/openapi.h"

#include "api/schemas.h"
#include "base/text.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

json::object reference(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

json::object schema_of(Type type) {
  switch (type) {
    case Type::kText: return {{"type", "string"}};
    case Type::kTexts: return {{"type", "array"}, {"items", json::object{{"type", "string"}}}};
    case Type::kInteger: return {{"type", "integer"}};
    case Type::kBoolean: return {{"type", "boolean"}};
    case Type::kInstant: return {{"type", "string"}, {"format", "date-time"}};
    case Type::kDuration: return {{"type", "string"}, {"pattern", "^[1-9][0-9]*[smhdw]$"}};
    case Type::kSecret: return {{"type", "string"}, {"format", "password"}, {"writeOnly", true}};
  }
  return {};
}

json::object schema_of(const Field& field) {
  json::object schema = schema_of(field.type);
  if (!field.one_of.empty()) {
    json::array choices;
    for (const std::string_view one : field.one_of) choices.emplace_back(one);
    schema["enum"] = std::move(choices);
  }
  return schema;
}

json::object schema_of(const Member& member) {
  const auto with_null = [&member](std::string_view type) -> json::value {
    if (member.optional) return json::array{json::value(type), json::value("null")};
    return json::value(type);
  };
  json::object schema;
  switch (member.shape) {
    case Shape::kText: schema["type"] = with_null("string"); break;
    case Shape::kTexts: schema = {{"type", "array"}, {"items", json::object{{"type", "string"}}}}; break;
    case Shape::kInteger: schema["type"] = with_null("integer"); break;
    case Shape::kBoolean: schema["type"] = with_null("boolean"); break;
    case Shape::kInstant:
      schema["type"] = with_null("string");
      schema["format"] = "date-time";
      break;
    case Shape::kDuration: schema["type"] = with_null("string"); break;
    case Shape::kAny: schema["type"] = with_null("object"); break;
    case Shape::kObject: schema = reference(member.of); break;
    case Shape::kObjects: schema = {{"type", "array"}, {"items", reference(member.of)}}; break;
  }
  if (!member.about.empty()) schema["description"] = member.about;
  return schema;
}

json::object object_schema(const Schema& schema) {
  json::object properties;
  json::array required;
  for (const Member& member : schema.members) {
    properties[member.name] = schema_of(member);
    if (!member.optional) required.emplace_back(member.name);
  }
  json::object object{{"type", "object"}, {"description", schema.about}, {"properties", std::move(properties)}};
  if (!required.empty()) object["required"] = std::move(required);
  return object;
}

json::object answer_schema(std::string_view answer) {
  if (answer.size() > 2 && answer.substr(answer.size() - 2) == "[]") {
    const std::string_view item = answer.substr(0, answer.size() - 2);
    return {{"type", "object"},
            {"required", json::array{"items", "next"}},
            {"properties",
             json::object{
                 {"items", json::object{{"type", "array"}, {"items", reference(item)}}},
                 {"next", json::object{{"type", json::array{"string", "null"}},
                                       {"description", "Pass it as `cursor` for the next page; null: this was the last."}}}}}};
  }
  return reference(answer);
}

json::array parameters_of(const Route& route) {
  json::array parameters;
  for (std::size_t at = route.path.find('{'); at != std::string_view::npos; at = route.path.find('{', at + 1)) {
    const std::string_view name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    parameters.push_back(
        json::object{{"name", name}, {"in", "path"}, {"required", true}, {"schema", json::object{{"type", "string"}}}});
  }
  for (const Field& field : route.query) {
    parameters.push_back(json::object{{"name", field.name},
                                      {"in", "query"},
                                      {"required", field.required},
                                      {"description", field.about},
                                      {"schema", schema_of(field)}});
  }
  if (route.method != "GET" && route.need != Need::kNothing) {
    for (const char* name : {"IfMatch", "IdempotencyKey"})
      parameters.push_back(json::object{{"$ref", std::string("#/components/parameters/") + name}});
  }
  return parameters;
}

json::object body_of(const Route& route) {
  json::object properties;
  json::array required;
  for (const Field& field : route.body) {
    json::object schema = schema_of(field);
    schema["description"] = field.about;
    properties[field.name] = std::move(schema);
    if (field.required) required.emplace_back(field.name);
  }
  const bool must = !required.empty();
  json::object schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (must) schema["required"] = std::move(required);
  return {{"required", must}, {"content", json::object{{"application/json", json::object{{"schema", std::move(schema)}}}}}};
}

/// The roles that the operation is open to, as far as each reaches.
json::array roles_of(const Route& route) {
  const policy::Rule& rule = policy::rule_of(route.need);
  json::array roles;
  for (const auto& [role, reach] : {std::pair("org-admin", rule.org_admin), std::pair("auditor", rule.auditor),
                                    std::pair("project-admin", rule.project_admin), std::pair("member", rule.member)}) {
    if (reach != policy::kNone) roles.emplace_back(role);
  }
  return roles;
}

json::object operation_of(const Route& route) {
  json::object success{{"description", reason_phrase(route.status)}};
  if (route.answer == "text") {
    success["content"] = json::object{{"text/plain", json::object{{"schema", json::object{{"type", "string"}}}}}};
  } else if (!route.answer.empty()) {
    success["content"] = json::object{{"application/json", json::object{{"schema", answer_schema(route.answer)}}}};
  }
  json::object responses{{std::to_string(route.status), std::move(success)}};
  if (route.method == "GET" && route.need != Need::kNothing)
    responses.at(std::to_string(route.status)).get_object()["headers"] =
        json::object{{"ETag", json::object{{"$ref", "#/components/headers/ETag"}}}};
  responses["default"] = json::object{{"$ref", "#/components/responses/Problem"}};
  json::object operation{{"operationId", route.operation_id},
                         {"summary", route.summary},
                         {"description", "Needs: " + std::string(policy::rule_of(route.need).word) + "."},
                         {"tags", json::array{json::value(route.tag)}},
                         {"x-gatehouse-need", policy::rule_of(route.need).word},
                         {"x-gatehouse-roles", roles_of(route)}};
  if (json::array parameters = parameters_of(route); !parameters.empty()) operation["parameters"] = std::move(parameters);
  if (!route.body.empty()) operation["requestBody"] = body_of(route);
  operation["responses"] = std::move(responses);
  if (route.need == Need::kNothing) operation["security"] = json::array{};
  return operation;
}

}  // namespace

std::string make_openapi(const std::vector<Route>& routes) {
  json::object paths;
  for (const Route& route : routes) {
    json::value& item = paths[route.path];
    if (!item.is_object()) item = json::object();
    item.get_object()[ascii_lower(route.method)] = operation_of(route);
  }
  json::object all_schemas;
  for (const Schema& schema : schemas()) all_schemas[schema.name] = object_schema(schema);
  const json::object text{{"type", "string"}};
  const auto header = [](const char* name, const char* about, const json::object& schema) {
    return json::object{{"name", name}, {"in", "header"}, {"required", false}, {"description", about}, {"schema", schema}};
  };
  json::object components{
      {"schemas", std::move(all_schemas)},
      {"parameters",
       json::object{
           {"IfMatch",
            header("If-Match", "The ETag of the record as you have read it; 412 where it is another one by now.", text)},
           {"IdempotencyKey", header("Idempotency-Key",
                                     "Of your own making, 200 characters at most: the same request with it again within a day "
                                     "is not done twice, and its secret is not shown again.",
                                     text)}}},
      {"headers", json::object{{"ETag", json::object{{"description", "Of this record: for If-Match and If-None-Match."},
                                                     {"schema", text}}}}},
      {"responses",
       json::object{{"Problem", json::object{{"description", "An RFC 9457 problem document."},
                                             {"content", json::object{{"application/problem+json",
                                                                       json::object{{"schema", reference("Problem")}}}}}}}}},
      {"securitySchemes",
       json::object{
           {"adminKey", json::object{{"type", "http"}, {"scheme", "bearer"}, {"description", "An administrator key, gtha_…"}}}}}};
  json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Gatehouse administration"},
                            {"version", "1"},
                            {"description", "Sites, service accounts, grants, tokens and the record of what they did."},
                            {"license", json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", json::array{json::object{{"url", "/"}}}},
      {"security", json::array{json::object{{"adminKey", json::array{}}}}},
      {"paths", std::move(paths)},
      {"components", std::move(components)}};
  return json::serialize(document);
}

}  // namespace gatehouse::api
