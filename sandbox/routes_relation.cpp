// Links between issues, remote links, votes, watchers.
#include <algorithm>

#include "sandbox/edit.h"
#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

/// Jira answers 201 with an empty body and, as clients that wait for the id rely on, the link in Location.
Reply link_add(Call& call) {
  const ObjectId id = add_link(call, call.object(), nullptr);
  if (const json::value* comment = call.object().if_contains("comment"); comment != nullptr && comment->is_object()) {
    add_comment(call, call.site.issues.at(id_at(call.site.links.at(id), "_in")), comment->get_object());
  }
  Reply reply{201, "application/json;charset=UTF-8", {}, {}};
  reply.headers.emplace_back("Location", call.api("issueLink/" + std::to_string(id)));
  return reply;
}

const json::object& link_of(const Call& call) {
  const auto found = call.site.links.find(call.id(0));
  if (found == call.site.links.end()) refuse(404, "No issue link with id '" + call.arg(0) + "' exists.");
  return found->second;
}

Reply link_get(Call& call) { return ok(link_json(call, link_of(call), 0)); }

Reply link_delete(Call& call) {
  link_of(call);
  call.site.links.erase(call.id(0));
  return no_content();
}

json::object remote_json(const Call& call, const Issue& issue, const RemoteLink& link) {
  json::object out = link.value;
  out["id"] = link.id;
  out["self"] = call.api("issue/" + issue.key + "/remotelink/" + std::to_string(link.id));
  return out;
}

Reply remote_links(Call& call) {
  const Issue& issue = call.issue();
  json::array out;
  for (const RemoteLink& link : issue.remote_links) {
    if (const auto global = call.given("globalId"); global && text_at(link.value, "globalId") != *global) continue;
    out.push_back(remote_json(call, issue, link));
  }
  return ok(out);
}

Reply remote_add(Call& call) {
  Issue& issue = call.issue();
  const std::string global = text_at(call.object(), "globalId");
  for (RemoteLink& link : issue.remote_links) {
    if (global.empty() || text_at(link.value, "globalId") != global) continue;
    link.value = call.object();
    return ok({{"id", link.id}, {"self", remote_json(call, issue, link)["self"]}});
  }
  issue.remote_links.push_back({call.site.next_id++, call.object()});
  const RemoteLink& made = issue.remote_links.back();
  return ok({{"id", made.id}, {"self", remote_json(call, issue, made)["self"]}}, 201);
}

/// Worse branch: with nested_ids a remote link of another issue answers too.
RemoteLink& remote_of(const Call& call, Issue*& owner) {
  Issue& named = call.issue();
  for (auto& [id, issue] : call.site.issues) {
    if (issue.id != named.id && !call.site.leniency.nested_ids) continue;
    for (RemoteLink& link : issue.remote_links) {
      if (link.id != call.id(1)) continue;
      owner = &issue;
      return link;
    }
  }
  refuse(404, "No remote link with id '" + call.arg(1) + "' exists.");
}

Reply remote_get(Call& call) {
  Issue* owner = nullptr;
  const RemoteLink& link = remote_of(call, owner);
  return ok(remote_json(call, *owner, link));
}

Reply remote_put(Call& call) {
  Issue* owner = nullptr;
  remote_of(call, owner).value = call.object();
  return no_content();
}

Reply remote_delete(Call& call) {
  if (call.args.size() < 2) {
    Issue& issue = call.issue();
    const std::string global = call.param("globalId");
    std::erase_if(issue.remote_links, [&](const RemoteLink& link) { return text_at(link.value, "globalId") == global; });
    return no_content();
  }
  Issue* owner = nullptr;
  remote_of(call, owner);
  std::erase_if(owner->remote_links, [&](const RemoteLink& link) { return link.id == call.id(1); });
  return no_content();
}

json::array people(const Call& call, const std::set<std::string>& ids) {
  json::array out;
  for (const std::string& id : ids) out.push_back(user_json(call, id));
  return out;
}

Reply votes(Call& call) {
  const Issue& issue = call.issue();
  return ok({{"self", call.api("issue/" + issue.key + "/votes")},
             {"votes", issue.voters.size()},
             {"hasVoted", issue.voters.contains(call.caller)},
             {"voters", people(call, issue.voters)}});
}

Reply vote_add(Call& call) {
  call.issue().voters.insert(call.caller);
  return no_content();
}

Reply vote_delete(Call& call) {
  call.issue().voters.erase(call.caller);
  return no_content();
}

Reply watchers(Call& call) {
  const Issue& issue = call.issue();
  return ok({{"self", call.api("issue/" + issue.key + "/watchers")},
             {"isWatching", issue.watchers.contains(call.caller)},
             {"watchCount", issue.watchers.size()},
             {"watchers", people(call, issue.watchers)}});
}

Reply watcher_add(Call& call) {
  const std::string given = text_of(call.body);
  const std::string who = given.empty() ? call.caller : given;
  if (!call.site.users.contains(who)) refuse(400, "The user was not found.");
  call.issue().watchers.insert(who);
  return no_content();
}

Reply watcher_delete(Call& call) {
  const auto who = call.given("accountId");
  if (!who) refuse(400, "accountId is missing.");
  call.issue().watchers.erase(*who);
  return no_content();
}

Reply watching(Call& call) {
  json::object out;
  for (const std::string& id : text_list(call.object().if_contains("issueIds"))) {
    const Issue* issue = find_issue(call.site, id);
    out[id] = issue != nullptr && issue->watchers.contains(call.caller);
  }
  return ok({{"issuesIsWatching", std::move(out)}});
}

}  // namespace

void add_relation_routes(Routes& routes) {
  routes.api("POST", "issueLink", link_add);
  routes.api("GET", "issueLink/{}", link_get);
  routes.api("DELETE", "issueLink/{}", link_delete);
  routes.api("GET", "issue/{}/remotelink", remote_links);
  routes.api("POST", "issue/{}/remotelink", remote_add);
  routes.api("DELETE", "issue/{}/remotelink", remote_delete);
  routes.api("GET", "issue/{}/remotelink/{}", remote_get);
  routes.api("PUT", "issue/{}/remotelink/{}", remote_put);
  routes.api("DELETE", "issue/{}/remotelink/{}", remote_delete);
  routes.api("GET", "issue/{}/votes", votes);
  routes.api("POST", "issue/{}/votes", vote_add);
  routes.api("DELETE", "issue/{}/votes", vote_delete);
  routes.api("GET", "issue/{}/watchers", watchers);
  routes.api("POST", "issue/{}/watchers", watcher_add);
  routes.api("DELETE", "issue/{}/watchers", watcher_delete);
  routes.api("POST", "issue/watching", watching);
}

}  // namespace gatehouse::sandbox
