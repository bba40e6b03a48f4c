// confine: queries and parameters narrowed to what is permitted, and written anew. Every returned item is verified all the same.

#include "query/jql_confine.h"

#include <algorithm>

#include "gateway/checks.h"
#include "gateway/confine_cql.h"
#include "gateway/fill.h"
#include "gateway/gather.h"
#include "gateway/json_reader.h"
#include "gateway/query_proof.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Kind;
using catalogue::Operation;
using catalogue::Parameter;
using Form = catalogue::Parameter::Form;

/// The body's rows are copied where they are compiled (catalogue/body_rules.h): they are compared by name.
bool is_row(const Parameter* given, const Parameter& row) noexcept { return given && given->name == row.name; }

query::ProjectClause clause_of(const policy::Permitted& permitted) {
  query::ProjectClause clause;
  for (const policy::PermittedResource& project : permitted.resources) {
    const bool exclude = check_enabled("restricted_level") && project.exclude_restricted;
    (exclude ? clause.projects_without_levels : clause.projects).emplace_back(project.id);
  }
  return clause;
}

Refusal query_refused(std::string_view name, std::size_t at, std::string_view why) {
  return refuse_because(Reason::kQueryRefused, std::string(name),
                        "at character " + std::to_string(at + 1) + ": " + std::string(why));
}

/// One JQL text, narrowed; what it names is added to Request::named.
Step<std::string> confine_text(std::string_view text, std::string_view name, const token::LiveCredential& credential,
                               Request& request) {
  // A token for the whole site is bounded by restricted content alone: each issue of the answer is verified.
  if (request.permitted.whole_site) return std::string(text);
  const PermittedNames names(request.permitted, request.site->field_types());
  query::ConfineOptions options;
  if (check_enabled("query_strict") && !credential.relaxed_queries) options.strict = &names;
  auto confined = query::confine_jql(text, clause_of(request.permitted), options);
  if (!confined) return query_refused(name, confined.error().at, confined.error().message);
  for (query::NamedThing& thing : confined.value().named) request.named.push_back(std::move(thing));
  if constexpr (!check_enabled("query_confined")) return std::string(text);
  return std::move(confined.value().text);
}

Step<bool> confine_queries(const Operation& operation, const token::LiveCredential& credential, Request& request) {
  for (const Parameter& row : operation.query_parameters()) {
    if (row.kind != Kind::kJql) continue;
    auto given = std::find_if(request.outgoing.query.begin(), request.outgoing.query.end(),
                              [&](const auto& parameter) { return parameter.first == row.name; });
    if (given == request.outgoing.query.end() && !row.confines) continue;
    const std::string_view text = given == request.outgoing.query.end() ? std::string_view() : given->second;
    GH_TRY(auto narrowed, confine_text(text, row.name, credential, request));
    request.cursor_query += narrowed;
    const std::string_view kept = request.keep(std::move(narrowed));
    if (given == request.outgoing.query.end())
      request.outgoing.query.emplace_back(row.name, kept);
    else
      given->second = kept;
  }
  if (!request.has_body || operation.body_type != "json") return true;
  for (const Parameter& row : operation.body_parameters()) {
    if (row.kind != Kind::kJql) continue;
    bool found = false;
    for (const BodyIdentifier& identifier : request.reading.identifiers) {
      if (!is_row(identifier.parameter, row)) continue;
      found = true;
      GH_TRY(auto narrowed, confine_text(identifier.value, identifier.place, credential, request));
      request.cursor_query += narrowed;
      request.edits.push_back(replace_value(identifier, narrowed));
    }
    if (found || !row.confines) continue;
    if (row.required || row.name.find_first_of("[.*") != std::string::npos || request.reading.object_close == 0) {
      return refuse_because(Reason::kBadRequest, row.name, "A token with a boundary must give this.");
    }
    GH_TRY(auto narrowed, confine_text({}, row.name, credential, request));
    request.cursor_query += narrowed;
    std::string json;
    append_json_string(narrowed, json);
    request.edits.push_back(add_member(request.reading, row.name, json));
    request.reading.object_empty = false;
  }
  return true;
}

