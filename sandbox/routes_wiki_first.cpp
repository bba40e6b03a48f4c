// The first version of Confluence's API: content. Nested ids are taken by themselves, whatever the path names before them.
#include <algorithm>

#include "sandbox/wiki.h"

namespace gatehouse::sandbox {
namespace {

WikiContent& named(Call& call, std::size_t arg = 0) { return wiki_content(call, call.arg(arg), {}); }

/// `?id=` beats the path's first id, as bind_by_name does it for others.
Reply views(Call& call) { return ok({{"id", named(call).id}, {"count", 7}}); }

json::object task(Call& call, const std::string& what) {
  const WikiId id = call.site.wiki.next_id++;
  call.site.wiki.tasks[id] = what;
  return {{"id", std::to_string(id)}, {"links", {{"status", "/rest/api/longtask/" + std::to_string(id)}}}};
}

Reply archive(Call& call) {
  const json::value* pages = call.object().if_contains("pages");
  if (!pages || !pages->is_array()) refuse_wiki(call, 400, "pages is missing");
  for (const json::value& one : pages->get_array()) wiki_content(call, text_at(one, "id"), {}).status = "archived";
  return ok(task(call, "archived"), 202);
}

Reply publish(Call& call) {
  WikiContent& content = named(call);
  content.title = text_at(call.object(), "title");
  if (const json::value* space = call.object().if_contains("space"))
    content.space = text_at(*space, "key").empty() ? wiki_space(call, text_at(*space, "id")).id
                                                   : wiki_space_by_key(call, text_at(*space, "key")).id;
  return ok(wiki_v1_json(call, content));
}

/// Of a multipart body only that there is one matters here.
Reply upload(Call& call) {
  WikiContent& container = named(call);
  if (call.request.header("X-Atlassian-Token") != "nocheck" && call.request.header("X-Atlassian-Token") != "no-check")
    return Reply{403, "text/html", {}, "XSRF check failed"};
  const std::string mark = "filename=\"";
  const std::size_t at = call.request.body.find(mark);
  if (at == std::string::npos) refuse_wiki(call, 400, "At least one file is needed");
  WikiContent made;
  made.id = call.site.wiki.next_id++;
  made.type = "attachment";
  made.container = container.id;
  made.space = container.space;
  made.title = call.request.body.substr(at + mark.size(), call.request.body.find('"', at + mark.size()) - at - mark.size());
  const std::size_t blank = call.request.body.find("\r\n\r\n", at);
  const std::size_t end = call.request.body.find("\r\n--", blank);
  if (blank != std::string::npos && end != std::string::npos && end > blank)
    made.body = call.request.body.substr(blank + 4, end - blank - 4);
  made.more = "text/plain";
  made.author = call.caller;
  const WikiContent& kept = call.site.wiki.contents[made.id] = made;
  return wiki_v1_page(call, {wiki_v1_json(call, kept)});
}

Reply update_attachment(Call& call) {
  WikiContent& file = named(call, 1);
  if (const std::string title = call.body.is_object() ? text_at(call.body, "title") : std::string(); !title.empty())
    file.title = title;
  if (!call.body.is_object()) file.body = "replaced";
  // A container in the body moves it.
  if (const json::value* container = call.body.is_object() ? call.object().if_contains("container") : nullptr)
    put_into(call, file, wiki_content(call, text_at(*container, "id"), {}).id);
  return ok(wiki_v1_json(call, file));
}

Reply download(Call& call) {
  const WikiContent& file = named(call, 1);
  Reply reply{302, {}, {}, {}};
  reply.headers.emplace_back("Location", call.site.media + "/media/wiki/" + std::to_string(file.id) + "?token=signed");
  return reply;
}

Reply media(Call& call) {
  const auto found = call.site.wiki.contents.find(call.id(0));
  if (found == call.site.wiki.contents.end()) return Reply{404, "text/plain", {}, "No such file."};
  return Reply{200, "text/plain", {{"Content-Disposition", "attachment"}}, found->second.body};
}

Reply copy(Call& call) {
  const WikiContent from = named(call);
  const json::value* destination = call.object().if_contains("destination");
  if (!destination) refuse_wiki(call, 400, "destination is missing");
  const std::string value = text_at(*destination, "value");
  WikiContent made = from;
  made.id = call.site.wiki.next_id++;
  made.title = text_at(call.object(), "pageTitle");
  made.properties.clear();
  made.index_space = 0;
  if (text_at(*destination, "type") == "space") {
    made.space = wiki_space_by_key(call, value).id;
    made.parent = call.site.wiki.spaces.at(made.space).homepage;
  } else {
    WikiContent& target = wiki_content(call, value, {});
    made.space = target.space;
    if (text_at(*destination, "type") == "existing_page") {
      target.body = from.body;
      return ok(wiki_v1_json(call, target));
    }
    made.parent = target.id;
  }
  const WikiContent& kept = call.site.wiki.contents[made.id] = made;
  return ok(wiki_v1_json(call, kept));
}

Reply copy_tree(Call& call) {
  const WikiContent& from = named(call);
  const WikiContent& target = wiki_content(call, text_at(call.object(), "destinationPageId"), {});
  std::vector<WikiContent> made{from};
  for (const WikiContent* below : wiki_below(call.site, from.id)) made.push_back(*below);
  for (WikiContent& one : made) {
    one.id = call.site.wiki.next_id++;
    one.space = target.space;
    one.parent = target.id;
    one.properties.clear();
    one.index_space = 0;
    call.site.wiki.contents[one.id] = one;
  }
  return ok(task(call, "copied"), 202);
}

Reply delete_tree(Call& call) {
  WikiContent& top = named(call);
  for (WikiContent* below : wiki_below(call.site, top.id)) below->status = "deleted";
  top.status = "deleted";
  return ok(task(call, "deleted"), 202);
}

Reply move(Call& call) {
  WikiContent& page = named(call);
  const WikiContent& target = named(call, 2);
  const std::string& position = call.arg(1);
  const WikiId parent = position == "append" ? target.id : target.parent;
  for (auto at = call.site.wiki.contents.find(parent); at != call.site.wiki.contents.end();
       at = call.site.wiki.contents.find(at->second.parent)) {
    if (at->first == page.id) refuse_wiki(call, 400, "A page can't lie below itself");
  }
  for (WikiContent* below : wiki_below(call.site, page.id)) below->space = target.space;
  page.index_space = page.space == target.space ? 0 : page.space;
  page.space = target.space;
  page.parent = parent;
  return ok({{"pageId", std::to_string(page.id)}});
}

Reply descendants(Call& call) {
  const WikiContent& above = named(call);
  json::array values;
  for (const WikiContent* below : wiki_below(call.site, above.id)) {
    if (below->type == call.arg(1)) values.push_back(wiki_v1_json(call, *below));
  }
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.index_space == above.space && above.parent == 0) values.push_back(wiki_v1_json(call, content));
  }
  return wiki_v1_page(call, std::move(values));
}

