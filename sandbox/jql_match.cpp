#include "sandbox/jql_match.h"

#include <algorithm>
#include <cstdlib>

namespace gatehouse::sandbox {
namespace {

using query::JqlClause;
using query::JqlOperator;
using query::JqlPredicate;

std::string type_of(const Call& call, const std::string& field) {
  if (field == "issue") return "issue";
  if (field == "text" || field == "comment") return "text";
  if (field == "watcher" || field == "voter") return "user";
  if (field == "parentepic" || field == "customfield_10014" || field == "issuelinks" || field == "subtasks") return "issue";
  if (field == "parentproject") return "project";
  const auto found = call.site.fields.find(field);
  if (found == call.site.fields.end()) return "plain";
  const Field& known = found->second;
  const std::string type = known.type == "array" ? known.items : known.type;
  if (type == "issuelink") return "issue";
  if (known.id == "summary" || known.id == "description" || known.id == "environment" || known.custom.ends_with(":textarea") ||
      known.custom.ends_with("gh-epic-label") || known.custom.ends_with(":url")) {
    return "text";
  }
  return type;
}

const Table* table_of(const Site& site, const std::string& type) {
  if (type == "status") return &site.statuses;
  if (type == "priority") return &site.priorities;
  if (type == "resolution") return &site.resolutions;
  if (type == "issuetype") return &site.issue_types;
  if (type == "version") return &site.versions;
  if (type == "component") return &site.components;
  if (type == "securitylevel") return &site.levels;
  if (type == "option") return &site.options_of_fields;
  if (type == "sprint") return &site.sprints;
  return nullptr;
}

void resolve_project(const Call& call, const std::string& text, std::set<std::string>& out) {
  // Id, then key, then former key (unconfirmed: the worse branch), then name.
  if (const Project* project = find_project(call.site, text)) {
    out.insert(std::to_string(project->id));
    return;
  }
  for (const auto& [id, project] : call.site.projects) {
    if (same_text(project.name, text)) out.insert(std::to_string(id));
  }
}

void resolve_user(const Call& call, const std::string& text, std::set<std::string>& out) {
  for (const auto& [id, user] : call.site.users) {
    if (id == text || same_text(user.email, text) || same_text(user.name, text)) out.insert(id);
  }
}

void resolve_row(const Table& table, const std::string& text, std::set<std::string>& out) {
  if (table.contains(number_of(text, 0))) {
    out.insert(text);
    return;
  }
  for (const auto& [id, row] : table) {
    if (same_text(text_at(row, "name"), text) || same_text(text_at(row, "value"), text)) out.insert(std::to_string(id));
  }
}

const std::set<std::string> kCategoryWords[] = {
    {"to do", "new", "2"}, {"in progress", "indeterminate", "4"}, {"done", "complete", "3"}};

void resolve(const Call& call, const std::string& type, const std::string& text, std::set<std::string>& out) {
  if (type == "project") return resolve_project(call, text, out);
  if (type == "user") return resolve_user(call, text, out);
  if (type == "statusCategory") {
    const char* ids[] = {"2", "4", "3"};
    for (int i = 0; i < 3; ++i) {
      if (kCategoryWords[i].contains(lower(text))) out.insert(ids[i]);
    }
    return;
  }
  if (type == "issue") {
    const Issue* issue = find_issue(call.site, text);
    if (issue != nullptr && call.sees(*issue)) out.insert(std::to_string(issue->id));
    return;
  }
  resolve_row(*table_of(call.site, type), text, out);
}

bool has_ids(const Call& call, const std::string& type) {
  return type == "project" || type == "user" || type == "issue" || type == "statusCategory" ||
         table_of(call.site, type) != nullptr;
}

void add_stored(const json::value* stored, std::vector<std::string>& out) {
  if (stored == nullptr || stored->is_null()) return;
  if (stored->is_array()) {
    for (const json::value& one : stored->get_array()) add_stored(&one, out);
  } else if (stored->is_double()) {
    out.push_back(to_json_text(*stored));
  } else {
    std::string text = stored->is_object() ? to_plain(*stored) : text_of(*stored);
    if (!text.empty()) out.push_back(std::move(text));
  }
}

ObjectId believed_project(const Issue& issue) { return issue.stale_left != 0 ? issue.stale_project : issue.project; }

/// What the index holds of one field, in the form that Clause::ids has.
std::vector<std::string> values_of(const Call& call, const Issue& issue, const std::string& field) {
  const Site& site = call.site;
  std::vector<std::string> out;
  if (field == "issue") return {std::to_string(issue.id)};
  if (field == "project") return {std::to_string(believed_project(issue))};
  if (field == "watcher") return {issue.watchers.begin(), issue.watchers.end()};
  if (field == "voter") return {issue.voters.begin(), issue.voters.end()};
  if (field == "projecttype") return {"software"};
  if (field == "attachments") return issue.attachments.empty() ? out : std::vector<std::string>{"yes"};
  if (field == "comment" || field == "text") {
    for (const Comment& one : issue.comments) out.push_back(to_plain(one.body));
    if (field == "comment") return out;
    for (const char* id : {"summary", "description", "environment", "customfield_10034"})
      add_stored(issue.fields.if_contains(id), out);
    return out;
  }
  if (field == "statusCategory") {
    const auto status = site.statuses.find(id_at(issue.fields, "status"));
    return status == site.statuses.end() ? out : std::vector<std::string>{text_at(status->second, "_category")};
  }
  if (field == "parentepic" || field == "customfield_10014") {
    add_stored(issue.fields.if_contains("parent"), out);
    return out;
  }
  if (field == "parentproject") {
    const auto parent = site.issues.find(id_at(issue.fields, "parent"));
    return parent == site.issues.end() ? out : std::vector<std::string>{std::to_string(parent->second.project)};
  }
  if (field == "issuelinks" || field == "issuelinktype") {
    for (const auto& [id, link] : site.links) {
      const ObjectId in = id_at(link, "_in"), far = id_at(link, "_out");
      if (in != issue.id && far != issue.id) continue;
      if (field == "issuelinks") {
        out.push_back(std::to_string(in == issue.id ? far : in));
      } else {
        out.push_back(text_at(site.link_types.at(id_at(link, "_type")), "name"));
      }
    }
    return out;
  }
  if (field == "subtasks") {
    for (const auto& [id, other] : site.issues) {
      if (id_at(other.fields, "parent") == issue.id) out.push_back(std::to_string(id));
    }
    return out;
  }
  add_stored(issue.fields.if_contains(field), out);
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : lower(text)) {
    const bool part =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '*' || c == '?' || static_cast<unsigned char>(c) > 127;
    if (part) {
      word += c;
    } else if (!word.empty()) {
      out.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

bool word_fits(std::string_view pattern, std::string_view word) {
  if (pattern.empty()) return word.empty();
  if (pattern.front() == '*') return word_fits(pattern.substr(1), word) || (!word.empty() && word_fits(pattern, word.substr(1)));
  return !word.empty() && (pattern.front() == '?' || pattern.front() == word.front()) &&
         word_fits(pattern.substr(1), word.substr(1));
}

/// Every word of the pattern stands in one of the texts; in quotes, the words stand one behind the other.
bool text_fits(const std::string& pattern, const std::vector<std::string>& texts) {
  const std::vector<std::string> wanted = words_of(pattern);
  const bool phrase = pattern.size() > 1 && pattern.front() == '"';
  for (const std::string& text : texts) {
    const std::vector<std::string> words = words_of(text);
    if (phrase) {
      if (std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end()) return true;
      continue;
    }
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
      return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word_fits(one, word); });
    });
    if (all) return true;
  }
  return false;
}

