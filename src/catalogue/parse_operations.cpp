#include "catalogue/parse_operations.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "catalogue/body_rules.h"
#include "catalogue/catalogue.h"
#include "catalogue/kinds.h"

namespace gatehouse::catalogue {
namespace {

bool all_of(std::string_view text, std::string_view also) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [also](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || also.find(c) != std::string_view::npos;
  });
}

std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

/// An operation while its lines are read.
class Draft {
 public:
  explicit Draft(Place place, std::string_view id) : place_(place) { operation_.id = id; }

  Result<void> add(const Line& line);
  /// What can be said only when all lines are read.
  Result<ParsedOperation> finish();

 private:
  Result<void> read_route(const Line& line);
  Result<void> read_scopes(const Line& line);
  Result<void> read_parameter(const Line& line, Parameter::Carrier carrier);
  Result<void> read_words(const Line& line, Parameter& parameter) const;
  Result<void> read_bounded(const Line& line);
  Result<void> read_answer(const Line& line);
  Result<void> read_gather(const Line& line);
  Result<void> read_fill(const Line& line);
  Result<void> read_one(const Line& line, std::string& into) const;
  Result<void> add_segment(const Line& line, std::string_view text);
  Result<void> classify_path(std::vector<Parameter>& ordered);
  Result<void> check_bounded() const;

  Error error(std::string message) const { return error_at(place_, "operation " + operation_.id + ": " + std::move(message)); }

  Place place_;
  Operation operation_;
  std::vector<std::string> template_names_;
  std::vector<std::pair<Parameter, Place>> parameters_;
  std::string access_;
  std::string body_type_;
  bool has_scopes_ = false;
  bool has_bounded_ = false;
};

Result<void> Draft::add(const Line& line) {
  const std::string_view word = line.words.front();
  if (operation_.method.empty()) return read_route(line);
  if (word == "scopes") return read_scopes(line);
  if (word == "access") {
    GH_TRYV(read_one(line, access_));
    const auto access = parse_access(access_);
    if (!access) return error_at(line.place, "expected read, write, delete or administer, found " + quoted(access_));
    operation_.access = *access;
    return success();
  }
  if (word == "path") return read_parameter(line, Parameter::Carrier::kPath);
  if (word == "query") return read_parameter(line, Parameter::Carrier::kQuery);
  if (word == "body") return read_parameter(line, Parameter::Carrier::kBody);
  if (word == "body-type") {
    GH_TRYV(read_one(line, body_type_));
    if (body_type_ != "json" && body_type_ != "multipart" && body_type_ != "image")
      return error_at(line.place, "expected json, multipart or image, found " + quoted(body_type_));
    return success();
  }
  if (word == "bounded") return read_bounded(line);
  if (word == "answer") return read_answer(line);
  if (word == "gather") return read_gather(line);
  if (word == "fill") return read_fill(line);
  if (word == "instead") return read_one(line, operation_.instead);
  if (word == "caller-dependent" && line.words.size() == 1) {
    operation_.caller_dependent = true;
    return success();
  }
  if (word == "directory" && line.words.size() == 1) {
    operation_.directory = true;
    return success();
  }
  return error_at(line.place,
                  "expected scopes, access, path, query, body, body-type, bounded, answer, gather, fill, instead, "
                  "caller-dependent or directory, "
                  "found " +
                      quoted(line.text));
}

Result<void> Draft::read_one(const Line& line, std::string& into) const {
  if (line.words.size() != 2) return error_at(line.place, "expected one word after " + quoted(line.words.front()));
  if (!into.empty())
    return error_at(line.place, "there are two lines " + quoted(line.words.front()) + " in operation " + operation_.id);
  into = line.words[1];
  return success();
}

Result<void> Draft::read_route(const Line& line) {
  static constexpr std::array<std::string_view, 5> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};
  const std::string_view method = line.words.front();
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end() || line.words.size() != 2) {
    return error_at(line.place, "expected a method (GET, POST, PUT, PATCH, DELETE) and a path, found " + quoted(line.text));
  }
  std::string_view path = line.words[1];
  if (path.size() < 2 || path.front() != '/' || path.back() == '/') {
    return error_at(line.place, "expected a path that begins with '/' and does not end with one, found " + quoted(path));
  }
  operation_.method = method;
  operation_.path = path;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    GH_TRYV(add_segment(line, path.substr(0, slash)));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  if (template_names_.size() > kMaxPathParameters) {
    return error_at(line.place, "a path has at most " + std::to_string(kMaxPathParameters) + " parameters");
  }
  return success();
}