Reply macro(Call& call) { return ok({{"name", "include"}, {"body", named(call).body}, {"parameters", json::object()}}); }
Reply converted(Call& call) { return ok({{"value", wiki_rendered(call, named(call))}, {"representation", "view"}}); }

json::array label_rows(const std::vector<std::string>& names) {
  json::array values;
  for (const std::string& name : names)
    values.push_back({{"prefix", "global"}, {"name", name}, {"id", "80001"}, {"label", name}});
  return values;
}

void add_names(const json::value& body, std::vector<std::string>& names) {
  const auto add = [&names](const json::value& one) {
    if (const std::string name = text_at(one, "name"); !name.empty()) names.push_back(name);
  };
  if (!body.is_array()) return add(body);
  for (const json::value& one : body.get_array()) add(one);
}

std::vector<std::string>& labels_of(Call& call) {
  return call.path_has("space") ? wiki_space_by_key(call, call.arg(0)).labels : named(call).labels;
}

Reply labels(Call& call) { return wiki_v1_page(call, label_rows(labels_of(call))); }

Reply add_labels(Call& call) {
  add_names(call.body, labels_of(call));
  return labels(call);
}

Reply remove_label(Call& call) {
  const std::string name = call.args.size() > 1 ? call.arg(1) : call.param("name");
  std::erase(labels_of(call), name);
  return no_content();
}