bool key_fits(const std::string& pattern, const Issue& issue) { return word_fits(lower(pattern), lower(issue.key)); }

double key_number(const std::string& key) {
  return static_cast<double>(number_of(std::string_view(key).substr(key.rfind('-') + 1), 0));
}

/// The value as something that has an order, for < and >; nothing where the two can't be compared.
std::optional<double> rank(const Call& call, const std::string& type, const std::string& field, const std::string& text) {
  if (type == "date" || type == "datetime") return static_cast<double>(instant_of(field, text));
  if (field == "priority") return -static_cast<double>(number_of(text, 0));
  if (type == "issue") {
    const auto issue = call.site.issues.find(number_of(text, 0));
    return issue == call.site.issues.end() ? 0 : key_number(issue->second.key);
  }
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) return std::nullopt;
  return number;
}

bool ordered(const Call& call, const Clause& clause, const std::vector<std::string>& values, JqlOperator op) {
  const std::string type = type_of(call, clause.field);
  std::vector<std::string> limits(clause.ids.begin(), clause.ids.end());
  for (const Literal& one : clause.literals) {
    if (clause.ids.empty()) limits.push_back(one.text);
  }
  for (const std::string& limit_text : limits) {
    const auto limit = rank(call, type, clause.field, limit_text);
    for (const std::string& value_text : values) {
      const auto value = rank(call, type, clause.field, value_text);
      if (!limit || !value) continue;
      if (op == JqlOperator::kLess && *value < *limit) return true;
      if (op == JqlOperator::kLessEquals && *value <= *limit) return true;
      if (op == JqlOperator::kGreater && *value > *limit) return true;
      if (op == JqlOperator::kGreaterEquals && *value >= *limit) return true;
    }
  }
  return false;
}

