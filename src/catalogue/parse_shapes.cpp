#include "catalogue/parse_shapes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace gatehouse::catalogue {
namespace {

bool name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.$:/").find(c) != std::string_view::npos;
}
bool is_name(std::string_view text) noexcept { return !text.empty() && std::all_of(text.begin(), text.end(), name_byte); }
std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

/// A rule as it is written at the end of a line: `@user`, `[issue-ref @linked]`, `scalar`.
struct RuleText {
  Rule rule = Rule::kDrop;
  bool list = false;
  std::string_view shape;  ///< name of a shape, or empty
  std::size_t words = 1;   ///< how many words of the line it takes
};

struct PlainRule {
  std::string_view word;
  Rule rule;
  bool listable;
  bool refers;
};
constexpr std::array kPlainRules{
    PlainRule{"drop", Rule::kDrop, false, false},
    PlainRule{"scalar", Rule::kScalar, true, false},
    PlainRule{"keep", Rule::kKeep, false, false},
    PlainRule{"text", Rule::kText, true, false},
    PlainRule{"link", Rule::kLink, false, false},
    PlainRule{"weblink", Rule::kWebLink, false, false},
    PlainRule{"fields", Rule::kFields, false, false},
    PlainRule{"field-names", Rule::kFieldNames, false, false},
    PlainRule{"field-change", Rule::kFieldChange, false, false},
    PlainRule{"issue-ref", Rule::kIssueRef, true, true},
    PlainRule{"project-ref", Rule::kProjectRef, true, true},
    PlainRule{"project-id", Rule::kProjectId, true, false},
    PlainRule{"project-scope", Rule::kProjectScope, false, false},
    PlainRule{"page-token", Rule::kPageToken, false, false},
    PlainRule{"task", Rule::kTask, false, false},
    PlainRule{"request-fields", Rule::kRequestFields, false, false},
    PlainRule{"attachment-link", Rule::kAttachmentLink, false, false},
    PlainRule{"issue-id", Rule::kIssueId, true, false},
    PlainRule{"download-link", Rule::kDownloadLink, false, false},
    PlainRule{"emptied", Rule::kEmptied, false, false},
    PlainRule{"context-link", Rule::kContextLink, false, false},
};

bool unwrap(std::string_view& text, char open, char close) noexcept {
  if (text.size() < 3 || text.front() != open || text.back() != close) return false;
  text = text.substr(1, text.size() - 2);
  return true;
}

std::optional<RuleText> parse_reference(std::string_view text) noexcept {
  RuleText rule;
  rule.rule = Rule::kObject;
  if (unwrap(text, '{', '}')) {
    rule.rule = unwrap(text, '[', ']') ? Rule::kListMap : Rule::kMap;
  } else if (unwrap(text, '[', ']')) {
    rule.rule = Rule::kList;
  }
  if (text.empty() || text.front() != '@') return std::nullopt;
  rule.shape = text.substr(1);
  return is_name(rule.shape) ? std::optional(rule) : std::nullopt;
}

/// The rule that ends `words`; nothing if they end in none.
std::optional<RuleText> parse_rule(const std::vector<std::string_view>& words) noexcept {
  if (words.size() < 2) return std::nullopt;
  std::string_view last = words.back();
  std::string_view before = words[words.size() - 2];
  if (!before.empty() && last.starts_with('@') && words.size() > 2) {
    // Two words: `issue-ref @shape` or `[issue-ref @shape]`.
    const bool list = before.front() == '[' && last.back() == ']';
    if (list) {
      before.remove_prefix(1);
      last.remove_suffix(1);
    }
    for (const PlainRule& plain : kPlainRules) {
      if (plain.refers && plain.word == before && is_name(last.substr(1))) return RuleText{plain.rule, list, last.substr(1), 2};
    }
  }
  if (auto reference = parse_reference(last)) return reference;
  const bool list = unwrap(last, '[', ']');
  for (const PlainRule& plain : kPlainRules) {
    if (plain.word == last && !plain.refers && (plain.listable || !list)) return RuleText{plain.rule, list, {}, 1};
  }
  return std::nullopt;
}