/// Whether the client itself named something that narrows the list.
bool names_resource(const Request& request) noexcept { return !request.references.empty(); }

std::string joined_ids(const policy::Permitted& permitted) {
  std::string text;
  for (const policy::PermittedResource& project : permitted.resources)
    text += (text.empty() ? "" : ",") + std::string(project.id);
  return text;
}

Step<bool> confine_lists(const Operation& operation, Request& request) {
  if (request.permitted.whole_site || names_resource(request)) return true;
  for (const Parameter& row : operation.query_parameters()) {
    if (row.confines && row.kind == Kind::kSpace)
      request.outgoing.query.emplace_back(row.name, request.keep(joined_ids(request.permitted)));
    if (!row.confines || row.kind != Kind::kProject) continue;
    if (!row.list && request.permitted.resources.size() != 1) {
      return refuse_because(Reason::kBadRequest, row.name, "This token is for several projects: name one of them here.");
    }
    for (const policy::PermittedResource& project : request.permitted.resources) {
      request.outgoing.query.emplace_back(row.name, row.form == Form::kKey ? project.key : project.id);
    }
  }
  for (const Parameter& row : operation.body_parameters()) {
    if (!row.confines || row.kind != Kind::kProject || !row.name.ends_with("[]")) continue;
    const std::string name = row.name.substr(0, row.name.size() - 2);
    const auto array = std::find_if(request.reading.arrays.begin(), request.reading.arrays.end(),
                                    [&](const BodyArray& one) { return is_row(one.element, row); });
    if (array != request.reading.arrays.end()) {
      request.edits.push_back({array->close, array->close, joined_ids(request.permitted)});
    } else if (request.reading.object_close != 0) {
      request.edits.push_back(add_member(request.reading, name, "[" + joined_ids(request.permitted) + "]"));
      request.reading.object_empty = false;
    } else {
      return refuse_because(Reason::kBadRequest, name, "A token with a boundary must send a body, {} at least.");
    }
  }
  return true;
}

/// The fields that an answer must hold so that its issues can be verified, put into the client's own list of fields.
class FieldPlan {
 public:
  struct Wish {
    std::string_view name;
    bool add = false;
    bool hide = false;
    bool excluded = false;  ///< the client wrote "-name"
  };
  std::array<Wish, 2> wishes{{{"project"}, {"security"}}};

  explicit FieldPlan(const std::vector<std::string_view>& asked) {
    std::vector<std::string> names;
    for (const std::string_view name : asked) names.push_back(as_read(name));
    const bool star =
        std::any_of(names.begin(), names.end(), [](const auto& name) { return name == "*all" || name == "*navigable"; });
    only_without = std::all_of(names.begin(), names.end(), [](const auto& name) { return name.starts_with('-'); });
    for (Wish& wish : wishes) {
      const bool named = std::find(names.begin(), names.end(), wish.name) != names.end();
      wish.excluded = std::any_of(asked.begin(), asked.end(), [&](std::string_view name) { return excludes(name, wish); });
      // What only leaves something out begins with all fields: these two are among them, unless they were left out.
      wish.add = wish.excluded ? !only_without : !named && !only_without;
      wish.hide = wish.excluded || (!named && !star && !only_without);
    }
  }

  static bool excludes(std::string_view asked, const Wish& wish) {
    const std::string name = as_read(asked);
    return name.size() > 1 && name[0] == '-' && std::string_view(name).substr(1) == wish.name;
  }
  /// Whether it leaves out in a way that is not understood here, and that might leave out what proves an issue.
  static bool unclear(std::string_view asked) {
    const std::string name = as_read(asked);
    return name.starts_with("-*") || name.starts_with("--") || name.starts_with("- ") ||
           (name.find(',') != std::string::npos && name.find('-') != std::string::npos);
  }