bool equals_one(const Call& call, const Clause& clause, const std::vector<std::string>& values) {
  const std::string type = type_of(call, clause.field);
  for (const std::string& value : values) {
    if (clause.ids.contains(value)) return true;
    if (has_ids(call, type)) continue;
    for (const Literal& one : clause.literals) {
      if (same_text(one.text, value)) return true;
      if (type == "date" || type == "datetime" || type == "number") {
        const auto left = rank(call, type, clause.field, one.text), right = rank(call, type, clause.field, value);
        if (left && right && *left == *right) return true;
      }
    }
  }
  return false;
}

JqlOperator inverse(JqlOperator op) {
  switch (op) {
    case JqlOperator::kEquals: return JqlOperator::kNotEquals;
    case JqlOperator::kNotEquals: return JqlOperator::kEquals;
    case JqlOperator::kLike: return JqlOperator::kNotLike;
    case JqlOperator::kNotLike: return JqlOperator::kLike;
    case JqlOperator::kLess: return JqlOperator::kGreaterEquals;
    case JqlOperator::kLessEquals: return JqlOperator::kGreater;
    case JqlOperator::kGreater: return JqlOperator::kLessEquals;
    case JqlOperator::kGreaterEquals: return JqlOperator::kLess;
    case JqlOperator::kIn: return JqlOperator::kNotIn;
    case JqlOperator::kNotIn: return JqlOperator::kIn;
    case JqlOperator::kIs: return JqlOperator::kIsNot;
    case JqlOperator::kIsNot: return JqlOperator::kIs;
    case JqlOperator::kWas: return JqlOperator::kWasNot;
    case JqlOperator::kWasNot: return JqlOperator::kWas;
    case JqlOperator::kWasIn: return JqlOperator::kWasNotIn;
    case JqlOperator::kWasNotIn: return JqlOperator::kWasIn;
    case JqlOperator::kChanged: return JqlOperator::kChanged;
  }
  return op;
}