Result<void> Draft::add_segment(const Line& line, std::string_view text) {
  static constexpr std::string_view kLiteral = "-_~.:@$";
  Segment segment;
  if (all_of(text, kLiteral)) {
    segment.literals.emplace_back(text);
  } else if (text.size() > 2 && text.front() == '{' && text.back() == '}') {
    std::string_view inner = text.substr(1, text.size() - 2);
    if (inner.find('|') == std::string_view::npos) {
      if (!all_of(inner, "-_.") || std::find(template_names_.begin(), template_names_.end(), inner) != template_names_.end()) {
        return error_at(line.place, "expected the name of a path parameter that stands once, found " + quoted(text));
      }
      segment.parameter = static_cast<std::uint16_t>(template_names_.size());
      template_names_.emplace_back(inner);
    } else {
      for (std::size_t bar = 0; bar != std::string_view::npos;) {
        bar = inner.find('|');
        const std::string_view literal = inner.substr(0, bar);
        if (!all_of(literal, kLiteral)) return error_at(line.place, "expected literals between the bars of " + quoted(text));
        segment.literals.emplace_back(literal);
        if (bar != std::string_view::npos) inner.remove_prefix(bar + 1);
      }
    }
  } else {
    return error_at(line.place, "expected a segment of letters, digits and -_~.:@$, {name} or {a|b}, found " + quoted(text));
  }
  operation_.segments.push_back(std::move(segment));
  return success();
}

Result<void> Draft::read_scopes(const Line& line) {
  if (has_scopes_) return error_at(line.place, "there are two lines \"scopes\" in operation " + operation_.id);
  has_scopes_ = true;
  if (line.words.size() == 2 && line.words[1] == "-") {
    operation_.has_classic = operation_.has_granular = true;
    return success();
  }
  if (line.words.size() == 2 && line.words[1] == "unknown") return success();  // neither flag: refused for every token
  bool right = false;
  for (std::size_t i = 1; i < line.words.size(); ++i) {
    const std::string_view word = line.words[i];
    if (word == "|") {
      if (right) return error_at(line.place, "expected one '|': classic scopes | granular scopes");
      right = true;
      continue;
    }
    if (!all_of(word, ":.-_") || word.find(':') == std::string_view::npos) {
      return error_at(line.place, "expected the name of a scope, such as read:jira-work, found " + quoted(word));
    }
    GH_TRY(const ScopeIndex scope, register_scope(word));
    (right ? operation_.granular : operation_.classic).add(scope);
    (right ? operation_.has_granular : operation_.has_classic) = true;
  }
  if (!operation_.has_classic && !operation_.has_granular) {
    return error_at(line.place, "expected scopes, or \"scopes -\" where none is needed");
  }
  return success();
}

Result<void> Draft::read_parameter(const Line& line, Parameter::Carrier carrier) {
  if (line.words.size() < 3) return error_at(line.place, "expected " + std::string(line.words.front()) + " NAME KIND");
  Parameter parameter;
  parameter.carrier = carrier;
  parameter.name = line.words[1];
  if (carrier != Parameter::Carrier::kBody && !all_of(parameter.name, "-_.:$@")) {
    return error_at(line.place, "expected the name of a parameter, found " + quoted(parameter.name));
  }
  const auto kind = parse_kind(line.words[2]);
  if (!kind) return error_at(line.place, "expected a kind (catalogue/FORMAT.md lists them), found " + quoted(line.words[2]));
  parameter.kind = *kind;
  GH_TRYV(read_words(line, parameter));
  if (carrier == Parameter::Carrier::kPath && (parameter.required || parameter.confines)) {
    return error_at(line.place, "a path parameter is always there: neither required nor confines");
  }
  for (const auto& [known, place] : parameters_) {
    if (known.carrier == carrier && known.name == parameter.name) {
      return error_at(line.place, quoted(parameter.name) + " is classified already in line " + std::to_string(place.line));
    }
  }
  parameters_.emplace_back(std::move(parameter), line.place);
  return success();
}

