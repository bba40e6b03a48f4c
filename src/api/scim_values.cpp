#include "api/scim_values.h"

#include <algorithm>

#include "api/message.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

Error wrong(std::string what) { return fail(Errc::kInvalidArgument, std::move(what)); }

Result<std::string> text(const json::value& value, std::string_view name) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return std::string();
  return wrong("\"" + std::string(name) + "\" must be a text.");
}

Result<std::string> member_text(const json::object& object, std::string_view name) {
  const json::value* found = scim_member(object, name);
  return found ? text(*found, name) : Result<std::string>(std::string());
}

/// Entra sends "True" and "False" as texts.
Result<bool> boolean(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  if (value.is_string()) {
    const std::string word(value.get_string());
    if (same_name(word, "true")) return true;
    if (same_name(word, "false")) return false;
  }
  return wrong("\"active\" must be true or false.");
}

/// The primary address, or the first.
Result<std::string> address(const json::value& emails) {
  if (emails.is_string()) return std::string(emails.get_string());
  if (!emails.is_array()) return wrong("\"emails\" must be an array.");
  std::string first;
  for (const json::value& one : emails.get_array()) {
    if (!one.is_object()) return wrong("\"emails\" must hold objects.");
    GH_TRY(const std::string value, member_text(one.get_object(), "value"));
    const json::value* primary = scim_member(one.get_object(), "primary");
    if (primary && primary->is_bool() && primary->get_bool()) return value;
    if (first.empty()) first = value;
  }
  return first;
}

/// name.formatted, or given and family name.
Result<std::string> whole_name(const json::value& name) {
  if (!name.is_object()) return wrong("\"name\" must be an object.");
  GH_TRY(const std::string formatted, member_text(name.get_object(), "formatted"));
  if (!formatted.empty()) return formatted;
  GH_TRY(const std::string given, member_text(name.get_object(), "givenName"));
  GH_TRY(const std::string family, member_text(name.get_object(), "familyName"));
  return given.empty() || family.empty() ? given + family : given + " " + family;
}

Result<std::vector<UserId>> member_ids(const json::value& value) {
  std::vector<UserId> out;
  const auto add = [&out](const json::value& one) -> Result<void> {
    if (!one.is_object()) return wrong("\"members\" must hold objects with a \"value\".");
    GH_TRY(std::string id, member_text(one.get_object(), "value"));
    const UserId user(std::move(id));
    if (std::find(out.begin(), out.end(), user) == out.end()) out.push_back(user);
    return success();
  };
  if (value.is_object()) {
    GH_TRYV(add(value));
  } else if (value.is_array()) {
    for (const json::value& one : value.get_array()) {
      GH_TRYV(add(one));
    }
  } else if (!value.is_null()) {
    return wrong("\"members\" must be an array.");
  }
  return out;
}

/// "emails[type eq \"work\"].value" begins with "emails"; what stands behind it does not matter here.
bool leads_to(std::string_view path, std::string_view attribute) {
  const std::string_view prefix = path.substr(0, attribute.size());
  if (!same_name(prefix, attribute)) return false;
  return path.size() == attribute.size() || path[attribute.size()] == '[' || path[attribute.size()] == '.';
}

/// Without the schema in front: "urn:ietf:params:scim:schemas:core:2.0:User:userName".
std::string_view without_schema(std::string_view path) {
  for (const std::string_view schema : {kScimUserSchema, kScimGroupSchema}) {
    if (path.size() > schema.size() && same_name(path.substr(0, schema.size()), schema) && path[schema.size()] == ':')
      return path.substr(schema.size() + 1);
  }
  return path;
}

/// A given or family name alone, beside the other that is known.
void set_part(std::string& name, const std::string& value, bool family) {
  const std::size_t space = name.rfind(' ');
  const std::string given = space == std::string::npos ? name : name.substr(0, space);
  const std::string last = space == std::string::npos ? std::string() : name.substr(space + 1);
  const std::string& first_part = family ? given : value;
  const std::string& last_part = family ? value : last;
  name = first_part.empty() || last_part.empty() ? first_part + last_part : first_part + " " + last_part;
}

