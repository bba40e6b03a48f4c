#include "sandbox/wiki.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "sandbox/seed.h"

namespace gatehouse::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes{{
    {"pages", "page"},
    {"blogposts", "blogpost"},
    {"attachments", "attachment"},
    {"footer-comments", "footer-comment"},
    {"inline-comments", "inline-comment"},
    {"comments", ""},
    {"custom-content", "custom-content"},
    {"whiteboards", "whiteboard"},
    {"databases", "database"},
    {"folders", "folder"},
    {"embeds", "embed"},
    {"tasks", "task"},
    {"template", "template"},
}};

bool is_second(const Call& call) { return call.path.size() > 2 && call.path[1] == "api"; }

json::object links_of(const Call& call, const WikiContent& content) {
  const std::string web = "/spaces/" + std::to_string(content.space) + "/" + content.type + "/" + wiki_id(content);
  json::object links{
      {"base", call.site.base + "/wiki"}, {"webui", web}, {"editui", "/pages/resumedraft.action?draftId=" + wiki_id(content)}};
  if (content.type == "attachment") {
    links["download"] = "/download/attachments/" + std::to_string(content.container) + "/" + content.title + "?version=1&api=v2";
  }
  return links;
}

json::object version_json(const WikiContent& content) {
  return {{"number", static_cast<std::int64_t>(content.old_bodies.size() + 1)},
          {"message", "Said of " + content.title},
          {"minorEdit", false},
          {"authorId", content.author},
          {"createdAt", "2026-11-24T02:30:00.000Z"}};
}

/// The name of the member that says what something belongs to.
const char* container_member(const std::string& type) {
  if (type == "blogpost") return "blogPostId";
  if (type == "custom-content") return "customContentId";
  if (type == "attachment") return "attachmentId";
  return "pageId";
}

}  // namespace

void refuse_wiki(const Call& call, int status, const std::string& message) {
  if (is_second(call)) {
    throw Refused{ok({{"errors",
                       {{{"status", status},
                         {"code", status == 404 ? "NOT_FOUND" : "INVALID_REQUEST_PARAMETER"},
                         {"title", message},
                         {"detail", nullptr}}}}},
                     status)};
  }
  throw Refused{ok({{"statusCode", status},
                    {"data", {{"authorized", true}, {"valid", true}, {"errors", json::array()}, {"successful", false}}},
                    {"message", "com.atlassian.confluence.api.service.exceptions.NotFoundException: " + message}},
                   status)};
}

std::string wiki_id(const WikiContent& content) {
  return (content.type == "attachment" ? "att" : "") + std::to_string(content.id);
}

WikiId wiki_number(std::string_view id) {
  if (id.starts_with("att")) id.remove_prefix(3);
  return number_of(id, -1);
}

std::string wiki_type(std::string_view collection) {
  for (const auto& [name, type] : kTypes) {
    if (name == collection) return std::string(type);
  }
  return {};
}

std::string wiki_collection(std::string_view type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return std::string(name);
  }
  return "pages";
}

WikiContent& wiki_content(Call& call, std::string_view id, std::string_view type) {
  const auto found = call.site.wiki.contents.find(wiki_number(id));
  const bool there = found != call.site.wiki.contents.end() && found->second.status != "deleted";
  if (!there || (!type.empty() && found->second.type != type))
    refuse_wiki(call, 404, "There is no content with id '" + std::string(id) + "'");
  return found->second;
}

WikiContent& wiki_content(Call& call, std::size_t arg) {
  const bool second = is_second(call);
  std::string type = second && call.path.size() > 3 ? wiki_type(call.path[3]) : std::string();
  Fault& fault = call.site.fault;
  if (fault.kind == "lie" && fault.remaining != 0 && call.request.target.find(fault.match) != std::string::npos) {
    if (fault.remaining > 0) --fault.remaining;
    return wiki_content(call, std::to_string(fault.lie_issue));
  }
  return wiki_content(call, call.arg(arg), arg == 0 ? type : std::string());
}

WikiSpace& wiki_space(Call& call, std::string_view id) {
  const auto found = call.site.wiki.spaces.find(number_of(id, -1));
  if (found == call.site.wiki.spaces.end()) refuse_wiki(call, 404, "There is no space with id '" + std::string(id) + "'");
  return found->second;
}