Result<void> Draft::read_words(const Line& line, Parameter& parameter) const {
  for (std::size_t i = 3; i < line.words.size(); ++i) {
    const std::string_view word = line.words[i];
    if (word == "list") {
      parameter.list = true;
    } else if (word == "required") {
      parameter.required = true;
    } else if (word == "confines") {
      parameter.confines = true;
    } else if (word == "whole") {
      parameter.whole = true;
    } else if (parameter.kind == Kind::kContent && parse_content_type(word)) {
      parameter.content_type = *parse_content_type(word);
    } else if (word == "id" || word == "key") {
      parameter.form = word == "id" ? Parameter::Form::kId : Parameter::Form::kKey;
    } else if (word == "list:" || word == "one:") {
      parameter.list = word == "list:";
      parameter.allowed.assign(line.words.begin() + static_cast<std::ptrdiff_t>(i) + 1, line.words.end());
      if (parameter.allowed.empty()) return error_at(line.place, "expected values after " + quoted(word));
      break;
    } else {
      return error_at(line.place, "expected list, required, confines, whole, id, key, list: or one:, found " + quoted(word));
    }
  }
  const Kind kind = parameter.kind;
  const bool resource = kind == Kind::kProject || kind == Kind::kSpace;
  if (parameter.confines && !resource && kind != Kind::kJql && kind != Kind::kCql) {
    return error_at(line.place,
                    "only a project, space, jql or cql can confine, not a parameter of kind " + std::string(to_string(kind)));
  }
  if (parameter.form != Parameter::Form::kEither && !resource) {
    return error_at(line.place, "id or key is said of a project or space, not of kind " + std::string(to_string(kind)));
  }
  if (parameter.whole && kind != Kind::kBoard && kind != Kind::kSprint && kind != Kind::kContent)
    return error_at(line.place, "whole is said of a board, sprint or content, not of kind " + std::string(to_string(kind)));
  if (!parameter.allowed.empty() && kind != Kind::kInert && kind != Kind::kExpand) {
    return error_at(line.place, "a closed set of values is for kinds inert and expand, not " + std::string(to_string(kind)));
  }
  return success();
}

Result<void> Draft::read_bounded(const Line& line) {
  if (has_bounded_) return error_at(line.place, "there are two lines \"bounded\" in operation " + operation_.id);
  has_bounded_ = true;
  const auto bounded = line.words.size() < 2 ? std::nullopt : parse_bounded(line.words[1]);
  if (!bounded)
    return error_at(line.place, "expected allowed, located, confined, filtered or refused WHY, found " + quoted(line.text));
  operation_.bounded = *bounded;
  if (*bounded != Bounded::kRefused) {
    if (line.words.size() > 2) return error_at(line.place, "only \"bounded refused\" has a reason");
    return success();
  }
  if (line.words.size() < 3) return error_at(line.place, "expected the reason after \"bounded refused\"");
  operation_.refusal = line.text.substr(static_cast<std::size_t>(line.words[2].data() - line.text.data()));
  return success();
}

Result<void> Draft::read_answer(const Line& line) {
  GH_TRYV(read_one(line, operation_.answer));
  std::string& answer = operation_.answer;
  if (answer.size() > 2 && answer.front() == '[' && answer.back() == ']') {
    answer = answer.substr(1, answer.size() - 2);
    operation_.answer_list = true;
  }
  const bool word = answer == "none" || answer == "links" || answer == "blob" || answer == "task-link";
  if (!all_of(answer, "-_") || (word && operation_.answer_list)) {
    return error_at(line.place,
                    "expected the name of a shape, [SHAPE], none, links, blob or task-link, found " + quoted(line.words[1]));
  }
  return success();
}

Result<void> Draft::read_gather(const Line& line) {
  if (line.words.size() != 3 || operation_.gathers())
    return error_at(line.place,
                    "expected one line \"gather OFFSET SIZE\": the query parameters for where a page begins and its size");
  operation_.gather_offset = line.words[1];
  operation_.gather_size = line.words[2];
  return success();
}

Result<void> Draft::read_fill(const Line& line) {
  if (line.words.size() != 3 || operation_.fills())
    return error_at(line.place, "expected one line \"fill CURSOR SIZE\": the query parameters for a page's cursor and its size");
  operation_.fill_cursor = line.words[1];
  operation_.fill_size = line.words[2];
  return success();
}

/// Moves the `path` lines into the order of the template.
Result<void> Draft::classify_path(std::vector<Parameter>& ordered) {
  for (const std::string& name : template_names_) {
    const auto found = std::find_if(parameters_.begin(), parameters_.end(), [&name](const auto& entry) {
      return entry.first.carrier == Parameter::Carrier::kPath && entry.first.name == name;
    });
    if (found == parameters_.end()) {
      return error("expected a line \"path " + name + " KIND\": every identifier of the path must be classified");
    }
    ordered.push_back(found->first);
  }
  for (const auto& [parameter, place] : parameters_) {
    if (parameter.carrier != Parameter::Carrier::kPath) continue;
    if (std::find(template_names_.begin(), template_names_.end(), parameter.name) == template_names_.end()) {
      return error_at(place, "the path has no {" + parameter.name + "}");
    }
  }
  return success();
}

