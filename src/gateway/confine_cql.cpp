#include "gateway/confine_cql.h"

#include <algorithm>

#include "base/text.h"
#include "gateway/checks.h"
#include "gateway/content_place.h"
#include "query/cql_confine.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Kind;
using catalogue::Parameter;

bool takes_cql(const catalogue::Operation& operation) noexcept {
  const auto rows = operation.query_parameters();
  return std::any_of(rows.begin(), rows.end(), [](const Parameter& row) { return row.kind == Kind::kCql; });
}

std::vector<std::string> keys_of(const Request& request) {
  std::vector<std::string> keys;
  for (const policy::PermittedResource& space : request.permitted.resources) {
    const Fact* fact = request.questions.known(Ask::kSpace, space.id);
    if (fact && fact->found) keys.push_back(fact->key);
  }
  return keys;
}

class PermittedSpaces final : public query::CqlBoundaryNames {
 public:
  explicit PermittedSpaces(const std::vector<std::string>& keys) : keys_(keys) {}
  std::optional<std::string> permitted_space(std::string_view value) const override {
    for (const std::string& key : keys_) {
      if (same_without_case(key, value)) return key;
    }
    return std::nullopt;
  }

 private:
  const std::vector<std::string>& keys_;
};

Step<std::string> confine_text(std::string_view text, std::string_view name, bool relaxed, Request& request) {
  // A token for the whole site is bounded by restricted content alone: each hit of the answer is verified.
  if (request.permitted.whole_site) return std::string(text);
  const std::vector<std::string> keys = keys_of(request);
  const PermittedSpaces names(keys);
  query::CqlConfineOptions options;
  if (check_enabled("query_strict") && !relaxed) options.strict = &names;
  auto confined = query::confine_cql(text, keys, options);
  if (!confined) {
    return refuse_because(Reason::kQueryRefused, std::string(name),
                          "at character " + std::to_string(confined.error().at + 1) + ": " + confined.error().message);
  }
  for (query::CqlNamedThing& thing : confined.value().named) request.named_in_cql.push_back(std::move(thing));
  if constexpr (!check_enabled("query_confined")) return std::string(text);
  return std::move(confined.value().text);
}

}  // namespace

Proven know_space_keys(const catalogue::Operation& operation, Request& request) {
  if (!takes_cql(operation) || request.permitted.whole_site) return Proven::kYes;
  bool open = false;
  bool any = false;
  for (const policy::PermittedResource& space : request.permitted.resources) {
    const Fact* fact = request.questions.find(Ask::kSpace, space.id);
    open = open || !fact;
    any = any || (fact && fact->found);
  }
  if (open) return Proven::kAsk;
  return any ? Proven::kYes : Proven::kNo;
}

Step<bool> confine_cql_queries(const catalogue::Operation& operation, bool relaxed, Request& request) {
  for (const Parameter& row : operation.query_parameters()) {
    if (row.kind != Kind::kCql) continue;
    auto given = std::find_if(request.outgoing.query.begin(), request.outgoing.query.end(),
                              [&](const auto& parameter) { return parameter.first == row.name; });
    const bool there = given != request.outgoing.query.end();
    GH_TRY(auto narrowed, confine_text(there ? given->second : std::string_view(), row.name, relaxed, request));
    request.cursor_query += narrowed;
    const std::string_view kept = request.keep(std::move(narrowed));
    if (there)
      given->second = kept;
    else
      request.outgoing.query.emplace_back(row.name, kept);
  }
  return true;
}

Proven prove(const query::CqlNamedThing& thing, Request& request) {
  if (thing.kind == query::CqlNamedThing::Kind::kUser) return request.permitted.directory ? Proven::kYes : Proven::kNo;
  const ContentPlace place = find_content(catalogue::ContentType::kAny, thing.text, request);
  if (!place.known) return Proven::kAsk;
  return request.permitted.permits(place.space, place.restricted) ? Proven::kYes : Proven::kNo;
}

std::string_view explain_named(query::CqlNamedThing::Kind kind) noexcept {
  return kind == query::CqlNamedThing::Kind::kUser
             ? "Users may be named only where the grant says --directory; currentUser() always may."
             : "Only content of the token's spaces may be named here, by its number.";
}

}  // namespace gatehouse::gateway