Reply watches(Call& call) {
  const WikiContent& content = named(call);
  json::array values;
  for (const std::string& one : content.watchers)
    values.push_back({{"type", "page"}, {"watcher", wiki_user(call, one)}, {"contentId", content.id}});
  return wiki_v1_page(call, std::move(values));
}

json::object subjects(Call& call, const WikiContent& content, bool read) {
  json::array users, groups;
  for (const std::string& one : read ? content.readers : content.writers) users.push_back(wiki_user(call, one));
  if (read) {
    for (const std::string& one : content.reader_groups) groups.push_back({{"type", "group"}, {"name", one}, {"id", one}});
  }
  const auto size = [](const json::array& list) { return static_cast<std::int64_t>(list.size()); };
  return {{"operation", read ? "read" : "update"},
          {"restrictions",
           {{"user", {{"results", users}, {"start", 0}, {"limit", 100}, {"size", size(users)}}},
            {"group", {{"results", groups}, {"start", 0}, {"limit", 100}, {"size", size(groups)}}}}},
          {"_links", {{"self", call.site.base + "/wiki/rest/api/content/" + wiki_id(content) + "/restriction"}}}};
}

Reply restrictions(Call& call) {
  const WikiContent& content = named(call);
  return wiki_v1_page(call, {subjects(call, content, true), subjects(call, content, false)});
}

Reply by_operation(Call& call) {
  const WikiContent& content = named(call);
  return ok({{"read", subjects(call, content, true)},
             {"update", subjects(call, content, false)},
             {"_links", {{"base", call.site.base + "/wiki"}}}});
}

Reply for_operation(Call& call) { return ok(subjects(call, named(call), call.arg(1) == "read")); }

Reply set_restrictions(Call& call) {
  WikiContent& content = named(call);
  if (call.request.method == "PUT") content.readers.clear();
  const json::value* list = call.body.is_array() ? &call.body : member(call.body, "results");
  if (list && list->is_array()) {
    for (const json::value& one : list->get_array()) {
      const json::value* given = member(one, "restrictions");
      const json::value* users = given ? member(*given, "user") : nullptr;
      if (!users || !users->is_array() || text_at(one, "operation") != "read") continue;
      for (const json::value& user : users->get_array()) content.readers.insert(text_at(user, "accountId"));
    }
  }
  return restrictions(call);
}

Reply clear_restrictions(Call& call) {
  named(call).readers.clear();
  return restrictions(call);
}

Reply restrict_user(Call& call) {
  WikiContent& content = named(call);
  auto& who = call.arg(1) == "read" ? content.readers : content.writers;
  if (call.request.method == "PUT") who.insert(call.param("accountId"));
  if (call.request.method == "DELETE") who.erase(call.param("accountId"));
  if (call.request.method == "GET" && !who.contains(call.param("accountId"))) refuse_wiki(call, 404, "Not restricted to it");
  return Reply{200, {}, {}, {}};
}

Reply restrict_group(Call& call) {
  WikiContent& content = named(call);
  if (call.request.method == "PUT") content.reader_groups.insert(call.arg(2));
  if (call.request.method == "DELETE") content.reader_groups.erase(call.arg(2));
  return Reply{200, {}, {}, {}};
}

Reply state(Call& call) {
  named(call);
  return ok({{"contentState", {{"id", 1}, {"name", "Rough draft"}, {"color", "#ff0000"}}},
             {"lastUpdated", "2026-11-24T02:30:00.000Z"}});
}

Reply states(Call& call) {
  named(call);
  return ok({{"spaceContentStates", {{{"id", 1}, {"name", "Rough draft"}, {"color", "#ff0000"}}}},
             {"customContentStates", json::array()}});
}

Reply permission(Call& call) {
  named(call);
  return ok({{"hasPermission", true}, {"errors", json::array()}});
}