WikiSpace& wiki_space_by_key(Call& call, std::string_view key) {
  for (auto& [id, space] : call.site.wiki.spaces) {
    if (same_text(space.key, key)) return space;
  }
  refuse_wiki(call, 404, "No space with key : " + std::string(key));
}

WikiId wiki_home(const Site& site, const WikiContent& content) {
  const auto outer = site.wiki.contents.find(content.container);
  return outer == site.wiki.contents.end() ? content.space : wiki_home(site, outer->second);
}

void put_into(Call& call, WikiContent& content, WikiId container) {
  const auto& contents = call.site.wiki.contents;
  for (auto at = contents.find(container); at != contents.end(); at = contents.find(at->second.container)) {
    if (at->first == content.id) refuse_wiki(call, 400, "Content can't belong to itself.");
  }
  content.container = container;
}

std::vector<WikiContent*> wiki_below(Site& site, WikiId id) {
  std::vector<WikiContent*> out;
  for (auto& [child, content] : site.wiki.contents) {
    if (content.parent != id || content.status == "deleted") continue;
    out.push_back(&content);
    for (WikiContent* deeper : wiki_below(site, child)) out.push_back(deeper);
  }
  return out;
}

/// HTML in which an included page's own text stands, whatever space it is of.
std::string wiki_rendered(Call& call, const WikiContent& content) {
  std::string html = content.body;
  const std::string mark = "ri:space-key=\"";
  for (std::size_t at = content.body.find(mark); at != std::string::npos; at = content.body.find(mark, at + 1)) {
    const std::string key = content.body.substr(at + mark.size(), content.body.find('"', at + mark.size()) - at - mark.size());
    for (const auto& [id, other] : call.site.wiki.contents) {
      const auto space = call.site.wiki.spaces.find(other.space);
      if (space != call.site.wiki.spaces.end() && same_text(space->second.key, key) && other.title.starts_with("Page"))
        html += other.body;
    }
  }
  return html;
}

json::object wiki_property_json(WikiId id, const WikiProperty& property) {
  return {
      {"id", std::to_string(id)}, {"key", property.key}, {"value", property.value}, {"version", {{"number", property.version}}}};
}

json::object wiki_json(Call& call, const WikiContent& content, std::string_view body_format) {
  const Wiki& wiki = call.site.wiki;
  json::object out{{"id", wiki_id(content)}, {"status", content.status}, {"title", content.title}};
  const auto outer = wiki.contents.find(content.container);
  if (outer != wiki.contents.end()) out[container_member(outer->second.type)] = wiki_id(outer->second);
  const bool commented = content.type.ends_with("comment");
  if (content.reply_to != 0) out["parentCommentId"] = std::to_string(content.reply_to);
  if (content.type == "inline-comment") out["resolutionStatus"] = "open";
  if (!commented && content.type != "attachment") {
    out["spaceId"] = std::to_string(content.space);
    out["authorId"] = content.author;
    out["createdAt"] = "2026-11-24T02:30:00.000Z";
    out["type"] = content.type == "custom-content" ? content.more : content.type;
    out["parentId"] = content.parent == 0 ? json::value(nullptr) : json::value(std::to_string(content.parent));
    const auto parent = wiki.contents.find(content.parent);
    if (parent != wiki.contents.end()) out["parentType"] = parent->second.type;
  }
  if (content.type == "embed") out["embedUrl"] = content.more;
  if (content.type == "attachment") {
    out["mediaType"] = content.more;
    out["fileSize"] = static_cast<std::int64_t>(content.body.size());
    out["downloadLink"] = links_of(call, content).at("download");
  }
  if (content.type == "task") {
    out["localId"] = "1";
    out["createdBy"] = content.author;
    out["status"] = content.status == "current" ? "incomplete" : content.status;
  }
  if (!body_format.empty()) {
    const std::string value = body_format == "storage" || body_format == "atlas_doc_format" || body_format == "raw"
                                  ? content.body
                                  : wiki_rendered(call, content);
    out["body"] = json::object{{body_format, {{"representation", body_format}, {"value", value}}}};
  }
  out["version"] = version_json(content);
  json::array labels;
  for (const std::string& name : content.labels)
    labels.push_back(
        {{"id", std::to_string(wiki.labels.contains(name) ? wiki.labels.at(name) : 0)}, {"name", name}, {"prefix", "global"}});
  if (call.flag("include-labels")) out["labels"] = json::object{{"results", labels}, {"meta", {{"hasMore", false}}}};
  json::array properties;
  for (const auto& [id, property] : content.properties) properties.push_back(wiki_property_json(id, property));
  if (call.flag("include-properties")) out["properties"] = json::object{{"results", properties}, {"meta", {{"hasMore", false}}}};
  if (call.flag("include-direct-children")) {
    json::array children;
    for (const auto& [id, other] : wiki.contents) {
      if (other.parent == content.id || other.index_space == content.space)
        children.push_back({{"id", wiki_id(other)}, {"title", other.title}});
    }
    out["directChildren"] = json::object{{"results", children}};
  }
  out["_links"] = links_of(call, content);
  return out;
}