  bool only_without = false;

 private:
  /// The site may not mind case, nor blanks around a name.
  static std::string as_read(std::string_view name) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t from = std::min(name.find_first_not_of(kBlanks), name.size());
    const std::size_t to = name.find_last_not_of(kBlanks) + 1;
    std::string result(name.substr(from, to > from ? to - from : 0));
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return result;
  }
};

Refusal unclear_field(std::string_view row) {
  return refuse_because(Reason::kBadRequest, std::string(row),
                        "A token with a boundary names each field, or leaves it out by - and its id.");
}

Step<bool> plan_query_fields(const Parameter& row, Request& request) {
  // A list may also be written as a repeated parameter: one value from here on.
  std::vector<std::string_view> asked;
  for (const auto& [name, value] : request.outgoing.query) {
    if (name != row.name) continue;
    for (std::size_t from = 0; from <= value.size();) {
      const std::size_t comma = std::min(value.find(',', from), value.size());
      if (comma > from) asked.push_back(value.substr(from, comma - from));
      from = comma + 1;
    }
  }
  std::string text;
  if (asked.empty()) {
    if (!request.facts->only_id_by_default) return true;
    text = "project,security";
    request.hidden_fields = {"project", "security"};
  } else {
    if (std::any_of(asked.begin(), asked.end(), FieldPlan::unclear)) return unclear_field(row.name);
    const FieldPlan plan(asked);
    for (const std::string_view name : asked) {
      const bool excluded = std::any_of(plan.wishes.begin(), plan.wishes.end(),
                                        [&](const FieldPlan::Wish& wish) { return FieldPlan::excludes(name, wish); });
      if (!excluded) text.append(text.empty() ? "" : ",").append(name);
    }
    for (const FieldPlan::Wish& wish : plan.wishes) {
      if (wish.add) text.append(text.empty() ? "" : ",").append(wish.name);
      if (wish.hide) request.hidden_fields.push_back(wish.name);
    }
    if (text.empty()) text = "*all";
  }
  auto& query = request.outgoing.query;
  const std::string_view name = row.name;
  query.erase(std::remove_if(query.begin(), query.end(), [&](const auto& other) { return other.first == name; }), query.end());
  query.emplace_back(name, request.keep(std::move(text)));
  return true;
}

Step<bool> plan_body_fields(const Parameter& row, Request& request) {
  if (!row.name.ends_with("[]")) return true;
  std::vector<std::string_view> asked;
  for (const BodyIdentifier& identifier : request.reading.identifiers) {
    if (is_row(identifier.parameter, row)) asked.push_back(identifier.value);
  }
  const auto array = std::find_if(request.reading.arrays.begin(), request.reading.arrays.end(),
                                  [&](const BodyArray& one) { return is_row(one.element, row); });
  if (asked.empty()) {
    if (!request.facts->only_id_by_default || request.reading.object_close == 0) return true;
    request.hidden_fields = {"project", "security"};
    constexpr std::string_view kBoth = R"(["project","security"])";
    if (array != request.reading.arrays.end()) {
      request.edits.push_back({array->close, array->close, std::string(kBoth.substr(1, kBoth.size() - 2))});
      return true;
    }
    request.edits.push_back(add_member(request.reading, row.name.substr(0, row.name.size() - 2), kBoth));
    request.reading.object_empty = false;
    return true;
  }
  if (std::any_of(asked.begin(), asked.end(), FieldPlan::unclear)) return unclear_field(row.name);
  const FieldPlan plan(asked);
  for (const FieldPlan::Wish& wish : plan.wishes) {
    if (wish.hide) request.hidden_fields.push_back(wish.name);
    bool replaced = false;
    for (const BodyIdentifier& identifier : request.reading.identifiers) {
      // "-project" becomes "project": the place in the array stays. Beside nothing but "-…" that would be all that is asked for.
      if (!is_row(identifier.parameter, row) || !FieldPlan::excludes(identifier.value, wish)) continue;
      request.edits.push_back(replace_value(identifier, plan.only_without ? std::string_view("*all") : wish.name));
      replaced = true;
    }
    if (wish.add && !replaced && array != request.reading.arrays.end()) request.edits.push_back(add_element(*array, wish.name));
  }
  return true;
}