Reply restore(Call& call) {
  WikiContent& content = named(call);
  const json::value* params = call.object().if_contains("params");
  const std::int64_t number = params ? id_at(*params, "versionNumber") : 0;
  if (number < 1 || number > static_cast<std::int64_t>(content.old_bodies.size())) refuse_wiki(call, 404, "No such version");
  content.old_bodies.push_back(content.body);
  content.body = content.old_bodies.at(static_cast<std::size_t>(number) - 1);
  return ok({{"number", static_cast<std::int64_t>(content.old_bodies.size()) + 1}, {"by", wiki_user(call, content.author)}});
}

Reply delete_version(Call& call) {
  WikiContent& content = named(call);
  const std::int64_t number = number_of(call.arg(1), 0);
  if (number < 1 || number > static_cast<std::int64_t>(content.old_bodies.size())) refuse_wiki(call, 404, "No such version");
  content.old_bodies.erase(content.old_bodies.begin() + number - 1);
  return no_content();
}

Reply long_task(Call& call) {
  const auto found = call.site.wiki.tasks.find(call.id(0));
  if (found == call.site.wiki.tasks.end()) refuse_wiki(call, 404, "No such task");
  return ok(
      {{"id", call.arg(0)}, {"percentageComplete", 100}, {"successful", true}, {"finished", true}, {"status", found->second}});
}

void add(Routes& routes, const char* method, const std::string& path, Handler handler) {
  routes.raw(method, ("wiki/rest/api/" + path).c_str(), handler);
}

}  // namespace

void add_wiki_first_routes(Routes& routes) {
  for (const char* what : {"views", "viewers"}) add(routes, "GET", std::string("analytics/content/{}/") + what, views);
  add(routes, "POST", "content/archive", archive);
  add(routes, "POST", "content/blueprint/instance/{}", publish);
  add(routes, "PUT", "content/blueprint/instance/{}", publish);
  for (const char* method : {"POST", "PUT"}) add(routes, method, "content/{}/child/attachment", upload);
  add(routes, "PUT", "content/{}/child/attachment/{}", update_attachment);
  add(routes, "POST", "content/{}/child/attachment/{}/data", update_attachment);
  add(routes, "GET", "content/{}/child/attachment/{}/download", download);
  routes.raw("GET", "media/wiki/{}", media);
  add(routes, "POST", "content/{}/copy", copy);
  add(routes, "POST", "content/{}/pagehierarchy/copy", copy_tree);
  add(routes, "DELETE", "content/{}/pageTree", delete_tree);
  add(routes, "PUT", "content/{}/move/{}/{}", move);
  add(routes, "GET", "content/{}/descendant/{}", descendants);
  add(routes, "GET", "content/{}/history/{}/macro/id/{}", macro);
  add(routes, "GET", "content/{}/history/{}/macro/id/{}/convert/{}", converted);
  for (const char* home : {"content/{}/label", "space/{}/label"}) {
    add(routes, "GET", home, labels);
    add(routes, "POST", home, add_labels);
    add(routes, "DELETE", home, remove_label);
  }
  add(routes, "DELETE", "content/{}/label/{}", remove_label);
  for (const char* what : {"created", "child-created"})
    add(routes, "GET", std::string("content/{}/notification/") + what, watches);
  add(routes, "POST", "content/{}/permission/check", permission);
  add(routes, "GET", "content/{}/restriction", restrictions);
  add(routes, "POST", "content/{}/restriction", set_restrictions);
  add(routes, "PUT", "content/{}/restriction", set_restrictions);
  add(routes, "DELETE", "content/{}/restriction", clear_restrictions);
  add(routes, "GET", "content/{}/restriction/byOperation", by_operation);
  add(routes, "GET", "content/{}/restriction/byOperation/{}", for_operation);
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    add(routes, method, "content/{}/restriction/byOperation/{}/user", restrict_user);
    add(routes, method, "content/{}/restriction/byOperation/{}/byGroupId/{}", restrict_group);
    add(routes, method, "content/{}/state", state);
  }
  add(routes, "GET", "content/{}/state/available", states);
  add(routes, "POST", "content/{}/version", restore);
  add(routes, "DELETE", "content/{}/version/{}", delete_version);
  add(routes, "GET", "longtask/{}", long_task);
}

}  // namespace gatehouse::sandbox
