#include "sandbox/jql_values.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

using query::JqlOperand;

constexpr std::int64_t kDay = 86'400'000;

std::string stamp(std::int64_t ms) { return "@" + std::to_string(ms); }

/// A span such as "-1w", "4h", "+2d 3h" in milliseconds; nothing where it is none.
std::optional<std::int64_t> span_of(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::int64_t total = 0;
  bool any = false;
  for (const std::string& part : split(text, ' ')) {
    if (part.size() < 2) return std::nullopt;
    const std::int64_t count = number_of(std::string_view(part).substr(0, part.size() - 1), -1);
    const char unit = part.back();
    const std::int64_t one = unit == 'w'   ? 7 * kDay
                             : unit == 'd' ? kDay
                             : unit == 'h' ? 3'600'000
                             : unit == 'm' ? 60'000
                             : unit == 'M' ? 30 * kDay
                             : unit == 'y' ? 365 * kDay
                                           : 0;
    if (count < 0 || one == 0) return std::nullopt;
    total += count * one;
    any = true;
  }
  if (!any) return std::nullopt;
  return negative ? -total : total;
}

/// startOfDay, endOfWeek("-1w") and the like; the time zone is UTC.
std::int64_t edge_of(const std::string& name, const std::vector<std::string>& args) {
  using namespace std::chrono;
  const sys_days today = floor<days>(sys_time<milliseconds>(milliseconds(now_ms())));
  const year_month_day date(today);
  const bool end = name.starts_with("end");
  sys_days edge = today;
  if (name.ends_with("week")) {
    edge = today - (weekday(today) - Monday) + days(end ? 7 : 0);
  } else if (name.ends_with("month")) {
    const year_month month = date.year() / date.month();
    edge = sys_days((end ? month + months(1) : month) / 1);
  } else if (name.ends_with("year")) {
    edge = sys_days((end ? date.year() + years(1) : date.year()) / January / 1);
  } else {
    edge = today + days(end ? 1 : 0);
  }
  std::int64_t ms = duration_cast<milliseconds>(edge.time_since_epoch()).count() - (end ? 1 : 0);
  if (!args.empty()) ms += span_of(args[0]).value_or(0);
  return ms;
}

using Out = std::vector<Literal>;

void put(Out& out, std::string text) { out.push_back({std::move(text), false, false, true}); }
void put_id(Out& out, ObjectId id) { out.push_back({std::to_string(id), true, false, true}); }

void related_issues(const Call& call, const std::string& name, const std::vector<std::string>& args, Out& out) {
  const Site& site = call.site;
  if (name == "linkedissues" || name == "linkedworkitems") {
    if (args.empty()) refuse_jql("Function 'linkedIssues' expects between '1' and '2' arguments but received '0'.");
    const Issue* issue = find_issue(call.site, args[0]);
    if (issue == nullptr || !call.sees(*issue))
      refuse_jql("Issue '" + args[0] + "' could not be found in function 'linkedIssues'.");
    for (const auto& [id, link] : site.links) {
      const json::object& type = site.link_types.at(id_at(link, "_type"));
      const ObjectId in = id_at(link, "_in"), far = id_at(link, "_out");
      const bool outward = args.size() < 2 || same_text(text_at(type, "outward"), args[1]);
      const bool inward = args.size() < 2 || same_text(text_at(type, "inward"), args[1]);
      if (in == issue->id && outward) put_id(out, far);
      if (far == issue->id && inward) put_id(out, in);
    }
  } else if (name == "issuehistory" || name == "workitemhistory") {
    for (const ObjectId id : call.site.history[call.caller]) put_id(out, id);
  } else if (name == "votedissues" || name == "votedworkitems" || name == "watchedissues" || name == "watchedworkitems") {
    for (const auto& [id, issue] : site.issues) {
      if ((name.front() == 'v' ? issue.voters : issue.watchers).contains(call.caller)) put_id(out, id);
    }
  } else if (name == "updatedby") {
    for (const auto& [id, issue] : site.issues) {
      const bool by = std::any_of(issue.changes.begin(), issue.changes.end(),
                                  [&](const Change& one) { return !args.empty() && one.author == args[0]; });
      if (by) put_id(out, id);
    }
  } else if (name == "childissuesof" || name == "subtasksof" || name == "portfoliochildissuesof") {
    const Issue* issue = args.empty() ? nullptr : find_issue(call.site, args[0]);
    for (const auto& [id, other] : site.issues) {
      if (issue != nullptr && id_at(other.fields, "parent") == issue->id) put_id(out, id);
    }
  }
}