Step<bool> plan_fields(const Operation& operation, Request& request) {
  if (!request.facts->needs_project) return true;
  for (const Parameter& row : operation.parameters) {
    if (row.kind != Kind::kFieldList) continue;
    if (row.carrier == Parameter::Carrier::kQuery) {
      GH_TRYV(plan_query_fields(row, request));
    }
    if (row.carrier == Parameter::Carrier::kBody && request.has_body) {
      GH_TRYV(plan_body_fields(row, request));
    }
  }
  return true;
}

/// The identifiers that were proven, in place of those that the client wrote: a key may have been moved or renamed meanwhile.
void replace_identifiers(Request& request) {
  for (std::size_t i = 0; i < request.references.size(); ++i) {
    const Reference& reference = request.references[i];
    if (reference.id.empty()) continue;
    const bool names_resource = reference.kind == Kind::kProject || reference.kind == Kind::kSpace;
    const bool as_key = names_resource && reference.parameter->form == Form::kKey;
    if (reference.path_index >= 0)
      request.outgoing.path[static_cast<std::size_t>(reference.path_index)] = as_key ? reference.key : reference.id;
    if (reference.body_index >= 0) {
      const BodyIdentifier& identifier = request.reading.identifiers[static_cast<std::size_t>(reference.body_index)];
      if (identifier.in_key) continue;
      // Within an object of the client's the name of the member says in which form it is read.
      const std::string_view member = std::string_view(identifier.place).substr(identifier.place.rfind('.') + 1);
      const bool was_key =
          !std::all_of(reference.text.begin(), reference.text.end(), [](char c) { return c >= '0' && c <= '9'; });
      const bool key = !reference.key.empty() && (as_key || (was_key && (member == "key" || !identifier.field.empty())));
      const std::string& text = key ? reference.key : reference.id;
      if (text != reference.text) request.edits.push_back(replace_value(identifier, text));
    }
    if (reference.query_index < 0) continue;
    auto& [name, value] = request.outgoing.query[static_cast<std::size_t>(reference.query_index)];
    const bool first = i == 0 || request.references[i - 1].query_index != reference.query_index;
    std::string text = first ? std::string() : std::string(value) + ",";
    text += as_key ? reference.key : reference.id;
    value = request.keep(std::move(text));
  }
}

/// Page tokens come back with the seal that they left with.
Step<bool> open_cursors(const Matched& matched, const ThreadState& thread, Request& request) {
  const Operation& operation = matched.operation();
  const CursorOwner owner{token::as_view(matched.credential().id), operation.id, request.cursor_query};
  const auto open = [&](std::string_view sealed) {
    return thread.shared.cursors ? thread.shared.cursors->open(owner, sealed) : std::nullopt;
  };
  const Refusal refusal =
      refuse_because(Reason::kBadRequest, "page token", "It was not given out for this query and token: begin again without it.");
  for (auto& [name, value] : request.outgoing.query) {
    const Parameter* row = operation.find(Parameter::Carrier::kQuery, name);
    if (!row || row->kind != Kind::kPageToken || value.empty() || operation.fills()) continue;
    const auto opened = open(value);
    if (!opened) return refusal;
    value = *opened;
  }
  const CursorOwner task_owner{token::as_view(matched.credential().id), "task", {}};
  for (const BodyIdentifier& identifier : request.reading.identifiers) {
    if (identifier.kind != Kind::kTask) continue;
    const auto opened = thread.shared.cursors ? thread.shared.cursors->open(task_owner, identifier.value) : std::nullopt;
    if (!opened) return refuse_because(Reason::kBadRequest, identifier.place, "It was not given out to this token.");
    request.edits.push_back(replace_value(identifier, *opened));
  }
  for (const BodyIdentifier& identifier : request.reading.identifiers) {
    if (identifier.kind != Kind::kPageToken) continue;
    const auto opened = open(identifier.value);
    if (!opened) return refusal;
    request.edits.push_back(replace_value(identifier, *opened));
  }
  return true;
}