bool predicate_holds(const Call& call, const JqlPredicate& predicate, const Change& change, const json::object& item) {
  const std::vector<Literal> given = literals_of(call, "", predicate.operand);
  const std::int64_t at = instant_of("created", change.created);
  auto any = [&](auto&& test) { return std::any_of(given.begin(), given.end(), test); };
  switch (predicate.kind) {
    case JqlPredicate::Kind::kAfter: return any([&](const Literal& one) { return at > instant_of("date", one.text); });
    case JqlPredicate::Kind::kBefore: return any([&](const Literal& one) { return at < instant_of("date", one.text); });
    case JqlPredicate::Kind::kOn:
      return any([&](const Literal& one) { return at / 86'400'000 == instant_of("date", one.text) / 86'400'000; });
    case JqlPredicate::Kind::kDuring:
      return given.size() == 2 && at >= instant_of("date", given[0].text) && at <= instant_of("date", given[1].text);
    case JqlPredicate::Kind::kBy: return any([&](const Literal& one) { return change.author == one.text; });
    case JqlPredicate::Kind::kFrom:
    case JqlPredicate::Kind::kTo: {
      const bool from = predicate.kind == JqlPredicate::Kind::kFrom;
      return any([&](const Literal& one) {
        return same_text(text_at(item, from ? "from" : "to"), one.text) ||
               same_text(text_at(item, from ? "fromString" : "toString"), one.text);
      });
    }
  }
  return false;
}

/// WAS and CHANGED: by the history, and for WAS by the value of now as well.
bool history_holds(const Call& call, const Clause& clause, const Issue& issue) {
  const JqlClause& source = *clause.source;
  const bool was = source.op != JqlOperator::kChanged;
  for (const Change& change : issue.changes) {
    for (const json::value& item : change.items) {
      if (text_at(item, "fieldId") != clause.field) continue;
      const bool fits = std::all_of(source.predicates.begin(), source.predicates.end(), [&](const JqlPredicate& one) {
        return predicate_holds(call, one, change, item.get_object());
      });
      if (!fits) continue;
      if (!was || clause.ids.contains(text_at(item, "from")) || clause.ids.contains(text_at(item, "to"))) return true;
    }
  }
  return was && source.predicates.empty() && equals_one(call, clause, values_of(call, issue, clause.field));
}

bool property_holds(const Call& call, const Clause& clause, const Issue& issue, bool wanted) {
  const auto held = call.site.properties.find("issue/" + std::to_string(issue.id));
  const auto& parts = clause.source->field.properties;
  if (held == call.site.properties.end() || parts.empty()) return false;
  const json::value* value = held->second.if_contains(parts.front().key.text);
  for (const query::JqlOperand& step : parts.front().path) {
    for (const std::string& name : split(step.text, '.')) {
      if (!name.empty() && value != nullptr) value = member(*value, name);
    }
  }
  if (value == nullptr) return false;
  const std::string text = text_of(*value);
  return std::any_of(clause.literals.begin(), clause.literals.end(),
                     [&](const Literal& one) { return same_text(one.text, text); }) == wanted;
}

void check_operator(const Call& call, const Clause& clause) {
  const JqlOperator op = clause.source->op;
  const std::string type = type_of(call, clause.field);
  const bool like = op == JqlOperator::kLike || op == JqlOperator::kNotLike;
  const bool plain =
      op == JqlOperator::kEquals || op == JqlOperator::kNotEquals || op == JqlOperator::kIn || op == JqlOperator::kNotIn;
  if (type == "text" && plain && !clause.has_empty)
    refuse_jql("The operator '=' is not supported by the '" + clause.source->field.name + "' field.");
  if (like && type != "text" && type != "issue" && type != "plain" && type != "version" && type != "any") {
    refuse_jql("The operator '~' is not supported by the '" + clause.source->field.name + "' field.");
  }
  const bool history = op >= JqlOperator::kWas;
  if (!history) return;
  for (const char* field : {"assignee", "reporter", "status", "resolution", "priority", "fixVersions"}) {
    if (clause.field == field) return;
  }
  refuse_jql("History searches do not support the '" + clause.source->field.name + "' field.");
}

}  // namespace