Result<void> Draft::check_bounded() const {
  const auto any = [this](auto&& wanted) {
    return std::any_of(parameters_.begin(), parameters_.end(), [&wanted](const auto& entry) { return wanted(entry.first); });
  };
  const bool confines = any([](const Parameter& parameter) { return parameter.confines; });
  if (operation_.bounded == Bounded::kLocated &&
      !any([](const Parameter& parameter) { return leads_to_resource(parameter.kind); })) {
    return error("\"bounded located\" expects a parameter that leads to a project or space, such as kind issue");
  }
  if (operation_.bounded == Bounded::kConfined && !confines) {
    return error("\"bounded confined\" expects a parameter with the word confines");
  }
  if (operation_.bounded != Bounded::kConfined && operation_.bounded != Bounded::kRefused && confines) {
    return error("the word confines is for \"bounded confined\" only");
  }
  const auto in_path = [](const Parameter& parameter) {
    return parameter.carrier == Parameter::Carrier::kPath && leads_to_resource(parameter.kind);
  };
  if (operation_.gathers()) {
    for (const std::string& name : {operation_.gather_offset, operation_.gather_size}) {
      const bool inert = any([&name](const Parameter& parameter) {
        return parameter.carrier == Parameter::Carrier::kQuery && parameter.name == name && parameter.kind == Kind::kInert;
      });
      if (!inert) return error("\"gather\" expects a line \"query " + name + " inert\"");
    }
  }
  if (operation_.fills()) {
    const auto is = [&any](const std::string& name, Kind kind) {
      return any([&](const Parameter& parameter) {
        return parameter.carrier == Parameter::Carrier::kQuery && parameter.name == name && parameter.kind == kind;
      });
    };
    if (!is(operation_.fill_cursor, Kind::kPageToken) || !is(operation_.fill_size, Kind::kInert)) {
      return error("\"fill\" expects the lines \"query " + operation_.fill_cursor + " page-token\" and \"query " +
                   operation_.fill_size + " inert\"");
    }
  }
  if (operation_.bounded == Bounded::kAllowed && any(in_path)) {
    return error("\"bounded allowed\" is for what belongs to no project: nothing in its path leads to one");
  }
  return success();
}

Result<ParsedOperation> Draft::finish() {
  if (operation_.method.empty()) return error("expected a line with method and path");
  if (!has_scopes_) return error("expected a line \"scopes\" (\"scopes -\" where none is needed)");
  if (access_.empty()) return error("expected a line \"access read|write|delete|administer\"");
  if (!has_bounded_) return error("expected a line \"bounded\"");
  if (operation_.answer.empty()) {
    if (operation_.bounded != Bounded::kRefused) return error("expected a line \"answer SHAPE|none|links|blob|task-link\"");
    operation_.answer = "links";
  }
  GH_TRYV(check_bounded());
  operation_.body_type = body_type_;
  std::vector<Parameter>& ordered = operation_.parameters;
  GH_TRYV(classify_path(ordered));
  operation_.path_count = static_cast<std::uint16_t>(ordered.size());
  for (const auto& [parameter, place] : parameters_) {
    if (parameter.carrier == Parameter::Carrier::kQuery) ordered.push_back(parameter);
  }
  operation_.query_count = static_cast<std::uint16_t>(ordered.size() - operation_.path_count);
  std::sort(ordered.begin() + operation_.path_count, ordered.end(),
            [](const Parameter& left, const Parameter& right) { return left.name < right.name; });
  std::shared_ptr<BodyNode> body;
  for (const auto& [parameter, place] : parameters_) {
    if (parameter.carrier != Parameter::Carrier::kBody) continue;
    if (body_type_ != "json") return error_at(place, "body lines expect a line \"body-type json\"");
    if (!body) body = std::make_shared<BodyNode>();
    if (const auto added = add_body_rule(*body, parameter); !added) return error_at(place, added.error().public_detail);
    ordered.push_back(parameter);
  }
  operation_.body = std::move(body);
  return ParsedOperation{std::move(operation_), place_};
}

}  // namespace

Result<void> parse_operations(std::string_view text, std::string_view file, std::vector<ParsedOperation>& out) {
  std::optional<Draft> draft;
  const auto finish = [&draft, &out]() -> Result<void> {
    if (!draft) return success();
    GH_TRY(ParsedOperation parsed, draft->finish());
    out.push_back(std::move(parsed));
    draft.reset();
    return success();
  };
  for (const Line& line : read_lines(text, file)) {
    if (line.indented) {
      if (!draft) return error_at(line.place, "expected \"operation ID\" before its lines");
      GH_TRYV(draft->add(line));
      continue;
    }
    GH_TRYV(finish());
    if (line.words.size() != 2 || line.words[0] != "operation" || !all_of(line.words[1], "-_.")) {
      return error_at(line.place, "expected \"operation ID\", found " + quoted(line.text));
    }
    draft.emplace(line.place, line.words[1]);
  }
  return finish();
}

}  // namespace gatehouse::catalogue
