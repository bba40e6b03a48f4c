// What the answers of the REST API hold: one table for each kind of object. The OpenAPI document is made from it, and a test
// holds every answer against it.
#pragma once

#include <string_view>
#include <vector>

namespace gatehouse::api {

/// JSON types of a member. kInstant and kDuration are strings; kAny is an object of free form.
enum class Shape { kText, kTexts, kInteger, kBoolean, kInstant, kDuration, kAny, kObject, kObjects };

struct Member {
  std::string_view name;
  Shape shape = Shape::kText;
  std::string_view about;
  bool optional = false;     ///< may be null or missing
  std::string_view of = {};  ///< of kObject and kObjects: the schema
};

struct Schema {
  std::string_view name;
  std::string_view about;
  std::vector<Member> members;
};

/// Every credential's.
std::vector<Member> token_members();
Schema extended(std::string_view name, std::string_view about, std::vector<Member> members, std::vector<Member> more);
/// Of api/schemas_oauth.cpp; part of the list below.
std::vector<Schema> client_schemas();
/// Of api/schemas_reports.cpp; part of the list below.
std::vector<Schema> report_schemas();
/// Of api/schemas_register.cpp; part of the list below.
std::vector<Schema> register_schemas();

/// Of api/schemas_sign_in.cpp; part of the list below.
std::vector<Schema> sign_in_schemas();

const std::vector<Schema>& schemas();
/// nullptr if there is none.
const Schema* find_schema(std::string_view name);

}  // namespace gatehouse::api