json::object wiki_space_json(Call& call, const WikiSpace& space) {
  return {{"id", std::to_string(space.id)},
          {"key", space.key},
          {"name", space.name},
          {"type", "global"},
          {"status", "current"},
          {"homepageId", std::to_string(space.homepage)},
          {"description", {{"plain", {{"value", space.description}, {"representation", "plain"}}}}},
          {"_links", {{"base", call.site.base + "/wiki"}, {"webui", "/spaces/" + space.key}}}};
}

json::object wiki_v1_space_json(Call& call, const WikiSpace& space) {
  return {{"id", space.id},
          {"key", space.key},
          {"name", space.name},
          {"type", "global"},
          {"status", "current"},
          {"_expandable", {{"settings", "/rest/api/space/" + space.key + "/settings"}, {"homepage", ""}}},
          {"_links", {{"self", call.site.base + "/wiki/rest/api/space/" + space.key}, {"base", call.site.base + "/wiki"}}}};
}

json::object wiki_v1_json(Call& call, const WikiContent& content) {
  const Wiki& wiki = call.site.wiki;
  const std::string type = content.type.ends_with("comment") ? "comment" : content.type;
  json::object out{{"id", wiki_id(content)}, {"type", type}, {"status", content.status}, {"title", content.title}};
  std::set<std::string> expand;
  for (std::string one : call.list("expand")) {
    if (one.starts_with("content.")) one = one.substr(8);
    expand.insert(std::move(one));
  }
  const auto space = wiki.spaces.find(wiki_home(call.site, content));
  if (expand.contains("space") && space != wiki.spaces.end()) out["space"] = wiki_v1_space_json(call, space->second);
  if (expand.contains("version"))
    out["version"] = json::object{{"number", static_cast<std::int64_t>(content.old_bodies.size() + 1)},
                                  {"by", wiki_user(call, content.author)},
                                  {"when", "2026-11-24T02:30:00.000Z"},
                                  {"minorEdit", false}};
  if (expand.contains("history")) out["history"] = json::object{{"latest", true}, {"createdBy", wiki_user(call, content.author)}};
  if (expand.contains("ancestors")) {
    json::array ancestors;
    for (auto at = wiki.contents.find(content.parent); at != wiki.contents.end(); at = wiki.contents.find(at->second.parent))
      ancestors.insert(ancestors.begin(),
                       json::object{{"id", wiki_id(at->second)}, {"type", at->second.type}, {"title", at->second.title}});
    out["ancestors"] = ancestors;
  }
  json::object body;
  for (const std::string& one : expand) {
    if (!one.starts_with("body.")) continue;
    const std::string format = one.substr(5);
    body[format] = json::object{
        {"representation", format},
        {"value", format == "storage" || format == "atlas_doc_format" ? content.body : wiki_rendered(call, content)}};
  }
  if (!body.empty()) out["body"] = body;
  const auto outer = wiki.contents.find(content.container);
  if (expand.contains("container") && outer != wiki.contents.end())
    out["container"] = json::object{{"id", wiki_id(outer->second)}, {"title", outer->second.title}};
  json::object links = links_of(call, content);
  links["context"] = "/wiki";
  links["self"] = call.site.base + "/wiki/rest/api/content/" + wiki_id(content);
  out["_links"] = links;
  return out;
}

