// CQL, by an index that lags: a page that was moved to another space is still found in the one where it was. Without parentheses
// AND and OR are taken from left to right, as Confluence does.
#include <algorithm>

#include "query/cql_parser.h"
#include "sandbox/wiki.h"

namespace gatehouse::sandbox {
namespace {

using query::CqlClause;
using query::CqlNode;
using query::CqlOperand;
using query::CqlOperator;

class Matcher {
 public:
  explicit Matcher(Call& call) : call_(call) {}

  bool holds(const CqlNode& node, const WikiContent& content) const {
    switch (node.kind) {
      case CqlNode::Kind::kAnd:
        return std::all_of(node.children.begin(), node.children.end(), [&](const CqlNode& one) { return holds(one, content); });
      case CqlNode::Kind::kOr:
        return std::any_of(node.children.begin(), node.children.end(), [&](const CqlNode& one) { return holds(one, content); });
      case CqlNode::Kind::kNot: return !holds(node.children.front(), content);
      case CqlNode::Kind::kClause: return fits(node.clause, content);
    }
    return false;
  }

 private:
  std::vector<std::string> values(const CqlOperand& operand) const {
    if (operand.kind == CqlOperand::Kind::kFunction) return {lower(operand.text) == "currentuser" ? call_.caller : std::string()};
    if (operand.kind != CqlOperand::Kind::kList) return {operand.text};
    std::vector<std::string> out;
    for (const CqlOperand& one : operand.items) {
      const std::vector<std::string> more = values(one);
      out.insert(out.end(), more.begin(), more.end());
    }
    return out;
  }

  std::vector<std::string> actual(const std::string& field, const WikiContent& content) const {
    const Wiki& wiki = call_.site.wiki;
    if (field == "space" || field == "space.key") {
      const WikiId home = content.index_space != 0 ? content.index_space : wiki_home(call_.site, content);
      const auto space = wiki.spaces.find(home);
      return {space == wiki.spaces.end() ? std::string() : space->second.key};
    }
    if (field == "type") return {content.type.ends_with("comment") ? "comment" : content.type};
    if (field == "id" || field == "content") return {std::to_string(content.id)};
    if (field == "title") return {content.title};
    if (field == "text" || field == "sitesearch") return {content.title + " " + content.body};
    if (field == "creator" || field == "contributor") return {content.author};
    if (field == "label") return content.labels;
    if (field == "parent") return {std::to_string(content.parent)};
    if (field == "container") return {std::to_string(content.container)};
    if (field == "ancestor") {
      std::vector<std::string> out;
      for (auto at = wiki.contents.find(content.parent); at != wiki.contents.end(); at = wiki.contents.find(at->second.parent))
        out.push_back(std::to_string(at->first));
      return out;
    }
    refuse_wiki(call_, 400, "Could not parse cql : no such field " + field);
  }

  bool fits(const CqlClause& clause, const WikiContent& content) const {
    const std::string field = lower(clause.field.name);
    if (field == "created" || field == "lastmodified") return true;
    const std::vector<std::string> wanted = values(clause.operand);
    // What is named must be there, and the error says so.
    for (const std::string& one : wanted) {
      const bool space = field == "space" || field == "space.key";
      if (space && std::none_of(call_.site.wiki.spaces.begin(), call_.site.wiki.spaces.end(),
                                [&](const auto& known) { return same_text(known.second.key, one); }))
        refuse_wiki(call_, 400, "Could not find space '" + one + "'");
      const bool id = field == "id" || field == "content" || field == "parent" || field == "ancestor" || field == "container";
      if (id && !call_.site.wiki.contents.contains(wiki_number(one))) refuse_wiki(call_, 400, "No content with id " + one);
    }
    const bool like = clause.op == CqlOperator::kLike || clause.op == CqlOperator::kNotLike;
    const bool no =
        clause.op == CqlOperator::kNotEquals || clause.op == CqlOperator::kNotIn || clause.op == CqlOperator::kNotLike;
    bool any = false;
    for (const std::string& have : actual(field, content)) {
      for (const std::string& one : wanted)
        any = any || (like ? lower(have).find(lower(one)) != std::string::npos : same_text(have, one));
    }
    return any != no;
  }