Step<bool> narrow(const Matched& matched, const ThreadState& thread, Request& request) {
  const Operation& operation = matched.operation();
  const auto rows = operation.body_parameters();
  if (!request.has_body && std::any_of(rows.begin(), rows.end(), [](const Parameter& row) { return row.confines; })) {
    return refuse_because(Reason::kBadRequest, operation.id, "A token with a boundary must send a body, {} at least.");
  }
  replace_identifiers(request);
  GH_TRYV(confine_queries(operation, matched.credential(), request));
  if (operation.product == Product::kConfluence) {
    GH_TRYV(confine_cql_queries(operation, matched.credential().relaxed_queries, request));
  }
  GH_TRYV(confine_lists(operation, request));
  GH_TRYV(plan_fields(operation, request));
  GH_TRYV(plan_gathering(operation, request));
  GH_TRYV(plan_filling(matched, thread.shared.cursors, request));
  return open_cursors(matched, thread, request);
}

bool reads_one_way(std::string_view json) {
  JsonReader reader(json);
  return reader.next() != JsonToken::kError && reader.skip() && reader.next() == JsonToken::kEnd;
}

/// kAsk, or a refusal that does not depend on what exists.
Step<Proven> prove_named(Request& request) {
  Proven all = Proven::kYes;
  for (const query::NamedThing& thing : request.named) {
    const Proven one = prove(thing, request);
    if (one == Proven::kNo) return query_refused("jql", thing.at, explain_named(thing.kind));
    if (one == Proven::kAsk) all = Proven::kAsk;
  }
  for (const query::CqlNamedThing& thing : request.named_in_cql) {
    const Proven one = prove(thing, request);
    if (one == Proven::kNo) return query_refused("cql", thing.at, explain_named(thing.kind));
    if (one == Proven::kAsk) all = Proven::kAsk;
  }
  if (request.questions.too_many()) return refuse_because(Reason::kTooLarge, request.named_in_cql.empty() ? "jql" : "cql");
  return all;
}

}  // namespace

Step<std::optional<Confined>> confine(std::optional<Permitted>& permitted, ThreadState& thread, Request& request) {
  const Matched& matched = permitted->matched();
  const bool reads_body = request.has_body && request.bounded && request.json_body;
  if (request.bounded && !request.confined) {
    const bool wiki = matched.operation().product == Product::kConfluence;
    const Proven keys = wiki ? know_space_keys(matched.operation(), request) : Proven::kYes;
    if (keys == Proven::kAsk) return std::optional<Confined>();
    if (keys == Proven::kNo) return refuse_because(Reason::kOutsideBoundary, matched.operation().id);
    request.confined = true;
    GH_TRYV(narrow(matched, thread, request));
  }
  GH_TRY(auto proven, prove_named(request));
  if (proven == Proven::kAsk) return std::optional<Confined>();
  if (reads_body) {
    const bool edited = !request.edits.empty();
    request.outgoing.body =
        request.keep(edited ? apply_edits(request.reading.text, std::move(request.edits)) : std::move(request.reading.text));
    request.outgoing.has_body = true;
    // What we wrote ourselves is held to the same rule as what was sent: one reading only.
    if (edited && check_enabled("duplicate_json_key") && !reads_one_way(request.outgoing.body)) {
      return refuse_because(Reason::kBadRequest, "body",
                            "A member that Gatehouse has to set itself is null in it: leave it out.");
    }
  } else {
    request.outgoing.streams_body = request.has_body;
  }
  return std::optional<Confined>(Confined(*std::exchange(permitted, std::nullopt)));
}

}  // namespace gatehouse::gateway