json::object wiki_user(const Call& call, const std::string& account_id) {
  const auto found = call.site.users.find(account_id);
  if (found == call.site.users.end()) return {{"type", "unknown"}, {"accountId", account_id}};
  return {{"type", "known"}, {"accountId", account_id},          {"accountType", "atlassian"},
          {"email", ""},     {"publicName", found->second.name}, {"displayName", found->second.name}};
}

/// The cursor is base64 of what the list stands at: whoever can read it learns the last entry's id and title.
Reply wiki_page(Call& call, json::array values) {
  const std::int64_t limit = std::clamp<std::int64_t>(call.number("limit", 25), 1, 250);
  std::size_t from = 0;
  if (const std::string cursor = call.param("cursor"); !cursor.empty()) {
    const auto decoded = from_base64url(cursor);
    if (!decoded) refuse_wiki(call, 400, "The cursor can't be read.");
    const std::string text(reinterpret_cast<const char*>(decoded.value().data()), decoded.value().size());
    from = static_cast<std::size_t>(std::max<std::int64_t>(0, number_of(text.substr(0, text.find(' ')), 0)));
  }
  const std::size_t to = std::min(values.size(), from + static_cast<std::size_t>(limit));
  json::array part;
  for (std::size_t i = std::min(from, values.size()); i < to; ++i) part.push_back(values[i]);
  json::object links{{"base", call.site.base + "/wiki"}};
  if (to < values.size()) {
    const std::string place = std::to_string(to) + " " + to_json_text(values[to - 1]).substr(0, 200);
    const std::size_t mark = call.request.target.find('?');
    const std::string path = call.request.target.substr(0, mark);
    links["next"] = path + "?cursor=" + to_base64url(as_bytes(place)) + "&limit=" + std::to_string(limit);
  }
  return ok({{"results", std::move(part)}, {"_links", std::move(links)}});
}

Reply wiki_v1_page(Call& call, json::array values) {
  const std::int64_t total = static_cast<std::int64_t>(values.size());
  const std::int64_t start = std::clamp<std::int64_t>(call.number("start", 0), 0, total);
  const std::int64_t limit = std::clamp<std::int64_t>(call.number("limit", 25), 1, 250);
  const std::int64_t end = std::min(total, start + limit);
  json::array part(values.begin() + start, values.begin() + end);
  json::object links{{"base", call.site.base + "/wiki"}, {"context", "/wiki"}, {"self", call.site.base + call.request.target}};
  if (end < total) links["next"] = "/rest/api/next?start=" + std::to_string(end);
  return ok(
      {{"results", std::move(part)}, {"start", start}, {"limit", limit}, {"size", end - start}, {"_links", std::move(links)}});
}

std::string wiki_digest(const Site& site, WikiId space_id) {
  std::string out;
  const auto set = [](const std::set<std::string>& values) {
    std::string text;
    for (const std::string& one : values) text += one + ",";
    return text;
  };
  const auto space = site.wiki.spaces.find(space_id);
  if (space == site.wiki.spaces.end()) return "gone";
  out += space->second.key + space->second.name + space->second.description + std::to_string(space->second.homepage) +
         to_json_text(space->second.settings);
  for (const auto& [id, property] : space->second.properties)
    out += std::to_string(id) + property.key + to_json_text(property.value);
  for (const std::string& label : space->second.labels) out += label + ",";
  for (const auto& [who, role] : space->second.roles) out += who + role;
  for (const auto& [id, content] : site.wiki.contents) {
    if (wiki_home(site, content) != space_id) continue;
    out += "\n" + std::to_string(id) + content.type + std::to_string(content.parent) + "/" + std::to_string(content.container) +
           content.title + content.body + content.status + content.more + set(content.readers) + set(content.reader_groups) +
           set(content.writers) + set(content.likes) + set(content.watchers);
    for (const std::string& label : content.labels) out += label + ",";
    for (const auto& [property_id, property] : content.properties)
      out += std::to_string(property_id) + property.key + to_json_text(property.value);
  }
  return out;
}

}  // namespace gatehouse::sandbox