Result<void> set_user(admin::DirectoryUser& user, std::string_view path, const json::value& value, bool remove) {
  path = without_schema(path);
  if (leads_to(path, "active")) {
    if (remove) return wrong("\"active\" can't be removed.");
    GH_TRY(user.active, boolean(value));
  } else if (leads_to(path, "userName")) {
    GH_TRY(user.user_name, text(value, "userName"));
  } else if (leads_to(path, "externalId")) {
    GH_TRY(user.external_id, remove ? Result<std::string>(std::string()) : text(value, "externalId"));
  } else if (remove) {
    return success();
  } else if (leads_to(path, "displayName")) {
    GH_TRY(user.name, text(value, "displayName"));
  } else if (leads_to(path, "emails")) {
    GH_TRY(user.email, address(value));
  } else if (same_name(path, "name.formatted")) {
    GH_TRY(user.name, text(value, "name"));
  } else if (same_name(path, "name.givenName") || same_name(path, "name.familyName")) {
    GH_TRY(const std::string part, text(value, "name"));
    set_part(user.name, part, same_name(path, "name.familyName"));
  } else if (same_name(path, "name")) {
    GH_TRY(user.name, whole_name(value));
  }
  return success();
}

Result<void> change_members(admin::DirectoryGroupIs& group, std::string_view op, const std::vector<UserId>& users) {
  if (same_name(op, "replace")) {
    group.members = users;
    return success();
  }
  for (const UserId& user : users) {
    const auto found = std::find(group.members.begin(), group.members.end(), user);
    if (same_name(op, "remove") && found != group.members.end()) group.members.erase(found);
    if (same_name(op, "add") && found == group.members.end()) group.members.push_back(user);
  }
  return success();
}

/// `members[value eq "ID"]`
std::string one_member(std::string_view path) {
  const std::size_t open = path.find('"');
  const std::size_t close = path.rfind('"');
  return open == std::string_view::npos || close == open ? std::string() : std::string(path.substr(open + 1, close - open - 1));
}

Result<void> set_group(admin::DirectoryGroupIs& group, std::string_view op, std::string_view path, const json::value& value) {
  path = without_schema(path);
  if (same_name(path, "displayName")) {
    GH_TRY(group.name, text(value, "displayName"));
  } else if (same_name(path, "externalId")) {
    GH_TRY(group.external_id, text(value, "externalId"));
  } else if (leads_to(path, "members")) {
    if (same_name(op, "remove") && path.find('[') != std::string_view::npos)
      return change_members(group, op, {UserId(one_member(path))});
    if (same_name(op, "remove") && value.is_null()) {
      group.members.clear();
      return success();
    }
    GH_TRY(const auto users, member_ids(value));
    return change_members(group, op, users);
  }
  return success();
}

template <class Set>
Result<void> each_operation(const json::object& patch, const Set& set) {
  const json::value* operations = scim_member(patch, "Operations");
  if (!operations || !operations->is_array() || operations->get_array().size() > 1000)
    return wrong("A patch needs \"Operations\", an array.");
  for (const json::value& one : operations->get_array()) {
    if (!one.is_object()) return wrong("\"Operations\" must hold objects.");
    GH_TRY(const std::string op, member_text(one.get_object(), "op"));
    GH_TRY(const std::string path, member_text(one.get_object(), "path"));
    if (!same_name(op, "add") && !same_name(op, "replace") && !same_name(op, "remove"))
      return wrong("\"op\" must be add, replace or remove.");
    const json::value* found = scim_member(one.get_object(), "value");
    const json::value nothing;
    const json::value& value = found ? *found : nothing;
    if (!path.empty()) {
      GH_TRYV(set(op, path, value));
      continue;
    }
    if (same_name(op, "remove")) return wrong("A removal needs a \"path\".");
    if (!value.is_object()) return wrong("Without a \"path\" the \"value\" must be an object.");
    for (const auto& member : value.get_object()) {
      GH_TRYV(set(op, std::string(member.key()), member.value()));
    }
  }
  return success();
}

std::string_view next_word(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return word;
}

}  // namespace

const json::value* scim_member(const json::object& object, std::string_view name) {
  const auto found = std::find_if(object.begin(), object.end(), [name](const auto& one) {
    return same_name(std::string_view(one.key().data(), one.key().size()), name);
  });
  return found == object.end() ? nullptr : &found->value();
}

Result<admin::DirectoryUser> read_scim_user(const json::object& object) {
  admin::DirectoryUser user;
  GH_TRY(user.user_name, member_text(object, "userName"));
  if (user.user_name.empty()) return wrong("\"userName\" is missing.");
  GH_TRY(user.external_id, member_text(object, "externalId"));
  if (const json::value* active = scim_member(object, "active")) {
    GH_TRY(user.active, boolean(*active));
  }
  if (const json::value* emails = scim_member(object, "emails")) {
    GH_TRY(user.email, address(*emails));
  }
  if (user.email.empty()) user.email = user.user_name;
  GH_TRY(user.name, member_text(object, "displayName"));
  if (const json::value* name = scim_member(object, "name"); name && user.name.empty()) {
    GH_TRY(user.name, whole_name(*name));
  }
  if (user.name.empty()) user.name = user.user_name;
  return user;
}