struct InsideWord {
  std::string_view word;
  Inside::By by;
  bool path;
};
constexpr std::array kInside{
    InsideWord{"project", Inside::By::kProject, true},
    InsideWord{"space", Inside::By::kSpace, true},
    InsideWord{"issue", Inside::By::kIssue, true},
    InsideWord{"issue-link", Inside::By::kIssueLink, true},
    InsideWord{"project-link", Inside::By::kProjectLink, true},
    InsideWord{"parent", Inside::By::kParent, false},
    InsideWord{"scope", Inside::By::kScope, false},
    InsideWord{"link", Inside::By::kLink, true},
    InsideWord{"issue-or-parent", Inside::By::kIssueOrParent, true},
    InsideWord{"service-desk", Inside::By::kServiceDesk, true},
    InsideWord{"board", Inside::By::kBoard, true},
    InsideWord{"content-of-space", Inside::By::kContentOfSpace, true},
    InsideWord{"content", Inside::By::kContent, true},
    InsideWord{"container", Inside::By::kContainer, false},
};

Result<Inside> parse_inside(const Line& line) {
  for (const InsideWord& known : kInside) {
    if (line.words.size() < 2 || known.word != line.words[1]) continue;
    Inside inside{known.by, {}};
    if (line.words.size() != (known.path ? 3u : 2u)) {
      return error_at(line.place, known.path ? "expected one path of keys after \"inside " + std::string(known.word) + "\""
                                             : "expected nothing after \"inside " + std::string(known.word) + "\"");
    }
    if (!known.path) return inside;
    std::string_view path = line.words[2];
    for (std::size_t dot = 0; dot != std::string_view::npos;) {
      dot = path.find('.');
      const std::string_view key = path.substr(0, dot);
      if (!is_name(key)) return error_at(line.place, "expected keys joined by '.', found " + quoted(line.words[2]));
      inside.path.emplace_back(key);
      if (dot != std::string_view::npos) path.remove_prefix(dot + 1);
    }
    return inside;
  }
  return error_at(line.place,
                  "expected inside project, space, issue, issue-link, issue-or-parent, project-link, link, board, service-desk, "
                  "content-of-space, content, container, parent or scope, found " +
                      quoted(line.text));
}

}  // namespace

const ShapeField& Shape::find(std::string_view key) const noexcept {
  const auto found = std::lower_bound(fields.begin(), fields.end(), key,
                                      [](const ShapeField& field, std::string_view wanted) { return field.name < wanted; });
  return found != fields.end() && found->name == key ? *found : others;
}

Result<void> ShapeParser::add(std::string_view text, std::string_view file) {
  bool begun = false;
  for (const Line& line : read_lines(text, file)) {
    if (line.indented) {
      if (!begun) return error_at(line.place, "expected \"shape NAME\" before its lines");
      GH_TRYV(read_line(line));
      continue;
    }
    if (line.words.size() != 2 || line.words[0] != "shape" || !is_name(line.words[1])) {
      return error_at(line.place, "expected \"shape NAME\", found " + quoted(line.text));
    }
    for (const ParsedShape& known : shapes_) {
      if (known.shape->name != line.words[1]) continue;
      return error_at(line.place, "the shape " + known.shape->name + " stands already in " + std::string(known.place.file) + ":" +
                                      std::to_string(known.place.line));
    }
    begun = true;
    auto shape = std::make_unique<Shape>();
    shape->name = line.words[1];
    shapes_.push_back({std::move(shape), line.place});
  }
  return success();
}

Result<void> ShapeParser::read_line(const Line& line) {
  Shape& shape = *shapes_.back().shape;
  GH_TRY(const bool head, read_head(line, shape));
  if (head) return success();
  return read_fields(line, shape);
}