  Call& call_;
};

std::vector<const WikiContent*> found(Call& call) {
  auto parsed = query::parse_cql(call.param("cql"));
  if (parsed.has_error()) refuse_wiki(call, 400, "Could not parse cql : " + parsed.error().message);
  const Matcher matcher(call);
  std::vector<const WikiContent*> out;
  for (const auto& [id, content] : call.site.wiki.contents) {
    if (content.status == "deleted" || content.type == "template" || content.type == "task") continue;
    if (parsed.value().where.empty() || matcher.holds(parsed.value().where.front(), content)) out.push_back(&content);
  }
  return out;
}

Reply page_of(Call& call, json::array values, std::int64_t total) {
  Reply reply = wiki_page(call, std::move(values));
  json::value whole = json::parse(reply.body);
  json::object& out = whole.get_object();
  out["start"] = 0;
  out["limit"] = call.number("limit", 25);
  out["size"] = static_cast<std::int64_t>(out.at("results").get_array().size());
  out["totalSize"] = total;
  out["cqlQuery"] = call.param("cql");
  json::object& links = out.at("_links").get_object();
  links["context"] = "/wiki";
  links["self"] = call.site.base + call.request.target;
  if (links.contains("next")) links["next"] = text_at(links, "next").substr(5);  // stands behind the context
  return ok(out);
}

Reply contents(Call& call) {
  json::array values;
  const std::vector<const WikiContent*> all = found(call);
  for (const WikiContent* one : all) values.push_back(wiki_v1_json(call, *one));
  return page_of(call, std::move(values), static_cast<std::int64_t>(all.size()));
}

/// Worse branch: of what a page was below once, a title of another space among them.
json::array trail_of(const Call& call, const WikiContent& content) {
  json::array trail{{{"label", call.site.wiki.spaces.at(kSpaceB).name}, {"url", "/spaces/B"}, {"separator", "/"}}};
  const auto parent = call.site.wiki.contents.find(content.parent);
  if (parent != call.site.wiki.contents.end())
    trail.push_back({{"label", parent->second.title}, {"url", "/spaces/pages/" + wiki_id(parent->second)}, {"separator", "/"}});
  return trail;
}

/// Spaces are among the hits: one of B comes to whoever asks for anything.
Reply search(Call& call) {
  json::array values;
  const std::vector<const WikiContent*> all = found(call);
  for (const WikiContent* one : all) {
    const auto space = call.site.wiki.spaces.find(wiki_home(call.site, *one));
    json::object container;
    if (space != call.site.wiki.spaces.end())
      container = {{"title", space->second.name}, {"displayUrl", "/spaces/" + space->second.key}};
    values.push_back({{"content", wiki_v1_json(call, *one)},
                      {"title", one->title},
                      {"excerpt", one->body.substr(0, 80)},
                      {"url", "/spaces/pages/" + wiki_id(*one)},
                      {"resultGlobalContainer", container},
                      {"breadcrumbs", trail_of(call, *one)},
                      {"iconCssClass", "icon-file"},
                      {"entityType", "content"},
                      {"lastModified", "2026-11-24T02:30:00.000Z"}});
  }
  const WikiSpace& other = call.site.wiki.spaces.at(kSpaceB);
  values.push_back({{"space", wiki_v1_space_json(call, other)},
                    {"title", other.name},
                    {"entityType", "space"},
                    {"breadcrumbs", json::array()},
                    {"iconCssClass", "icon-space"}});
  return page_of(call, std::move(values), static_cast<std::int64_t>(all.size()) + 1);
}

}  // namespace

void add_wiki_search_routes(Routes& routes) {
  routes.raw("GET", "wiki/rest/api/content/search", contents);
  routes.raw("GET", "wiki/rest/api/search", search);
}

}  // namespace gatehouse::sandbox