void planned(const Call& call, const std::string& name, const std::vector<std::string>& args, Out& out) {
  const Site& site = call.site;
  if (name.ends_with("sprints")) {
    const std::string state = name == "opensprints" ? "active" : name == "closedsprints" ? "closed" : "future";
    for (const auto& [id, sprint] : site.sprints) {
      if (text_at(sprint, "state") == state) put_id(out, id);
    }
    return;
  }
  const bool released = name == "releasedversions" || name == "latestreleasedversion";
  for (const auto& [id, version] : site.versions) {
    if (true_at(version, "released") != released) continue;
    const Project& project = site.projects.at(id_at(version, "projectId"));
    const bool here = args.empty() || std::any_of(args.begin(), args.end(), [&](const std::string& one) {
                        return find_project(call.site, one) == &project;
                      });
    if (here && call.sees(project)) put_id(out, id);
  }
}

void people_and_places(const Call& call, const std::string& name, const std::vector<std::string>& args, Out& out) {
  const Site& site = call.site;
  if (name == "currentuser") return put(out, call.caller);
  if (name == "membersof") {
    for (const auto& [id, user] : site.users) {
      const bool in = std::any_of(user.groups.begin(), user.groups.end(),
                                  [&](const std::string& group) { return !args.empty() && same_text(group, args[0]); });
      if (in) put(out, id);
    }
  } else if (name == "standardissuetypes" || name == "subtaskissuetypes" || name == "standardworktypes" ||
             name == "subtaskworktypes") {
    for (const auto& [id, type] : site.issue_types) {
      if (true_at(type, "subtask") == name.starts_with("subtask")) put_id(out, id);
    }
  } else if (name == "componentsleadbyuser") {
    for (const auto& [id, row] : site.components) {
      if (text_at(row, "_lead") == (args.empty() ? call.caller : args[0])) put_id(out, id);
    }
  } else {
    for (const auto& [id, project] : site.projects) {
      const bool leads = project.lead == (args.empty() ? call.caller : args[0]);
      if (name.ends_with("leadbyuser") ? leads : call.sees(project)) put_id(out, id);
    }
  }
}

void run_function(const Call& call, const JqlOperand& operand, Out& out) {
  const std::string name = lower(operand.text);
  std::vector<std::string> args;
  for (const JqlOperand& item : operand.items) args.push_back(item.text);
  static const std::set<std::string> kTimes = {"startofday",   "endofday",   "startofweek", "endofweek",
                                               "startofmonth", "endofmonth", "startofyear", "endofyear"};
  static const std::set<std::string> kRelated = {"linkedissues", "linkedworkitems", "issuehistory",  "workitemhistory",
                                                 "votedissues",  "votedworkitems",  "watchedissues", "watchedworkitems",
                                                 "updatedby",    "childissuesof",   "subtasksof",    "portfoliochildissuesof"};
  static const std::set<std::string> kPlanned = {"opensprints",
                                                 "closedsprints",
                                                 "futuresprints",
                                                 "releasedversions",
                                                 "unreleasedversions",
                                                 "latestreleasedversion",
                                                 "earliestunreleasedversion"};
  static const std::set<std::string> kPeople = {"currentuser",
                                                "membersof",
                                                "standardissuetypes",
                                                "subtaskissuetypes",
                                                "standardworktypes",
                                                "subtaskworktypes",
                                                "componentsleadbyuser",
                                                "projectsleadbyuser",
                                                "spacesleadbyuser",
                                                "projectswhereuserhaspermission",
                                                "projectswhereuserhasrole",
                                                "spaceswhereuserhaspermission",
                                                "spaceswhereuserhasrole"};
  if (name == "now") return put(out, stamp(now_ms()));
  if (kTimes.contains(name)) return put(out, stamp(edge_of(name, args)));
  if (kRelated.contains(name)) return related_issues(call, name, args, out);
  if (kPlanned.contains(name)) return planned(call, name, args, out);
  if (kPeople.contains(name)) return people_and_places(call, name, args, out);
  refuse_jql("Unable to find JQL function '" + operand.text + "()'.");
}

}  // namespace

