#include "api/input.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <set>

#include "catalogue/target.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

Error wrong(std::string detail, std::string_view field) {
  return fail(Errc::kInvalidArgument, std::move(detail), {}, std::string(field));
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [name](const Field& one) { return one.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string known_names(const std::vector<Field>& fields) {
  std::string names;
  for (const Field& field : fields) names += (names.empty() ? "" : ", ") + std::string(field.name);
  return names.empty() ? "none" : names;
}

std::string_view expected(Type type) noexcept {
  switch (type) {
    case Type::kText: return "a string";
    case Type::kTexts: return "an array of strings";
    case Type::kInteger: return "a whole number";
    case Type::kBoolean: return "true or false";
    case Type::kInstant: return "an instant with a zone, such as \"2027-02-24T18:00:00Z\"";
    case Type::kDuration: return "a duration, such as \"30d\"";
    case Type::kSecret: return "a string";
  }
  return "a value";
}

/// The store refuses NUL, and no name or reason has a use for the others; line breaks and tabs are text.
bool clean(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 ? c != '\n' && c != '\t' && c != '\r' : c == 0x7f;
  });
}

bool fits(const Field& field, const json::value& value) {
  switch (field.type) {
    case Type::kText:
    case Type::kInstant:
    case Type::kDuration: return value.is_string() && clean(value.get_string());
    case Type::kSecret: return value.is_string();
    case Type::kInteger: return value.is_int64();
    case Type::kBoolean: return value.is_bool();
    case Type::kTexts:
      return value.is_array() && std::all_of(value.get_array().begin(), value.get_array().end(),
                                             [](const json::value& one) { return one.is_string() && clean(one.get_string()); });
  }
  return false;
}

Result<void> check_choice(const Field& field, std::string_view value) {
  if (field.one_of.empty() || std::find(field.one_of.begin(), field.one_of.end(), value) != field.one_of.end()) return success();
  std::string choices;
  for (const std::string_view one : field.one_of) choices += (choices.empty() ? "" : ", ") + std::string(one);
  return wrong("\"" + std::string(field.name) + "\" must be one of: " + choices + ".", field.name);
}

bool is_small_number(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 9 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// json::value keeps the last of two members of one name and forgets the first: only a pass over the events can see it.
struct DuplicateHandler {
  static constexpr std::size_t max_object_size = 1024;
  static constexpr std::size_t max_array_size = 100'000;
  static constexpr std::size_t max_key_size = 1024;
  static constexpr std::size_t max_string_size = kMaxFileBody;
  std::vector<std::set<std::string>> levels;
  std::string key;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    levels.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    levels.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& problem) {
    key.append(part);
    const bool fresh = levels.back().insert(key).second;
    key.clear();
    if (!fresh) problem = json::error::extra_data;
    return fresh;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

Result<json::object> parse_object(const std::string& text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::error_code problem;
  json::value parsed = json::parse(text, problem, {}, options);
  if (problem || !parsed.is_object()) return fail(Errc::kInvalidArgument, "The body must be one JSON object.");
  json::basic_parser<DuplicateHandler> repeated(options);
  repeated.write_some(false, text.data(), text.size(), problem);
  if (problem) return fail(Errc::kInvalidArgument, "The body has two members of the same name.");
  return std::move(parsed.get_object());
}

}  // namespace

Result<void> read_query(const Route& route, std::string_view query, Call& call) {
  catalogue::Query parsed;
  if (const auto fault = catalogue::parse_query(query, parsed); fault != catalogue::TargetFault::kNone) {
    return fail(Errc::kInvalidArgument, std::string(catalogue::explain(fault)));
  }
  for (const catalogue::QueryParameter& parameter : parsed.all()) {
    const Field* field = find(route.query, parameter.name);
    if (!field) return wrong("There is no such query parameter here; known are: " + known_names(route.query) + ".", {});
    if (parsed.count(parameter.name) > 1)
      return wrong("\"" + std::string(field->name) + "\" stands more than once.", field->name);
    if (!clean(parameter.value)) return wrong("\"" + std::string(field->name) + "\" holds control characters.", field->name);
    const bool number_expected = field->type == Type::kInteger;
    const bool flag_expected = field->type == Type::kBoolean;
    if ((number_expected && !is_small_number(parameter.value)) ||
        (flag_expected && parameter.value != "true" && parameter.value != "false")) {
      return wrong("\"" + std::string(field->name) + "\" must be " + std::string(expected(field->type)) + ".", field->name);
    }
    GH_TRYV(check_choice(*field, parameter.value));
    call.query.emplace_back(std::string(parameter.name), std::string(parameter.value));
  }
  for (const Field& field : route.query) {
    if (field.required && !call.has(field.name))
      return wrong("The query parameter \"" + std::string(field.name) + "\" is missing.", field.name);
  }
  return success();
}

Result<void> read_body(const Route& route, const Request& request, Call& call) {
  if (route.body.empty()) {
    if (request.body.empty() || request.body == "{}") return success();
    return fail(Errc::kInvalidArgument, "This request takes no body.");
  }
  const bool may_be_empty = std::none_of(route.body.begin(), route.body.end(), [](const Field& field) { return field.required; });
  if (!(request.body.empty() && may_be_empty)) {
    // A form or text/plain could be sent across origins by a browser without asking; JSON can't.
    std::string_view type = request.field("Content-Type");
    type = type.substr(0, type.find(';'));
    if (!same_name(type, "application/json"))
      return fail(Errc::kInvalidArgument, "Send the body as Content-Type: application/json.");
    GH_TRY(call.body, parse_object(request.body));
  }
  // A null is the same as leaving the member out.
  for (auto member = call.body.begin(); member != call.body.end();) {
    if (member->value().is_null()) {
      member = call.body.erase(member);
    } else {
      ++member;
    }
  }
  for (const auto& member : call.body) {
    const Field* field = find(route.body, member.key());
    if (!field) return wrong("The body has a member that is not known here; known are: " + known_names(route.body) + ".", {});
    if (!fits(*field, member.value())) {
      return wrong("\"" + std::string(field->name) + "\" must be " + std::string(expected(field->type)) + ".", field->name);
    }
    if (member.value().is_string()) {
      GH_TRYV(check_choice(*field, member.value().get_string()));
    }
  }
  for (const Field& field : route.body) {
    if (field.required && !call.body.contains(field.name))
      return wrong("\"" + std::string(field.name) + "\" is missing.", field.name);
  }
  return success();
}

}  // namespace gatehouse::api