Result<admin::DirectoryGroupIs> read_scim_group(const json::object& object) {
  admin::DirectoryGroupIs group;
  GH_TRY(group.name, member_text(object, "displayName"));
  if (group.name.empty()) return wrong("\"displayName\" is missing.");
  GH_TRY(group.external_id, member_text(object, "externalId"));
  if (const json::value* members = scim_member(object, "members")) {
    GH_TRY(group.members, member_ids(*members));
  }
  return group;
}

Result<void> patch_scim_user(const json::object& patch, admin::DirectoryUser& user) {
  return each_operation(patch, [&user](std::string_view op, std::string_view path, const json::value& value) {
    return set_user(user, path, value, same_name(op, "remove"));
  });
}

Result<void> patch_scim_group(const json::object& patch, admin::DirectoryGroupIs& group) {
  return each_operation(patch, [&group](std::string_view op, std::string_view path, const json::value& value) {
    return set_group(group, op, path, value);
  });
}

Result<store::DirectoryFilter> read_scim_filter(std::string_view filter, bool groups) {
  store::DirectoryFilter out;
  if (filter.empty()) return out;
  const Error unknown = wrong("This filter is not supported; userName, externalId, emails, displayName and id with eq are.");
  // The value path of Entra: emails[type eq "work"].value eq "…".
  std::string_view rest = filter;
  std::string attribute;
  if (leads_to(rest, "emails") && rest.find('[') == 6) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return unknown;
    rest.remove_prefix(close + 1);
    next_word(rest);
    attribute = "emails";
  } else {
    attribute = without_schema(next_word(rest));
  }
  const std::string_view op = next_word(rest);
  if (!same_name(op, "eq") || rest.size() < 2 || rest.front() != '"' || rest.back() != '"') return unknown;
  json::error_code problem;
  const json::value value = json::parse(json::string_view(rest.data(), rest.size()), problem);
  if (problem || !value.is_string()) return unknown;
  out.value = value.get_string();
  if (same_name(attribute, "id")) {
    out.column = groups ? "id" : "user_id";
  } else if (same_name(attribute, "externalId")) {
    out.column = "external_id";
  } else if (groups && same_name(attribute, "displayName")) {
    out.column = "name_lower";
  } else if (!groups && same_name(attribute, "userName")) {
    out.column = "user_name_lower";
  } else if (!groups && (same_name(attribute, "emails") || same_name(attribute, "emails.value"))) {
    out.column = "email";
  } else {
    return unknown;
  }
  return out;
}

namespace {

json::object meta(std::string_view type, const std::string& id, Instant created, Instant changed, std::string_view base) {
  return {{"resourceType", type},
          {"created", format_instant(created)},
          {"lastModified", format_instant(changed)},
          {"location", std::string(base) + "/" + std::string(type) + "s/" + id}};
}

}  // namespace

json::object scim_user(const admin::KnownUser& user, std::string_view base) {
  json::object out{{"schemas", json::array{json::value(kScimUserSchema)}}, {"id", user.id.value}};
  if (!user.is.external_id.empty()) out["externalId"] = user.is.external_id;
  out["userName"] = user.is.user_name;
  out["displayName"] = user.is.name;
  out["name"] = json::object{{"formatted", user.is.name}};
  out["emails"] = json::array{json::object{{"value", user.is.email}, {"type", "work"}, {"primary", true}}};
  out["active"] = user.is.active;
  out["meta"] = meta("User", user.id.value, user.created_at, user.changed_at, base);
  return out;
}

json::object scim_group(const admin::KnownGroup& group, std::string_view base) {
  json::array members;
  for (const UserId& user : group.is.members)
    members.push_back(json::object{{"value", user.value}, {"$ref", std::string(base) + "/Users/" + user.value}});
  json::object out{{"schemas", json::array{json::value(kScimGroupSchema)}}, {"id", group.id}};
  if (!group.is.external_id.empty()) out["externalId"] = group.is.external_id;
  out["displayName"] = group.is.name;
  out["members"] = std::move(members);
  out["meta"] = meta("Group", group.id, group.created_at, group.changed_at, base);
  return out;
}

}  // namespace gatehouse::api
