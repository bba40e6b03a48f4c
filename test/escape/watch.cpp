#include "test/escape/watch.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/encoding.h"
#include "sandbox/json_text.h"
#include "sandbox/seed.h"
#include "sandbox/wiki.h"

namespace gatehouse::escape {
namespace {

using sandbox::ObjectId;
using sandbox::Site;

constexpr const char* kRestrictedKey = "A-7";
/// Ids below are used by several kinds of objects, so that one alone says nothing.
constexpr ObjectId kTellingIds = 10300;
/// Header fields of requests upstream: what the driver and gateway::forward write, and nothing else.
constexpr std::array<std::string_view, 14> kUpstreamFields = {"x-experimentalapi",

                                                              "host",
                                                              "authorization",
                                                              "accept",
                                                              "accept-language",
                                                              "accept-encoding",
                                                              "x-atlassian-token",
                                                              "content-type",
                                                              "content-length",
                                                              "user-agent",
                                                              "connection",
                                                              "transfer-encoding",
                                                              "range",
                                                              "if-none-match"};
/// Jira then writes texts of whatever issue is named in a text or a field into the answer, or texts of earlier versions.
constexpr std::array<std::string_view, 4> kTellingExpands = {"renderedFields", "renderedBody", "versionedRepresentations",
                                                             "operations"};

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return out;
}

std::string_view tail_of(std::string_view canary) { return canary.substr(canary.rfind('-') + 1); }

std::string texts_of(const sandbox::Issue& issue) {
  std::string out = issue.key + std::to_string(issue.project) + sandbox::to_json_text(issue.fields);
  for (const auto& one : issue.comments) out += "c" + std::to_string(one.id) + sandbox::to_json_text(one.body) + one.updated;
  for (const auto& one : issue.worklogs) out += "w" + std::to_string(one.id) + sandbox::to_json_text(one.comment) + one.updated;
  for (const auto& one : issue.attachments) out += "a" + std::to_string(one.id) + one.bytes;
  for (const auto& one : issue.remote_links) out += "r" + std::to_string(one.id) + sandbox::to_json_text(one.value);
  for (const std::string& one : issue.watchers) out += "u" + one;
  for (const std::string& one : issue.voters) out += "v" + one;
  return out;
}

std::string text_of(const sandbox::Table& table) {
  std::string out;
  for (const auto& [id, row] : table) out += std::to_string(id) + sandbox::to_json_text(row);
  return out;
}

/// What belongs to no project, and may be changed by no bounded token.
void add_common(const Site& site, std::map<std::string, std::string>& parts) {
  parts["issue types"] = text_of(site.issue_types);
  parts["statuses"] = text_of(site.statuses);
  parts["priorities"] = text_of(site.priorities);
  parts["resolutions"] = text_of(site.resolutions);
  parts["link types"] = text_of(site.link_types);
  parts["filters"] = text_of(site.filters);
  parts["dashboards"] = text_of(site.dashboards);
  parts["roles"] = text_of(site.roles);
  parts["options of fields"] = text_of(site.options_of_fields);
  parts["webhooks"] = text_of(site.webhooks);
  parts["project categories"] = text_of(site.categories);
  for (const auto& [id, field] : site.fields) parts["fields"] += id + field.name + field.type + field.custom;
  for (const auto& [id, user] : site.users) {
    parts["people"] += id + user.email + user.name + (user.active ? "+" : "-");
    for (const std::string& group : user.groups) parts["people"] += group + ",";
  }
  for (const auto& [home, value] : site.properties) {
    if (home.starts_with("user/") || home.starts_with("dashboard/") || home.starts_with("issuetype/") ||
        home.starts_with("workflow"))
      parts["properties of " + home] = sandbox::to_json_text(value);
  }
}

/// Strings that stand behind "id": or "key":, each with its quotes.
template <class Use>
void each_named(std::string_view body, Use use) {
  for (const std::string_view mark : {std::string_view("\"id\":\""), std::string_view("\"key\":\"")}) {
    for (std::size_t at = body.find(mark); at != std::string_view::npos; at = body.find(mark, at + 1)) {
      const std::string_view rest = body.substr(at + mark.size());
      use(rest.substr(0, rest.find('"')));
    }
  }
}

/// What stands before and behind a place, on one line.
std::string around(std::string_view text, std::size_t at) {
  const std::size_t from = at < 160 ? 0 : at - 160;
  std::string out(text.substr(from, at - from + 60));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return ": … " + out + " …";
}

bool holds(const Question& question, std::string_view text) {
  return question.target.find(text) != std::string::npos || question.body.find(text) != std::string::npos;
}

}  // namespace

