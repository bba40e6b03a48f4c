#include "sandbox/jql_eval.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "sandbox/jql_match.h"

namespace gatehouse::sandbox {
namespace {

using query::JqlClause;
using query::JqlNode;
using query::JqlOperator;
using query::JqlOrder;
using query::JqlQuery;

class Query {
 public:
  Query(Call& call, const std::string& text, int depth) : call_(call) {
    if (depth > 8) refuse_jql("A filter refers to itself.");
    auto parsed = query::parse_jql(text);
    if (parsed.has_error()) {
      refuse_jql("Error in the JQL Query: " + parsed.error().message + " (line 1, character " +
                 std::to_string(parsed.error().at + 1) + ")");
    }
    tree_ = std::move(parsed.value());
    for (const JqlNode& node : tree_.where) prepare(node, depth);
    for (const JqlOrder& order : tree_.order_by) order_fields_.push_back(canonical_field(call, order.field));
  }

  bool fits(const Issue& issue) const { return tree_.where.empty() || holds(tree_.where.front(), issue, false); }

  void sort(std::vector<const Issue*>& issues) const {
    std::vector<std::pair<std::vector<SortKey>, const Issue*>> keyed;
    for (const Issue* issue : issues) {
      std::vector<SortKey> keys;
      for (const std::string& field : order_fields_) keys.push_back(sort_key(call_, *issue, field));
      keyed.emplace_back(std::move(keys), issue);
    }
    std::stable_sort(keyed.begin(), keyed.end(), [this](const auto& left, const auto& right) { return before(left, right); });
    for (std::size_t i = 0; i < issues.size(); ++i) issues[i] = keyed[i].second;
  }

 private:
  void prepare(const JqlNode& node, int depth) {
    for (const JqlNode& child : node.children) prepare(child, depth);
    if (node.kind != JqlNode::Kind::kClause) return;
    Clause clause = prepare_clause(call_, node.clause);
    if (clause.field == "filter") {
      for (const Literal& one : clause.literals) {
        const ObjectId id = id_in(call_.site.filters, json::value(one.text));
        if (id == 0) refuse_jql("The value '" + one.text + "' does not exist for the field 'filter'.");
        filters_[&node.clause].push_back(std::make_unique<Query>(call_, text_at(call_.site.filters.at(id), "jql"), depth + 1));
      }
    }
    clauses_.emplace(&node.clause, std::move(clause));
  }

  bool holds(const JqlNode& node, const Issue& issue, bool negated) const {
    switch (node.kind) {
      case JqlNode::Kind::kNot: return holds(node.children.front(), issue, !negated);
      case JqlNode::Kind::kClause: return clause_holds(node.clause, issue, negated);
      default: break;
    }
    // NOT over a whole is NOT over its parts, as Jira does it: so `not (a = x)` too leaves out what has no `a`.
    const bool all = (node.kind == JqlNode::Kind::kAnd) != negated;
    for (const JqlNode& child : node.children) {
      if (holds(child, issue, negated) != all) return !all;
    }
    return all;
  }

  bool clause_holds(const JqlClause& clause, const Issue& issue, bool negated) const {
    const Clause& prepared = clauses_.at(&clause);
    if (prepared.field != "filter") return matches(call_, prepared, issue, negated);
    const auto& stored = filters_.at(&clause);
    const bool any = std::any_of(stored.begin(), stored.end(), [&](const auto& query) { return query->fits(issue); });
    const bool wanted = (clause.op == JqlOperator::kEquals || clause.op == JqlOperator::kIn) != negated;
    return any == wanted;
  }

  template <class Keyed>
  bool before(const Keyed& left, const Keyed& right) const {
    for (std::size_t i = 0; i < order_fields_.size(); ++i) {
      if (left.first[i] == right.first[i]) continue;
      const bool descending = tree_.order_by[i].direction == JqlOrder::Direction::kDescending;
      return descending ? right.first[i] < left.first[i] : left.first[i] < right.first[i];
    }
    return left.second->id > right.second->id;
  }

  Call& call_;
  JqlQuery tree_;
  std::map<const JqlClause*, Clause> clauses_;
  std::map<const JqlClause*, std::vector<std::unique_ptr<Query>>> filters_;
  std::vector<std::string> order_fields_;
};

void age(Issue& issue) {
  if (issue.stale_left > 0) --issue.stale_left;
}

}  // namespace

Hits run_jql(Call& call, const std::string& jql) {
  const Query query(call, jql, 0);
  std::vector<const Issue*> found;
  for (const auto& [id, issue] : call.site.issues) {
    if (call.sees(issue) && query.fits(issue)) found.push_back(&issue);
  }
  for (const Issue& ghost : call.site.ghosts) {
    if (call.sees(ghost) && query.fits(ghost)) found.push_back(&ghost);
  }
  query.sort(found);
  Hits hits;
  for (const Issue* issue : found) hits.ids.push_back(issue->id);
  for (auto& [id, issue] : call.site.issues) age(issue);
  for (Issue& ghost : call.site.ghosts) age(ghost);
  std::erase_if(call.site.ghosts, [](const Issue& ghost) { return ghost.stale_left == 0; });
  return hits;
}

bool fits_jql(Call& call, const std::string& jql, const Issue& issue) {
  Issue fresh = issue;
  fresh.stale_left = 0;
  return Query(call, jql, 0).fits(fresh);
}

std::vector<std::string> check_jql(Call& call, const std::string& jql) {
  try {
    const Query query(call, jql, 0);
    return {};
  } catch (const Refused& refused) {
    std::vector<std::string> out;
    const json::value body = parse_json(refused.reply.body, false).value_or(nullptr);
    const json::value* messages = member(body, "errorMessages");
    if (messages == nullptr || !messages->is_array()) return {"The query is not valid."};
    for (const json::value& one : messages->get_array()) out.push_back(text_of(one));
    return out;
  }
}

}  // namespace gatehouse::sandbox
