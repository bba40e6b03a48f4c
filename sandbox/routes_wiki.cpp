// The second version of Confluence's API: reading. Lists of one kind of content are of the whole site, as the real ones are for
// an account that sees everything; what is asked for below one page answers whatever it belongs to.
#include <algorithm>

#include "sandbox/wiki.h"

namespace gatehouse::sandbox {
namespace {

std::string format_of(const Call& call) { return call.param("body-format"); }

bool listed(const Call& call, std::string_view name, const std::string& value) {
  const std::vector<std::string> wanted = call.list(name);
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

/// What a list of one kind holds, by the filters that it knows. An unknown filter changes nothing.
Reply list_of(Call& call, const std::string& type, const std::function<bool(const WikiContent&)>& belongs) {
  json::array values;
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.type != type || content.status == "deleted" || !belongs(content)) continue;
    const std::string title = call.param("title");
    if (!listed(call, "id", std::to_string(id)) || !listed(call, "space-id", std::to_string(wiki_home(call.site, content))))
      continue;
    if (!title.empty() && title != content.title) continue;
    if (!listed(call, "page-id", std::to_string(content.container)) || !listed(call, "task-id", std::to_string(id))) continue;
    values.push_back(wiki_json(call, content, format_of(call)));
  }
  return wiki_page(call, std::move(values));
}

Reply list(Call& call) {
  return list_of(call, wiki_type(call.path.at(3)), [](const WikiContent&) { return true; });
}

Reply get(Call& call) { return ok(wiki_json(call, wiki_content(call), format_of(call))); }

/// From the top of the tree down, without itself.
Reply ancestors(Call& call) {
  const Wiki& wiki = call.site.wiki;
  json::array values;
  for (auto at = wiki.contents.find(wiki_content(call).parent); at != wiki.contents.end();
       at = wiki.contents.find(at->second.parent))
    values.insert(values.begin(), json::object{{"id", wiki_id(at->second)}, {"type", at->second.type}});
  return ok({{"results", values}});
}

/// Lists of children lag as the index does: what was moved away is still there.
Reply children(Call& call) {
  const WikiContent& above = wiki_content(call);
  json::array values;
  for (const auto& [id, content] : call.site.wiki.contents) {
    const bool moved = content.index_space == above.space && above.parent == 0;
    if ((content.parent != above.id && !moved) || content.status == "deleted") continue;
    json::object one{{"id", wiki_id(content)}, {"status", content.status}, {"title", content.title}, {"type", content.type}};
    one["spaceId"] = std::to_string(content.space);
    one["childPosition"] = id;
    values.push_back(std::move(one));
  }
  return wiki_page(call, std::move(values));
}

Reply descendants(Call& call) {
  const WikiContent& above = wiki_content(call);
  json::array values;
  const auto add = [&values](const WikiContent& content) {
    values.push_back({{"id", wiki_id(content)},
                      {"status", content.status},
                      {"title", content.title},
                      {"type", content.type},
                      {"parentId", std::to_string(content.parent)},
                      {"depth", 1}});
  };
  for (const WikiContent* one : wiki_below(call.site, above.id)) add(*one);
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.index_space == above.space && above.parent == 0) add(content);
  }
  return wiki_page(call, std::move(values));
}

/// Attachments, comments and custom content of what the path names.
Reply parts(Call& call) {
  const WikiContent& container = wiki_content(call);
  return list_of(call, wiki_type(call.path.at(5)), [&](const WikiContent& one) { return one.container == container.id; });
}

Reply replies(Call& call) {
  const WikiContent& comment = wiki_content(call);
  return list_of(call, comment.type, [&](const WikiContent& one) { return one.reply_to == comment.id; });
}

json::array label_rows(const Call& call, const std::vector<std::string>& names) {
  json::array values;
  for (const std::string& name : names) {
    const auto known = call.site.wiki.labels.find(name);
    values.push_back(
        {{"id", std::to_string(known == call.site.wiki.labels.end() ? 0 : known->second)}, {"name", name}, {"prefix", "global"}});
  }
  return values;
}

Reply labels(Call& call) { return wiki_page(call, label_rows(call, wiki_content(call).labels)); }

Reply all_labels(Call& call) {
  std::vector<std::string> names;
  for (const auto& [name, id] : call.site.wiki.labels) names.push_back(name);
  return wiki_page(call, label_rows(call, names));
}

