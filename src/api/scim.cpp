#include "api/scim.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <iostream>

#include "api/problem.h"
#include "api/scim_values.h"
#include "catalogue/target.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kPrefix = "/scim/v2";
constexpr std::string_view kType = "application/scim+json";
constexpr std::int64_t kMostAtOnce = 200;
constexpr std::size_t kMostDepth = 16;

/// One request that showed a live directory key.
struct Ask {
  admin::Services& services;
  const Request& request;
  Caller caller;
  std::string base;  ///< "/scim/v2": locations are relative references (RFC 3986 section 4.2)
  std::string id;    ///< of one resource; empty: all
  catalogue::Query query;
};

Response answer(int status, const json::object& document) {
  Response response;
  response.status = status;
  response.content_type = kType;
  response.body = json::serialize(document);
  return response;
}

/// RFC 7644 section 3.12.
Response refuse(const Request& request, const Error& error) {
  int status = status_of(error.code);
  if (status >= 500) {
    std::clog << "scim request " << request.id << ": " << to_string(error.code) << ": " << error.public_detail << " "
              << error.log_detail << std::endl;
  }
  json::object document{
      {"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:Error"}},
      {"status", std::to_string(status)},
      {"detail", error.public_detail.empty() ? "Gatehouse could not do this; its log has the reason under " + request.id
                                             : error.public_detail}};
  if (error.code == Errc::kConflict) document["scimType"] = "uniqueness";
  if (error.code == Errc::kInvalidArgument) document["scimType"] = error.field == "filter" ? "invalidFilter" : "invalidValue";
  Response response = answer(status, document);
  if (status == 401) response.fields.emplace_back("WWW-Authenticate", "Bearer realm=\"gatehouse directory\"");
  return response;
}

Result<json::object> body_of(const Request& request) {
  std::string_view type = request.field("Content-Type");
  type = type.substr(0, type.find(';'));
  if (!same_name(type, kType) && !same_name(type, "application/json"))
    return fail(Errc::kInvalidArgument, "Send the body as application/scim+json.");
  json::parse_options options;
  options.max_depth = kMostDepth;
  json::error_code problem;
  json::value parsed = json::parse(request.body, problem, {}, options);
  if (problem || !parsed.is_object()) return fail(Errc::kInvalidArgument, "The body must be one JSON object.");
  return std::move(parsed.get_object());
}

std::string parameter(const Ask& ask, std::string_view name) {
  const catalogue::QueryParameter* found = ask.query.find(name);
  return found ? std::string(found->value) : std::string();
}

std::int64_t number(const Ask& ask, std::string_view name, std::int64_t otherwise) {
  const std::string text = parameter(ask, name);
  std::int64_t value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return text.empty() || problem != std::errc() || stop != text.data() + text.size() ? otherwise : value;
}

/// Section 3.4.2.4: startIndex from 1, and a count that may be nothing.
template <class List, class Render>
Result<Response> list(const Ask& ask, bool groups, const List& find, const Render& render) {
  auto filter = read_scim_filter(parameter(ask, "filter"), groups);
  if (!filter) {
    filter.error().field = "filter";
    return filter.error();
  }
  const std::int64_t start = std::clamp<std::int64_t>(number(ask, "startIndex", 1), 1, 1'000'000'000);
  const std::int64_t count = std::clamp<std::int64_t>(number(ask, "count", 100), 0, kMostAtOnce);
  GH_TRY(const auto found, find(ask.services, filter.value(), start - 1, count));
  json::array resources;
  for (const auto& one : found.items) resources.push_back(render(one, ask.base));
  const auto given = static_cast<std::int64_t>(resources.size());
  return answer(200, {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}},
                      {"totalResults", found.total},
                      {"startIndex", start},
                      {"itemsPerPage", given},
                      {"Resources", std::move(resources)}});
}

template <class Known, class Render>
Result<Response> one(const Ask& ask, int status, const Result<Known>& known, const Render& render) {
  if (!known) return known.error();
  json::object document = render(known.value(), ask.base);
  Response response = answer(status, document);
  response.fields.emplace_back("Location", std::string(document.at("meta").at("location").as_string()));
  return response;
}

Response nothing() {
  Response response;
  response.status = 204;
  response.content_type = "";
  return response;
}

Result<Response> users(const Ask& ask) {
  admin::Services& services = ask.services;
  const std::string& method = ask.request.method;
  if (method == "GET" && ask.id.empty()) return list(ask, false, admin::directory_list_users, scim_user);
  if (method == "GET") return one(ask, 200, admin::directory_show_user(services, ask.id), scim_user);
  if (method == "DELETE" && !ask.id.empty()) {
    GH_TRYV(admin::directory_remove_user(services, ask.caller, ask.id));
    return nothing();
  }
  GH_TRY(const json::object body, body_of(ask.request));
  if (method == "POST" && ask.id.empty()) {
    GH_TRY(const admin::DirectoryUser wanted, read_scim_user(body));
    return one(ask, 201, admin::directory_add_user(services, ask.caller, wanted), scim_user);
  }
  if (method == "PUT" && !ask.id.empty()) {
    GH_TRY(const admin::DirectoryUser wanted, read_scim_user(body));
    const auto edit = [&wanted](admin::DirectoryUser& user) -> Result<void> {
      user = wanted;
      return success();
    };
    return one(ask, 200, admin::directory_change_user(services, ask.caller, ask.id, edit), scim_user);
  }
  if (method == "PATCH" && !ask.id.empty()) {
    const auto edit = [&body](admin::DirectoryUser& user) { return patch_scim_user(body, user); };
    return one(ask, 200, admin::directory_change_user(services, ask.caller, ask.id, edit), scim_user);
  }
  return fail(Errc::kUnsupported, "This address does not take that method.");
}