Watch::Watch(House& house) : house_(house), own_canary_(sandbox::Sandbox::canary("A")) {
  const auto add = [this](const std::string& text, const std::string& what) { needles_.emplace_back(lowered(text), what); };
  std::vector<std::string> hidden(kForeignProjects.begin(), kForeignProjects.end());
  hidden.insert(hidden.end(), {"A-level", "B-level"});
  for (const std::string& name : hidden) {
    const std::string canary = sandbox::Sandbox::canary(name);
    add(std::string(tail_of(canary)), "the canary of " + name);
    // In base64 a text looks one of three ways, by where it begins; the first and last characters depend on what is beside it.
    for (std::size_t shift = 0; shift < 3; ++shift) {
      const std::string padded = std::string(shift, 'x') + canary;
      add(to_base64(as_bytes(padded)).substr(4, 16), "the canary of " + name + " in base64");
    }
  }
  add(sandbox::kToken, "the gateway's own credential");
  add(to_base64(as_bytes(std::string(sandbox::kUsername) + ":" + sandbox::kToken)), "the gateway's own credential");
  add(house.site_url() + "/rest/", "a link for programs to the site itself");
  add(house.site_url() + "/media", "a link to the site's media");
  for (unsigned bearer = 0; bearer < kBearers; ++bearer) add(house.token(bearer), "a client's token");
}

void Watch::remember() {
  before_ = read_state();
  foreign_names_.clear();
  house_.sandbox().with_site([this](Site& site) {
    const auto add = [this](ObjectId id) {
      if (id >= kTellingIds) foreign_names_.insert(std::to_string(id));
    };
    std::set<ObjectId> own;
    for (const auto& [id, issue] : site.issues) {
      if (issue.project == sandbox::kProjectA && issue.key != kRestrictedKey) {
        own.insert(id);
        continue;
      }
      if (issue.project == sandbox::kProjectA) {
        hidden_names_.insert({issue.key, std::to_string(id)});
        for (const auto& one : issue.comments) hidden_names_.insert(std::to_string(one.id));
      }
      foreign_names_.insert(issue.key);
      add(id);
      for (const auto& one : issue.comments) add(one.id);
      for (const auto& one : issue.worklogs) add(one.id);
      for (const auto& one : issue.attachments) add(one.id);
      for (const auto& one : issue.remote_links) add(one.id);
    }
    for (const auto& [id, link] : site.links) {
      if (!own.contains(sandbox::id_at(link, "_in")) || !own.contains(sandbox::id_at(link, "_out"))) add(id);
    }
    for (const char* key : kForeignProjects) foreign_names_.insert(key);
    for (const auto& [id, row] : site.versions) {
      if (sandbox::id_at(row, "projectId") != sandbox::kProjectA) add(id);
    }
    for (const auto& [id, row] : site.components) {
      if (sandbox::id_at(row, "_project") != sandbox::kProjectA) add(id);
    }
    for (const auto& [id, row] : site.levels) {
      if (sandbox::id_at(row, "_project") != sandbox::kProjectA) add(id);
    }
    for (const auto& [id, content] : site.wiki.contents) {
      const bool restricted = id == sandbox::kRestrictedA || id == sandbox::kBelowRestrictedA;
      if (restricted) hidden_names_.insert(std::to_string(id));
      if (!restricted && sandbox::wiki_home(site, content) == sandbox::kSpaceA) continue;
      foreign_names_.insert(sandbox::wiki_id(content));
      for (const auto& [property, value] : content.properties) add(property);
    }
    for (const auto& [id, space] : site.wiki.spaces) {
      if (id != sandbox::kSpaceA) add(id);
    }
  });
}

Watch::State Watch::read_state() {
  State state;
  house_.sandbox().with_site([&state](Site& site) {
    for (const char* key : kForeignProjects) {
      const sandbox::Project* project = sandbox::project_by_key(site, key);
      if (!project) {
        state.parts[std::string("project ") + key] = "gone";
        continue;
      }
      const sandbox::json::object digest = sandbox::state_digest(site, *project);
      for (const char* part : {"key", "project", "issues", "issueCount", "plans"})
        state.parts[std::string(part) + " of project " + key] = sandbox::to_json_text(digest.at(part));
      for (const auto& line : digest.at("relations").as_array()) state.relations[key].insert(std::string(line.as_string()));
    }
    add_common(site, state.parts);
    for (const auto& [id, space] : site.wiki.spaces) {
      if (id != sandbox::kSpaceA) state.parts["space " + space.key] = sandbox::wiki_digest(site, id);
    }
    for (const ObjectId id : {sandbox::kRestrictedA, sandbox::kBelowRestrictedA}) {
      const auto found = site.wiki.contents.find(id);
      if (found == site.wiki.contents.end()) continue;
      const sandbox::WikiContent& one = found->second;
      std::string text = one.title + one.body + one.status + std::to_string(one.space);
      for (const std::string& reader : one.readers) text += reader;
      state.parts["restricted content " + std::to_string(id)] = text;
    }
    state.has_own_project = site.projects.contains(sandbox::kProjectA);
    for (const auto& [id, issue] : site.issues) {
      if (issue.project != sandbox::kProjectA) continue;
      state.own_issues.insert(std::to_string(id));
      if (issue.key == kRestrictedKey) state.parts["restricted issue of A"] = texts_of(issue);
    }
  });
  return state;
}

