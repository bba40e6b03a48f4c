// The second version of Confluence's API: writing. What a body names is believed; members that no document allows are obeyed.
#include <algorithm>

#include "sandbox/wiki.h"

namespace gatehouse::sandbox {
namespace {

/// A body's own representation, or one nested below its name.
void take_body(const json::object& given, WikiContent& content) {
  const json::value* body = given.if_contains("body");
  if (!body) return;
  std::string value = text_at(*body, "value");
  for (const char* format : {"storage", "atlas_doc_format", "wiki", "raw"}) {
    if (const json::value* nested = member(*body, format)) value = text_at(*nested, "value");
  }
  content.old_bodies.push_back(content.body);
  content.body = value;
}

bool lies_below(const Wiki& wiki, WikiId id, WikiId above) {
  for (auto at = wiki.contents.find(id); at != wiki.contents.end(); at = wiki.contents.find(at->second.parent)) {
    if (at->first == above) return true;
  }
  return false;
}

/// Into the space, with all that lies below it.
void move_to(Site& site, WikiContent& content, WikiId space) {
  for (WikiContent* below : wiki_below(site, content.id)) below->space = space;
  content.space = space;
}

void take_places(Call& call, const json::object& given, WikiContent& content) {
  if (const std::string space = text_at(given, "spaceId"); !space.empty())
    move_to(call.site, content, wiki_space(call, space).id);
  if (const std::string parent = text_at(given, "parentId"); !parent.empty()) {
    const WikiContent& above = wiki_content(call, parent, {});
    if (lies_below(call.site.wiki, above.id, content.id)) refuse_wiki(call, 400, "A page can't lie below itself");
    content.parent = above.id;
    if (above.space != content.space) move_to(call.site, content, above.space);
  }
  for (const char* name : {"pageId", "blogPostId", "customContentId", "attachmentId"}) {
    if (const std::string id = text_at(given, name); !id.empty()) put_into(call, content, wiki_content(call, id, {}).id);
  }
  if (const std::string reply = text_at(given, "parentCommentId"); !reply.empty()) {
    const WikiContent& comment = wiki_content(call, reply, {});
    content.reply_to = comment.id;
    if (content.container == 0) content.container = comment.container;
  }
}

Reply create(Call& call) {
  const json::object& given = call.object();
  WikiContent made;
  made.id = call.site.wiki.next_id++;
  made.type = wiki_type(call.path.at(3));
  made.author = call.caller;
  made.title = text_at(given, "title");
  made.more = made.type == "embed" ? text_at(given, "embedUrl") : text_at(given, "type");
  WikiContent& content = call.site.wiki.contents[made.id] = made;
  try {
    take_places(call, given, content);
    take_body(given, content);
    content.old_bodies.clear();
    const bool placed = call.site.wiki.spaces.contains(wiki_home(call.site, content));
    if (!placed) refuse_wiki(call, 400, "Provide a space or what it belongs to");
  } catch (const Refused&) {
    call.site.wiki.contents.erase(made.id);
    throw;
  }
  if (content.parent == 0 && (content.type == "page" || content.type == "folder" || content.type == "whiteboard" ||
                              content.type == "database" || content.type == "embed"))
    content.parent = call.site.wiki.spaces.at(content.space).homepage;
  return ok(wiki_json(call, content, {}), 200);
}

Reply update(Call& call) {
  const json::object& given = call.object();
  // The id of the body beats that of the path.
  const std::string other = text_at(given, "id");
  WikiContent& content = other.empty() || !call.site.leniency.bind_by_name ? wiki_content(call) : wiki_content(call, other, {});
  if (const std::string title = text_at(given, "title"); !title.empty()) content.title = title;
  if (content.type == "task") {
    content.status = text_at(given, "status");
    return ok(wiki_json(call, content, {}));
  }
  take_places(call, given, content);
  take_body(given, content);
  return ok(wiki_json(call, content, {}));
}

/// What lay below it lies where it lay.
Reply remove(Call& call) {
  WikiContent& content = wiki_content(call);
  for (auto& [id, other] : call.site.wiki.contents) {
    if (other.parent == content.id) other.parent = content.parent;
  }
  content.status = "deleted";
  return no_content();
}

std::map<WikiId, WikiProperty>& rows_of(Call& call) {
  return call.path.at(3) == "spaces" ? wiki_space(call, call.arg(0)).properties : wiki_content(call).properties;
}

Reply add_property(Call& call) {
  auto& rows = rows_of(call);
  const json::object& given = call.object();
  const WikiId id = call.site.wiki.next_id++;
  rows[id] = {text_at(given, "key"), given.contains("value") ? given.at("value") : json::value(), 1};
  return ok(wiki_property_json(id, rows.at(id)));
}

/// By its number alone, whatever the path names.
WikiProperty& property_of(Call& call, bool erase) {
  static WikiProperty erased;
  const WikiId wanted = call.id(1);
  const auto among = [&](std::map<WikiId, WikiProperty>& rows) -> WikiProperty* {
    const auto found = rows.find(wanted);
    if (found == rows.end()) return nullptr;
    if (!erase) return &found->second;
    erased = found->second;
    rows.erase(found);
    return &erased;
  };
  for (auto& [id, content] : call.site.wiki.contents) {
    if (WikiProperty* found = among(content.properties)) return *found;
  }
  for (auto& [id, space] : call.site.wiki.spaces) {
    if (WikiProperty* found = among(space.properties)) return *found;
  }
  refuse_wiki(call, 404, "There is no property " + call.arg(1));
}

Reply set_property(Call& call) {
  WikiProperty& property = property_of(call, false);
  const json::object& given = call.object();
  if (given.contains("value")) property.value = given.at("value");
  ++property.version;
  return ok(wiki_property_json(call.id(1), property));
}

Reply remove_property(Call& call) {
  property_of(call, true);
  return no_content();
}

Reply rename(Call& call) {
  WikiContent& content = wiki_content(call);
  content.title = text_at(call.object(), "title");
  return ok(wiki_json(call, content, {}));
}

Reply nothing(Call& call) {
  if (call.path.at(3) != "spaces") wiki_content(call);
  return no_content();
}

Reply set_roles(Call& call) {
  WikiSpace& space = wiki_space(call, call.arg(0));
  if (!call.body.is_array()) refuse_wiki(call, 400, "An array belongs here");
  json::array values;
  for (const json::value& one : call.body.get_array()) {
    const json::value* principal = member(one, "principal");
    if (!principal) continue;
    space.roles[text_at(*principal, "principalId")] = text_at(one, "roleId");
    values.push_back(one);
  }
  return ok({{"results", values}, {"_links", {{"base", call.site.base + "/wiki"}}}});
}

void add(Routes& routes, const char* method, const std::string& path, Handler handler) {
  routes.raw(method, ("wiki/api/v2/" + path).c_str(), handler);
}

}  // namespace

void add_wiki_write_routes(Routes& routes) {
  for (const std::string collection : {"pages", "blogposts", "attachments", "footer-comments", "inline-comments", "comments",
                                       "custom-content", "whiteboards", "databases", "folders", "embeds", "tasks"}) {
    const std::string one = collection + "/{}";
    if (collection != "attachments" && collection != "comments" && collection != "tasks") add(routes, "POST", collection, create);
    add(routes, "PUT", one, update);
    add(routes, "DELETE", one, remove);
    add(routes, "PUT", one + "/title", rename);
    add(routes, "PUT", one + "/classification-level", nothing);
    add(routes, "POST", one + "/classification-level/reset", nothing);
    add(routes, "POST", one + "/properties", add_property);
    add(routes, "PUT", one + "/properties/{}", set_property);
    add(routes, "DELETE", one + "/properties/{}", remove_property);
  }
  add(routes, "POST", "spaces/{}/properties", add_property);
  add(routes, "PUT", "spaces/{}/properties/{}", set_property);
  add(routes, "DELETE", "spaces/{}/properties/{}", remove_property);
  add(routes, "PUT", "spaces/{}/classification-level/default", nothing);
  add(routes, "DELETE", "spaces/{}/classification-level/default", nothing);
  add(routes, "POST", "spaces/{}/role-assignments", set_roles);
}

}  // namespace gatehouse::sandbox