Result<Response> groups(const Ask& ask) {
  admin::Services& services = ask.services;
  const std::string& method = ask.request.method;
  if (method == "GET" && ask.id.empty()) return list(ask, true, admin::directory_list_groups, scim_group);
  if (method == "GET") return one(ask, 200, admin::directory_show_group(services, ask.id), scim_group);
  if (method == "DELETE" && !ask.id.empty()) {
    GH_TRYV(admin::directory_remove_group(services, ask.caller, ask.id));
    return nothing();
  }
  GH_TRY(const json::object body, body_of(ask.request));
  if (method == "POST" && ask.id.empty()) {
    GH_TRY(const admin::DirectoryGroupIs wanted, read_scim_group(body));
    return one(ask, 201, admin::directory_add_group(services, ask.caller, wanted), scim_group);
  }
  if (method == "PUT" && !ask.id.empty()) {
    GH_TRY(const admin::DirectoryGroupIs wanted, read_scim_group(body));
    const auto edit = [&wanted](admin::DirectoryGroupIs& group) -> Result<void> {
      group = wanted;
      return success();
    };
    return one(ask, 200, admin::directory_change_group(services, ask.caller, ask.id, edit), scim_group);
  }
  if (method == "PATCH" && !ask.id.empty()) {
    const auto edit = [&body](admin::DirectoryGroupIs& group) { return patch_scim_group(body, group); };
    return one(ask, 200, admin::directory_change_group(services, ask.caller, ask.id, edit), scim_group);
  }
  return fail(Errc::kUnsupported, "This address does not take that method.");
}

/// RFC 7643 section 5: what works here and what does not.
json::object service_provider() {
  const json::object no{{"supported", false}};
  return {
      {"schemas", json::array{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"}},
      {"patch", json::object{{"supported", true}}},
      {"bulk", json::object{{"supported", false}, {"maxOperations", 0}, {"maxPayloadSize", 0}}},
      {"filter", json::object{{"supported", true}, {"maxResults", kMostAtOnce}}},
      {"changePassword", no},
      {"sort", no},
      {"etag", no},
      {"authenticationSchemes", json::array{json::object{{"type", "oauthbearertoken"},
                                                         {"name", "Directory key"},
                                                         {"description", "A key that begins with gthd_, as a bearer token."}}}}};
}

json::object resource_types() {
  const auto type = [](std::string_view name, std::string_view schema) {
    return json::object{{"schemas", json::array{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}},
                        {"id", name},
                        {"name", name},
                        {"endpoint", "/" + std::string(name) + "s"},
                        {"schema", schema}};
  };
  return {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}},
          {"totalResults", 2},
          {"Resources", json::array{type("User", kScimUserSchema), type("Group", kScimGroupSchema)}}};
}

Result<Response> route(Ask& ask, std::string_view path) {
  if (path == "/ServiceProviderConfig" && ask.request.method == "GET") return answer(200, service_provider());
  if (path == "/ResourceTypes" && ask.request.method == "GET") return answer(200, resource_types());
  const std::size_t slash = path.find('/', 1);
  const std::string_view kind = path.substr(0, slash);
  if (slash != std::string_view::npos) {
    std::string buffer;
    ask.id = catalogue::decode_segment(path.substr(slash + 1), buffer);
    if (ask.id.find('/') != std::string::npos) return fail(Errc::kNotFound, "There is no such resource.");
  }
  if (kind == "/Users") return users(ask);
  if (kind == "/Groups") return groups(ask);
  return fail(Errc::kNotFound, "There is no such resource; Users and Groups are.");
}

std::string_view bearer_of(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view field = request.field("Authorization");
  if (field.size() <= kBearer.size() || !same_name(field.substr(0, kBearer.size()), kBearer)) return {};
  return field.substr(kBearer.size());
}

}  // namespace

Response Scim::handle(const Request& request) const {
  const catalogue::Target target = catalogue::check_target(request.target);
  if (!target.ok()) return refuse(request, fail(Errc::kInvalidArgument, std::string(catalogue::explain(target.fault))));
  auto caller = admin::authenticate_directory(services_, bearer_of(request), request.address);
  if (!caller) return refuse(request, caller.error());
  Ask ask{services_, request, std::move(caller.value()), std::string(kPrefix), {}, {}};
  if (const auto fault = catalogue::parse_query(target.query, ask.query); fault != catalogue::TargetFault::kNone)
    return refuse(request, fail(Errc::kInvalidArgument, std::string(catalogue::explain(fault))));
  try {
    auto response = route(ask, target.path.substr(kPrefix.size()));
    return response ? std::move(response.value()) : refuse(request, response.error());
  } catch (const std::exception& caught) {
    return refuse(request, fail(Errc::kInternal, {}, caught.what()));
  }
}

}  // namespace gatehouse::api