/// `line` was there and is gone. Empty where that is allowed. Lines: "link ID TYPE IN OUT", "parent CHILD PARENT", "FIELD ISSUE
/// NAMED".
std::string Watch::wrong_relation(const std::string& line, const State& now) const {
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t space = std::min(line.find(' ', from), line.size());
    words.push_back(line.substr(from, space - from));
    from = space + 1;
  }
  const auto was_own = [this](const std::string& id) { return before_.own_issues.contains(id); };
  const auto gone = [&](const std::string& id) { return was_own(id) && !now.own_issues.contains(id); };
  if (words.front() == "link") {
    if (words.size() == 5 && (gone(words[3]) || gone(words[4]))) return {};
  } else if (words.size() == 3) {
    // The issue whose field it is may let it go; of a parent both ends may be gone.
    if (was_own(words[1]) || (words.front() == "parent" && gone(words[2]))) return {};
  }
  return "the relation \"" + line + "\" is gone";
}

std::optional<std::string> Watch::wrong_with_answer(const Question& question, const Answer& answer) const {
  if (answer.status == 0) return "no whole answer came";
  const std::string head = lowered(answer.head);
  const std::string body = lowered(answer.body);
  const bool sees_all = sees_restricted(question.bearer);
  for (const auto& [needle, what] : needles_) {
    if (sees_all && what.starts_with("the canary of A-level")) continue;
    if (const std::size_t at = head.find(needle); at != std::string::npos)
      return what + " stands in the head of the answer" + around(answer.head, at);
    if (const std::size_t at = body.find(needle); at != std::string::npos)
      return what + " stands in the body of the answer" + around(answer.body, at);
  }
  std::optional<std::string> wrong;
  // Keys and values of properties are the client's own words, of an earlier request.
  if (question.target.find("properties") != std::string::npos) return wrong;
  each_named(answer.body, [&](std::string_view name) {
    const bool of_restricted = sees_all && hidden_names_.contains(std::string(name));
    if (!wrong && !of_restricted && foreign_names_.contains(std::string(name)) && !holds(question, name))
      wrong = "the foreign object " + std::string(name) + " is named in the answer" +
              around(answer.body, static_cast<std::size_t>(name.data() - answer.body.data()));
  });
  return wrong;
}

std::optional<std::string> Watch::wrong_with_state() {
  const State now = read_state();
  for (const auto& [name, text] : before_.parts) {
    if (name == "restricted issue of A" && !now.has_own_project) continue;
    const auto found = now.parts.find(name);
    if (found == now.parts.end()) return "gone: " + name;
    if (found->second != text) return "changed: " + name;
  }
  for (const auto& [name, text] : now.parts) {
    if (!before_.parts.contains(name)) return "new: " + name;
  }
  for (const auto& [key, lines] : now.relations) {
    const auto& old = before_.relations[key];
    for (const std::string& line : lines) {
      if (!old.contains(line)) return "new relation with project " + key + ": " + line;
    }
    for (const std::string& line : old) {
      if (lines.contains(line)) continue;
      if (const std::string wrong = wrong_relation(line, now); !wrong.empty()) return "of project " + key + ": " + wrong;
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::wrong_with_recorded() {
  std::optional<std::string> wrong;
  const auto is_wrong_field = [](const std::string& name) {
    return std::find(kUpstreamFields.begin(), kUpstreamFields.end(), lowered(name)) == kUpstreamFields.end();
  };
  house_.sandbox().with_site([&](Site& site) {
    for (const sandbox::Recorded& one : site.recorded) {
      std::string all = one.target + "\n" + one.body;
      for (const auto& [name, value] : one.headers) {
        all += "\n" + value;
        if (!wrong && is_wrong_field(name)) wrong = "the header field " + name + " went upstream";
      }
      for (unsigned bearer = 0; bearer < kBearers; ++bearer) {
        if (all.find(house_.token(bearer)) != std::string::npos) wrong = "a client's token went upstream";
      }
      for (const std::string_view rendered : {"body-format=view", "export_view", "styled_view", "body.view"}) {
        if (!wrong && one.target.find(rendered) != std::string::npos) wrong = std::string(rendered) + " went upstream";
      }
      for (const std::string_view expand : kTellingExpands) {
        const std::size_t at = one.target.find("expand=");
        if (at != std::string::npos && one.target.find(expand, at) != std::string::npos)
          wrong = "expand=" + std::string(expand) + " went upstream";
      }
      if (wrong) {
        *wrong += " in " + one.method + " " + one.target;
        break;
      }
    }
    site.recorded.clear();
  });
  return wrong;
}

bool Watch::holds_own_canary(const Answer& answer) const { return answer.body.find(own_canary_) != std::string::npos; }

}  // namespace gatehouse::escape
