// The first version of Confluence's API: spaces, templates, people and settings.
#include <algorithm>

#include "sandbox/wiki.h"

namespace gatehouse::sandbox {
namespace {

WikiSpace& named(Call& call) { return wiki_space_by_key(call, call.arg(0)); }

Reply update(Call& call) {
  WikiSpace& space = named(call);
  const json::object& given = call.object();
  if (const std::string name = text_at(given, "name"); !name.empty()) space.name = name;
  if (const json::value* home = given.if_contains("homepage")) space.homepage = wiki_content(call, text_at(*home, "id"), {}).id;
  return ok(wiki_v1_space_json(call, space));
}

Reply settings(Call& call) {
  WikiSpace& space = named(call);
  if (call.request.method == "PUT") {
    for (const auto& [name, value] : call.object()) space.settings[name] = value;
  }
  json::object out = space.settings;
  out["spaceKey"] = space.key;
  return ok(out);
}

Reply states(Call& call) {
  named(call);
  return ok(json::array{{{"id", 1}, {"name", "Rough draft"}, {"color", "#ff0000"}}});
}

Reply state_settings(Call& call) {
  named(call);
  return ok({{"contentStatesAllowed", true}, {"customContentStatesAllowed", true}, {"spaceContentStatesAllowed", true}});
}

/// By the index: what was moved away is still among them.
Reply with_state(Call& call) {
  const WikiSpace& space = named(call);
  json::array values;
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.type == "page" && content.status != "deleted" && (content.space == space.id || content.index_space == space.id))
      values.push_back(wiki_v1_json(call, content));
  }
  return wiki_v1_page(call, std::move(values));
}

Reply theme(Call& call) {
  if (call.path_has("space")) named(call);
  if (call.request.method == "DELETE") return no_content();
  return ok({{"themeKey", "default"}, {"name", "Default"}});
}

Reply themes(Call& call) { return wiki_v1_page(call, {json::object{{"themeKey", "default"}, {"name", "Default"}}}); }

Reply watchers(Call& call) {
  const WikiSpace& space = named(call);
  json::array values;
  for (const auto& [who, role] : space.roles)
    values.push_back({{"type", "space"}, {"watcher", wiki_user(call, who)}, {"spaceKey", space.key}});
  return wiki_v1_page(call, std::move(values));
}

Reply permission(Call& call) {
  WikiSpace& space = named(call);
  const json::value* subject = call.object().if_contains("subject");
  if (subject) space.roles[text_at(*subject, "identifier")] = "permission";
  return ok({{"id", space.id * 10}, {"subject", subject ? *subject : json::value()}});
}

Reply look(Call& call) {
  std::string key = call.param("spaceKey");
  if (call.body.is_object() && call.object().contains("spaceKey")) key = text_at(call.object(), "spaceKey");
  if (!key.empty()) {
    WikiSpace& space = wiki_space_by_key(call, key);
    if (call.request.method != "GET") space.settings["look"] = to_json_text(call.body);
  }
  return call.request.method == "DELETE" ? no_content() : ok({{"selected", "global"}, {"global", json::object()}});
}

json::object template_json(Call& call, const WikiContent& content) {
  json::object out{{"templateId", std::to_string(content.id)},
                   {"name", content.title},
                   {"templateType", "page"},
                   {"description", content.title}};
  out["body"] = json::object{{"storage", {{"representation", "storage"}, {"value", content.body}}}};
  out["labels"] = json::array();
  out["_links"] = json::object{{"self", call.site.base + "/wiki/rest/api/template/" + std::to_string(content.id)}};
  out["space"] = wiki_v1_space_json(call, call.site.wiki.spaces.at(content.space));
  return out;
}

Reply templates(Call& call) {
  const WikiSpace& space = wiki_space_by_key(call, call.param("spaceKey"));
  json::array values;
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.type == "template" && content.status != "deleted" && content.space == space.id)
      values.push_back(template_json(call, content));
  }
  return wiki_v1_page(call, std::move(values));
}

Reply get_template(Call& call) { return ok(template_json(call, wiki_content(call, call.arg(0), "template"))); }