Clause prepare_clause(const Call& call, const JqlClause& source) {
  Clause clause;
  clause.source = &source;
  clause.field = canonical_field(call, source.field);
  clause.literals = literals_of(call, clause.field, source.operand);
  std::erase_if(clause.literals, [&](const Literal& one) {
    clause.has_empty |= one.empty;
    return one.empty;
  });
  check_operator(call, clause);
  const std::string type = type_of(call, clause.field);
  const bool like = source.op == JqlOperator::kLike || source.op == JqlOperator::kNotLike;
  if (like || clause.field == "filter") return clause;
  for (const Literal& one : clause.literals) {
    if (type == "date" || type == "datetime") instant_of(clause.field, one.text);
    if (!has_ids(call, type)) continue;
    std::set<std::string> found;
    resolve(call, type, one.text, found);
    if (found.empty() && !one.list_function) {
      if (type == "issue")
        refuse_jql("An issue with key '" + one.text + "' does not exist for field '" + source.field.name + "'.");
      refuse_jql("The value '" + one.text + "' does not exist for the field '" + source.field.name + "'.");
    }
    clause.ids.insert(found.begin(), found.end());
  }
  return clause;
}

bool matches(const Call& call, const Clause& clause, const Issue& issue, bool negated) {
  const JqlOperator op = negated ? inverse(clause.source->op) : clause.source->op;
  if (clause.field == "issue.property")
    return property_holds(call, clause, issue, op == JqlOperator::kEquals || op == JqlOperator::kIn);
  const std::vector<std::string> values = values_of(call, issue, clause.field);
  const bool empty = values.empty();
  switch (op) {
    case JqlOperator::kIs: return empty;
    case JqlOperator::kIsNot: return !empty;
    case JqlOperator::kEquals:
    case JqlOperator::kIn: return (empty && clause.has_empty) || equals_one(call, clause, values);
    case JqlOperator::kNotEquals:
    case JqlOperator::kNotIn: return !empty && !equals_one(call, clause, values);
    case JqlOperator::kLike:
    case JqlOperator::kNotLike: {
      const bool key = type_of(call, clause.field) == "issue";
      const bool any = std::any_of(clause.literals.begin(), clause.literals.end(), [&](const Literal& one) {
        return key ? key_fits(one.text, issue) : text_fits(one.text, values);
      });
      return op == JqlOperator::kLike ? any : !empty && !any;
    }
    case JqlOperator::kLess:
    case JqlOperator::kLessEquals:
    case JqlOperator::kGreater:
    case JqlOperator::kGreaterEquals: return ordered(call, clause, values, op);
    case JqlOperator::kWas:
    case JqlOperator::kWasIn: return history_holds(call, clause, issue);
    case JqlOperator::kWasNot:
    case JqlOperator::kWasNotIn: return !history_holds(call, clause, issue);
    case JqlOperator::kChanged: return history_holds(call, clause, issue) != negated;
  }
  return false;
}

SortKey sort_key(const Call& call, const Issue& issue, const std::string& field) {
  if (field == "issue") {
    const std::string number = std::to_string(static_cast<std::int64_t>(key_number(issue.key)));
    return {0, issue.key.substr(0, issue.key.rfind('-') + 1) + std::string(12 - std::min<std::size_t>(12, number.size()), '0') +
                   number};
  }
  const std::vector<std::string> values = values_of(call, issue, field);
  if (values.empty()) return {1e18, {}};
  const std::string type = type_of(call, field);
  if (type == "number" || type == "date" || type == "datetime" || field == "priority") {
    return {rank(call, type, field, values.front()).value_or(0), {}};
  }
  const auto known = call.site.fields.find(field);
  if (field == "project") return {0, lower(call.site.projects.at(believed_project(issue)).name)};
  if (known == call.site.fields.end()) return {0, lower(values.front())};
  const json::value* stored = issue.fields.if_contains(field);
  return {0, stored == nullptr ? lower(values.front()) : lower(display(call.site, known->second, *stored))};
}

}  // namespace gatehouse::sandbox