/// Content of every space with that label.
Reply labelled(Call& call) {
  std::string wanted;
  for (const auto& [name, id] : call.site.wiki.labels) {
    if (id == call.id(0)) wanted = name;
  }
  return list_of(call, wiki_type(call.path.at(5)), [&](const WikiContent& one) {
    return one.type == "attachment" || std::find(one.labels.begin(), one.labels.end(), wanted) != one.labels.end();
  });
}

Reply operations(Call& call) {
  if (call.path.at(3) != "spaces") wiki_content(call);
  return ok({{"operations", {{{"operation", "read"}, {"targetType", "page"}}}}});
}

Reply like_count(Call& call) { return ok({{"count", static_cast<std::int64_t>(wiki_content(call).likes.size())}}); }

Reply like_users(Call& call) {
  json::array values;
  for (const std::string& one : wiki_content(call).likes) values.push_back(json::object{{"accountId", one}});
  return wiki_page(call, std::move(values));
}

Reply classification(Call& call) {
  if (call.path.at(3) != "spaces") wiki_content(call);
  return ok({{"id", "1"}, {"name", "Internal"}, {"status", "PUBLISHED"}, {"order", 1}});
}

json::object version_row(const WikiContent& content, std::size_t number) {
  const bool newest = number == content.old_bodies.size() + 1;
  return {
      {"number", static_cast<std::int64_t>(number)},
      {"authorId", content.author},
      {"message", ""},
      {"page",
       {{"id", wiki_id(content)},
        {"title", content.title},
        {"body",
         {{"storage", {{"representation", "storage"}, {"value", newest ? content.body : content.old_bodies.at(number - 1)}}}}}}}};
}

Reply versions(Call& call) {
  const WikiContent& content = wiki_content(call);
  json::array values;
  for (std::size_t number = content.old_bodies.size() + 1; number > 0; --number) values.push_back(version_row(content, number));
  return wiki_page(call, std::move(values));
}

Reply version(Call& call) {
  const WikiContent& content = wiki_content(call);
  const std::int64_t number = number_of(call.arg(1), 0);
  if (number < 1 || number > static_cast<std::int64_t>(content.old_bodies.size()) + 1) refuse_wiki(call, 404, "No such version");
  return ok(version_row(content, static_cast<std::size_t>(number)));
}

Reply properties(Call& call) {
  json::array values;
  const auto& rows = call.path.at(3) == "spaces" ? wiki_space(call, call.arg(0)).properties : wiki_content(call).properties;
  for (const auto& [id, property] : rows) {
    if (listed(call, "key", property.key)) values.push_back(wiki_property_json(id, property));
  }
  return wiki_page(call, std::move(values));
}

/// Whatever it is a property of: by its number alone.
Reply property(Call& call) {
  const WikiId wanted = call.id(1);
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (const auto found = content.properties.find(wanted); found != content.properties.end())
      return ok(wiki_property_json(wanted, found->second));
  }
  for (const auto& [id, space] : call.site.wiki.spaces) {
    if (const auto found = space.properties.find(wanted); found != space.properties.end())
      return ok(wiki_property_json(wanted, found->second));
  }
  refuse_wiki(call, 404, "There is no property " + call.arg(1));
}

Reply thumbnail(Call& call) { return Reply{200, "image/png", {}, wiki_content(call).body}; }

Reply spaces(Call& call) {
  json::array values;
  for (const auto& [id, space] : call.site.wiki.spaces) {
    if (listed(call, "ids", std::to_string(id)) && listed(call, "keys", space.key))
      values.push_back(wiki_space_json(call, space));
  }
  return wiki_page(call, std::move(values));
}

Reply space(Call& call) { return ok(wiki_space_json(call, wiki_space(call, call.arg(0)))); }

Reply space_contents(Call& call) {
  const WikiSpace& in = wiki_space(call, call.arg(0));
  return list_of(call, wiki_type(call.path.at(5)),
                 [&](const WikiContent& one) { return one.space == in.id || one.index_space == in.id; });
}

Reply space_labels(Call& call) { return wiki_page(call, label_rows(call, wiki_space(call, call.arg(0)).labels)); }

Reply space_content_labels(Call& call) {
  const WikiSpace& in = wiki_space(call, call.arg(0));
  std::set<std::string> names;
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.space == in.id) names.insert(content.labels.begin(), content.labels.end());
  }
  return wiki_page(call, label_rows(call, {names.begin(), names.end()}));
}