Reply write_template(Call& call) {
  const json::object& given = call.object();
  const std::string id = text_at(given, "templateId");
  const WikiId made = call.site.wiki.next_id;
  WikiContent& content = id.empty() ? call.site.wiki.contents[call.site.wiki.next_id++] : wiki_content(call, id, "template");
  if (id.empty()) {
    content.id = made;
    content.type = "template";
    content.author = call.caller;
  }
  content.title = text_at(given, "name");
  if (const json::value* space = given.if_contains("space")) content.space = wiki_space_by_key(call, text_at(*space, "key")).id;
  return ok(template_json(call, content));
}

Reply remove_template(Call& call) {
  wiki_content(call, call.arg(0), "template").status = "deleted";
  return no_content();
}

Reply current_user(Call& call) { return ok(wiki_user(call, call.caller)); }
Reply anonymous(Call&) { return ok({{"type", "anonymous"}, {"displayName", "Anonymous"}}); }
Reply one_user(Call& call) { return ok(wiki_user(call, call.param("accountId"))); }

Reply users(Call& call) {
  json::array values;
  for (const std::string& id : call.list("accountId")) values.push_back(wiki_user(call, id));
  return wiki_v1_page(call, std::move(values));
}

Reply groups(Call& call) {
  std::set<std::string> names;
  for (const auto& [id, user] : call.site.users) names.insert(user.groups.begin(), user.groups.end());
  json::array values;
  for (const std::string& name : names) values.push_back({{"type", "group"}, {"name", name}, {"id", name}});
  return wiki_v1_page(call, std::move(values));
}

/// The account that asks, where no other is named.
Reply watch(Call& call) {
  const std::string who = call.param("accountId", call.caller);
  if (call.path_has("space")) {
    WikiSpace& space = wiki_space_by_key(call, call.arg(0));
    if (call.request.method == "GET") return ok({{"watching", space.settings.contains("watch " + who)}});
    space.settings["watch " + who] = call.request.method == "POST";
    return no_content();
  }
  std::set<std::string>& watching = wiki_content(call, call.arg(0), {}).watchers;
  if (call.request.method == "GET") return ok({{"watching", watching.contains(who)}});
  if (call.request.method == "POST") watching.insert(who);
  if (call.request.method == "DELETE") watching.erase(who);
  return no_content();
}

Reply system(Call& call) {
  return ok({{"cloudId", "11111111-2222-3333-4444-555555555555"},
             {"baseUrl", call.site.base + "/wiki"},
             {"siteTitle", "Sandbox"},
             {"edition", "Standard"}});
}

void add(Routes& routes, const char* method, const std::string& path, Handler handler) {
  routes.raw(method, ("wiki/rest/api/" + path).c_str(), handler);
}

}  // namespace

void add_wiki_space_routes(Routes& routes) {
  add(routes, "PUT", "space/{}", update);
  for (const char* method : {"GET", "PUT"}) add(routes, method, "space/{}/settings", settings);
  add(routes, "GET", "space/{}/state", states);
  add(routes, "GET", "space/{}/state/settings", state_settings);
  add(routes, "GET", "space/{}/state/content", with_state);
  for (const char* method : {"GET", "PUT", "DELETE"}) add(routes, method, "space/{}/theme", theme);
  add(routes, "GET", "space/{}/watch", watchers);
  add(routes, "POST", "space/{}/permission", permission);
  add(routes, "GET", "settings/lookandfeel", look);
  add(routes, "PUT", "settings/lookandfeel", look);
  add(routes, "POST", "settings/lookandfeel/custom", look);
  add(routes, "DELETE", "settings/lookandfeel/custom", look);
  add(routes, "GET", "settings/theme", themes);
  add(routes, "GET", "settings/theme/{}", theme);
  add(routes, "GET", "settings/systemInfo", system);
  for (const char* what : {"page", "blueprint"}) add(routes, "GET", std::string("template/") + what, templates);
  add(routes, "GET", "template/{}", get_template);
  add(routes, "DELETE", "template/{}", remove_template);
  add(routes, "POST", "template", write_template);
  add(routes, "PUT", "template", write_template);
  add(routes, "GET", "user/current", current_user);
  add(routes, "GET", "user/anonymous", anonymous);
  add(routes, "GET", "user", one_user);
  add(routes, "GET", "user/bulk", users);
  add(routes, "GET", "group", groups);
  for (const char* method : {"GET", "POST", "DELETE"}) {
    add(routes, method, "user/watch/content/{}", watch);
    add(routes, method, "user/watch/space/{}", watch);
  }
}

}  // namespace gatehouse::sandbox
