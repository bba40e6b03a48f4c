#include "local/query_commands.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "query/cql_confine.h"
#include "query/jql_confine.h"
#include "query/text.h"

namespace gatehouse::local {
namespace {

namespace json = boost::json;

struct QueryOptions {
  std::vector<std::string> resources;  ///< as given: KEY or site/KEY
  bool strict = false;
  bool json = false;  ///< taken as on every command; the answers are JSON anyway
};

std::string_view key_of(std::string_view resource) { return resource.substr(resource.find('/') + 1); }
std::string_view site_of(std::string_view resource) {
  const std::size_t slash = resource.find('/');
  return slash == std::string_view::npos ? std::string_view() : resource.substr(0, slash);
}

std::vector<std::string> keys_of(const QueryOptions& options) {
  std::vector<std::string> keys;
  for (const std::string& resource : options.resources) {
    const std::string key(key_of(resource));
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

const std::string* find_key(const std::vector<std::string>& keys, std::string_view value) {
  const std::string wanted = ascii_lower(value);
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&wanted](const std::string& key) { return ascii_lower(key) == wanted; });
  return found == keys.end() ? nullptr : &*found;
}

/// By hand only the keys that were given are known, and no custom field.
class GivenProjects final : public query::BoundaryNames {
 public:
  explicit GivenProjects(const std::vector<std::string>& keys) : keys_(keys) {}
  std::optional<Project> permitted_project(std::string_view value, bool number) const override {
    const std::string* key = number ? nullptr : find_key(keys_, value);
    if (key == nullptr) return std::nullopt;
    return Project{*key, false};
  }
  query::FieldKind custom_field(const query::JqlField&) const override { return query::FieldKind::kUnknown; }

 private:
  const std::vector<std::string>& keys_;
};

class GivenSpaces final : public query::CqlBoundaryNames {
 public:
  explicit GivenSpaces(const std::vector<std::string>& keys) : keys_(keys) {}
  std::optional<std::string> permitted_space(std::string_view value) const override {
    const std::string* key = find_key(keys_, value);
    if (key == nullptr) return std::nullopt;
    return *key;
  }

 private:
  const std::vector<std::string>& keys_;
};

std::string_view word_for(query::NamedThing::Kind kind) {
  using Kind = query::NamedThing::Kind;
  switch (kind) {
    case Kind::kIssue: return "issue";
    case Kind::kSprint: return "sprint";
    case Kind::kVersion: return "version";
    case Kind::kComponent: return "component";
    case Kind::kUser: return "user";
    case Kind::kGroup: return "group";
    case Kind::kSecurityLevel: return "security_level";
  }
  return {};
}
std::string_view word_for(query::CqlNamedThing::Kind kind) {
  return kind == query::CqlNamedThing::Kind::kContent ? "content" : "user";
}

template <class Confined>
json::object answer(std::string_view language, const query::QueryResult<Confined>& confined) {
  if (!confined) return {{"ok", false}, {"error", confined.error().message}, {"at", confined.error().at}};
  json::object out{{"ok", true}, {language, confined.value().text}};
  if (confined.value().named.empty()) return out;
  json::array& named = out["to_prove"].emplace_array();
  for (const auto& thing : confined.value().named) named.push_back({{"kind", word_for(thing.kind)}, {"text", thing.text}});
  return out;
}

json::object answer_jql(std::string_view line, const std::vector<std::string>& keys, bool strict) {
  const GivenProjects names(keys);
  query::ProjectClause boundary;
  boundary.by = query::ProjectClause::By::kKey;
  boundary.projects = keys;
  query::ConfineOptions options;
  if (strict) options.strict = &names;
  return answer("jql", query::confine_jql(line, boundary, options));
}

json::object answer_cql(std::string_view line, const std::vector<std::string>& keys, bool strict) {
  const GivenSpaces names(keys);
  query::CqlConfineOptions options;
  if (strict) options.strict = &names;
  return answer("cql", query::confine_cql(line, keys, options));
}

/// The next line without its end, cut one byte beyond what the parsers take, so that no line fills the memory.
bool read_line(std::istream& in, std::string& line) {
  constexpr std::size_t kLongest = query::JqlLimits{}.bytes + 1;
  static_assert(query::CqlLimits{}.bytes < kLongest);
  line.clear();
  bool any = false;
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    any = true;
    if (c == '\n') return true;
    if (line.size() < kLongest) line.push_back(static_cast<char>(c));
  }
  return any;
}

using Answer = json::object (*)(std::string_view, const std::vector<std::string>&, bool);

int run(const QueryOptions& options, Answer answer_line) {
  const std::vector<std::string> keys = keys_of(options);
  std::string line;
  while (read_line(std::cin, line)) {
    std::cout << json::serialize(answer_line(line, keys, options.strict)) << '\n' << std::flush;
    if (!std::cout) {
      std::cerr << "Standard output can't be written to.\n";
      return 1;
    }
  }
  return 0;
}

/// A key is judged by confining an empty query to it, so that there is one rule for keys.
void check_usage(const QueryOptions& options, const std::string& flag, Answer answer_line) {
  std::string_view site;
  for (const std::string& resource : options.resources) {
    if (!answer_line({}, {std::string(key_of(resource))}, false).at("ok").as_bool()) {
      throw CLI::ValidationError(flag, "\"" + resource + "\" is neither KEY nor site/KEY");
    }
    const std::string_view its_site = site_of(resource);
    if (!site.empty() && !its_site.empty() && its_site != site) {
      throw CLI::ValidationError(flag,
                                 "one query goes to one site, but \"" + resource + "\" is of another than " + std::string(site));
    }
    if (site.empty()) site = its_site;
  }
}

void add_confine(CLI::App& root, const std::string& language, const std::string& flag, Answer answer_line, int& exit_status) {
  CLI::App* noun = root.add_subcommand(language, "Work on queries of " + language);
  noun->require_subcommand(1);
  CLI::App* verb =
      noun->add_subcommand("confine", "Read one query a line and write it narrowed to a boundary, as one line of JSON");
  auto options = std::make_shared<QueryOptions>();
  verb->add_option(flag, options->resources, "What the result must lie within; several keys may follow")
      ->required()
      ->type_name("KEY...");
  verb->add_flag("--strict", options->strict, "Refuse what names things outside too");
  verb->add_flag("--json", options->json, "Accepted as everywhere; the answers are JSON anyway");
  verb->callback([options, flag, answer_line, &exit_status] {
    check_usage(*options, flag, answer_line);
    exit_status = run(*options, answer_line);
  });
}

}  // namespace

void add_query_commands(CLI::App& root, int& exit_status) {
  add_confine(root, "jql", "--project", answer_jql, exit_status);
  add_confine(root, "cql", "--space", answer_cql, exit_status);
}

}  // namespace gatehouse::local