void refuse_jql(const std::string& message) {
  throw Refused{ok({{"errorMessages", {message}}, {"warningMessages", json::array()}}, 400)};
}

std::vector<Literal> literals_of(const Call& call, const std::string& field, const JqlOperand& operand) {
  Out out;
  switch (operand.kind) {
    case JqlOperand::Kind::kNone: break;
    case JqlOperand::Kind::kEmpty: out.push_back({{}, false, true, false}); break;
    case JqlOperand::Kind::kString: out.push_back({operand.text, false, false, false}); break;
    case JqlOperand::Kind::kNumber: out.push_back({operand.text, true, false, false}); break;
    case JqlOperand::Kind::kFunction: run_function(call, operand, out); break;
    case JqlOperand::Kind::kList:
      for (const JqlOperand& item : operand.items) {
        for (Literal& one : literals_of(call, field, item)) out.push_back(std::move(one));
      }
      break;
  }
  return out;
}

std::string canonical_field(const Call& call, const query::JqlField& field) {
  if (field.kind == query::JqlField::Kind::kCustom || field.kind == query::JqlField::Kind::kNumber) {
    const std::string id = "customfield_" + field.name;
    if (call.site.fields.contains(id)) return id;
    refuse_jql("Field 'cf[" + field.name + "]' does not exist or you do not have permission to view it.");
  }
  const std::string name = lower(field.name);
  for (const char* one : {"issue", "issuekey", "key", "id", "workitem", "workitemkey"}) {
    if (name == one) return "issue";
  }
  if (name == "filter" || name == "request" || name == "savedfilter" || name == "searchrequest") return "filter";
  if (name == "text" || name == "watcher" || name == "voter" || name == "category" || name == "projecttype" ||
      name == "issuelinktype" || name == "parentproject")
    return name;
  if (name == "parentepic" || name == "epic link") return "parentepic";
  if (name == "issue.property" || name == "attachments") return name;
  for (const auto& [id, known] : call.site.fields) {
    if (same_text(id, name)) return id;
    for (const std::string& clause : known.clauses) {
      if (same_text(clause, name)) return id;
    }
  }
  refuse_jql("Field '" + field.name + "' does not exist or you do not have permission to view it.");
}

std::int64_t instant_of(const std::string& field, const std::string& text) {
  if (text.starts_with('@')) return number_of(std::string_view(text).substr(1), 0);
  if (const auto span = span_of(text)) return now_ms() + *span;
  std::array<int, 5> part{0, 1, 1, 0, 0};
  const int read =
      std::sscanf(text.c_str(), "%4d%*1[-/]%2d%*1[-/]%2d%*1[ T]%2d:%2d", &part[0], &part[1], &part[2], &part[3], &part[4]);
  if (read < 3) {
    refuse_jql("Date value '" + text + "' for field '" + field +
               "' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', "
               "'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.");
  }
  using namespace std::chrono;
  const sys_days day = year(part[0]) / month(static_cast<unsigned>(part[1])) / std::chrono::day(static_cast<unsigned>(part[2]));
  return duration_cast<milliseconds>(day.time_since_epoch()).count() + (part[3] * 60 + part[4]) * 60'000LL;
}

}  // namespace gatehouse::sandbox