Reply space_permissions(Call& call) {
  const WikiSpace& in = wiki_space(call, call.arg(0));
  json::array values;
  for (const auto& [who, role] : in.roles)
    values.push_back({{"id", std::to_string(in.id) + "1"},
                      {"principal", {{"type", "user"}, {"id", who}}},
                      {"operation", {{"key", "read"}, {"targetType", "space"}}}});
  return wiki_page(call, std::move(values));
}

Reply role_assignments(Call& call) {
  json::array values;
  for (const auto& [who, role] : wiki_space(call, call.arg(0)).roles)
    values.push_back({{"principal", {{"principalType", "USER"}, {"principalId", who}}}, {"roleId", role}});
  return wiki_page(call, std::move(values));
}

Reply none(Call& call) { return wiki_page(call, {}); }
Reply levels(Call&) { return ok(json::array{{{"id", "1"}, {"name", "Internal"}, {"status", "PUBLISHED"}, {"order", 1}}}); }
Reply role_mode(Call&) { return ok({{"mode", "PRE_ROLES"}}); }
Reply data_policy(Call&) { return ok({{"anyContentBlocked", false}}); }

Reply types(Call& call) {
  json::object results;
  for (const std::string& id : text_list(call.object().if_contains("contentIds"))) {
    const auto found = call.site.wiki.contents.find(wiki_number(id));
    if (found == call.site.wiki.contents.end() || found->second.status == "deleted") continue;
    results[id] = found->second.type == "custom-content" ? found->second.more : found->second.type;
  }
  return ok({{"results", results}});
}

void add(Routes& routes, const std::string& path, Handler handler) {
  routes.raw("GET", ("wiki/api/v2/" + path).c_str(), handler);
}

}  // namespace

void add_wiki_routes(Routes& routes) {
  for (const std::string collection : {"pages", "blogposts", "attachments", "footer-comments", "inline-comments", "comments",
                                       "custom-content", "whiteboards", "databases", "folders", "embeds", "tasks"}) {
    add(routes, collection, list);
    const std::string one = collection + "/{}";
    add(routes, one, get);
    for (const char* part : {"attachments", "footer-comments", "inline-comments", "custom-content"})
      add(routes, one + "/" + part, parts);
    const bool commented = collection.ends_with("comments");
    add(routes, one + "/children", commented ? replies : children);
    add(routes, one + "/direct-children", children);
    add(routes, one + "/ancestors", ancestors);
    add(routes, one + "/descendants", descendants);
    add(routes, one + "/labels", labels);
    add(routes, one + "/operations", operations);
    add(routes, one + "/likes/count", like_count);
    add(routes, one + "/likes/users", like_users);
    add(routes, one + "/classification-level", classification);
    add(routes, one + "/versions", versions);
    add(routes, one + "/versions/{}", version);
    add(routes, one + "/properties", properties);
    add(routes, one + "/properties/{}", property);
  }
  add(routes, "attachments/{}/thumbnail/download", thumbnail);
  add(routes, "labels", all_labels);
  for (const char* part : {"pages", "blogposts", "attachments"}) add(routes, std::string("labels/{}/") + part, labelled);
  add(routes, "spaces", spaces);
  add(routes, "data-policies/spaces", spaces);
  add(routes, "spaces/{}", space);
  for (const char* part : {"pages", "blogposts", "custom-content"}) add(routes, std::string("spaces/{}/") + part, space_contents);
  add(routes, "spaces/{}/labels", space_labels);
  add(routes, "spaces/{}/content/labels", space_content_labels);
  add(routes, "spaces/{}/operations", operations);
  add(routes, "spaces/{}/permissions", space_permissions);
  add(routes, "spaces/{}/role-assignments", role_assignments);
  add(routes, "spaces/{}/classification-level/default", classification);
  add(routes, "spaces/{}/properties", properties);
  add(routes, "spaces/{}/properties/{}", property);
  add(routes, "space-permissions", none);
  add(routes, "space-roles", none);
  add(routes, "space-role-mode", role_mode);
  add(routes, "classification-levels", levels);
  add(routes, "data-policies/metadata", data_policy);
  routes.raw("POST", "wiki/api/v2/content/convert-ids-to-types", types);
}

}  // namespace gatehouse::sandbox