/// False if it is a line of fields.
Result<bool> ShapeParser::read_head(const Line& line, Shape& shape) {
  const std::string_view word = line.words.front();
  if ((word != "inside" && word != "needs" && word != "items") || parse_rule(line.words)) return false;
  if (!shape.fields.empty() || shape.others.rule != Rule::kDrop) {
    return error_at(line.place, "inside, needs and items stand before the fields of a shape");
  }
  if (word == "inside") {
    if (shape.inside.by != Inside::By::kNone) return error_at(line.place, "there are two lines \"inside\"");
    GH_TRY(shape.inside, parse_inside(line));
  } else if (word == "needs") {
    const std::size_t equals = line.words.size() == 2 ? line.words[1].find('=') : std::string_view::npos;
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == line.words[1].size()) {
      return error_at(line.place, "expected needs NAME=VALUE, found " + quoted(line.text));
    }
    shape.needs.emplace_back(line.words[1]);
  } else {
    if (line.words.size() != 2 || !shape.items.empty()) return error_at(line.place, "expected one line \"items KEY\"");
    shape.items = line.words[1];
  }
  return true;
}

Result<void> ShapeParser::read_fields(const Line& line, Shape& shape) {
  const auto rule = parse_rule(line.words);
  if (!rule || line.words.size() <= rule->words) {
    return error_at(line.place, "expected KEY … RULE (catalogue/FORMAT.md lists the rules), found " + quoted(line.text));
  }
  for (std::size_t i = 0; i + rule->words < line.words.size(); ++i) {
    const std::string_view key = line.words[i];
    ShapeField field{std::string(key), rule->rule, nullptr, rule->list};
    const bool others = key == "*";
    if (!others && !is_name(key)) return error_at(line.place, "expected a key, found " + quoted(key));
    const bool known = others ? !shape.others.name.empty()
                              : std::any_of(shape.fields.begin(), shape.fields.end(),
                                            [key](const ShapeField& entry) { return entry.name == key; });
    if (known) return error_at(line.place, "the key " + quoted(key) + " stands twice in shape " + shape.name);
    if (!rule->shape.empty()) references_.push_back({&shape, field.name, std::string(rule->shape), line.place});
    if (others) {
      shape.others = std::move(field);
    } else {
      shape.fields.push_back(std::move(field));
    }
  }
  return success();
}

Result<void> ShapeParser::check_items(const ParsedShape& parsed) const {
  const Shape& shape = *parsed.shape;
  if (shape.items.empty()) return success();
  const ShapeField& field = shape.find(shape.items);
  const bool judged = field.rule == Rule::kIssueRef || field.rule == Rule::kProjectRef || field.rule == Rule::kProjectId ||
                      field.rule == Rule::kIssueId;
  if (field.name == shape.items && (field.rule == Rule::kList || (judged && field.list))) return success();
  return error_at(parsed.place, "\"items " + shape.items + "\" of shape " + shape.name +
                                    " expects a field of that name with a rule [@shape], " +
                                    "[issue-ref @shape], [project-ref @shape], [project-id] or [issue-id]");
}

Result<std::vector<ParsedShape>> ShapeParser::link() {
  for (const ParsedShape& parsed : shapes_) {
    std::sort(parsed.shape->fields.begin(), parsed.shape->fields.end(),
              [](const ShapeField& left, const ShapeField& right) { return left.name < right.name; });
    GH_TRYV(check_items(parsed));
  }
  for (const Reference& reference : references_) {
    const auto target = std::find_if(shapes_.begin(), shapes_.end(),
                                     [&reference](const ParsedShape& parsed) { return parsed.shape->name == reference.target; });
    if (target == shapes_.end()) return error_at(reference.place, "there is no shape " + quoted(reference.target));
    // The fields are sorted by now: look the place up again.
    ShapeField& field = reference.field == "*"
                            ? reference.shape->others
                            : *std::lower_bound(reference.shape->fields.begin(), reference.shape->fields.end(), reference.field,
                                                [](const ShapeField& entry, std::string_view name) { return entry.name < name; });
    field.shape = target->shape.get();
  }
  return std::move(shapes_);
}

}  // namespace gatehouse::catalogue
