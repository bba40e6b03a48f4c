#include "catalogue/openapi_answer.h"

#include <algorithm>
#include <utility>

namespace gatehouse::catalogue {
namespace {

bool is_success(std::string_view status) noexcept { return status.size() == 3 && status.front() == '2'; }

Result<Steps> pointer_of(const DocumentPlace& rule, std::string_view name, bool needed) {
  const DocumentPlace place = rule.member(name);
  if (!place || (!place.node->is_scalar() && place.node->kind != Node::Kind::kNull)) {
    if (!needed && !place) return Steps();
    return wrong_at(place ? place : rule, "expected \"" + std::string(name) + "\", a JSON Pointer such as /project.");
  }
  GH_TRY(auto steps, parse_pointer(place, place.text()));
  if (std::find(steps.begin(), steps.end(), "*") != steps.end())
    return wrong_at(place, "\"*\" stands only in pointers of bodies; lists of an answer are \"items\" and \"nested\".");
  return steps;
}

Result<Steps> resource_of(const DocumentPlace& rule) {
  GH_TRY(auto steps, pointer_of(rule, "resource", true));
  if (steps.empty()) return wrong_at(rule, "\"resource\" points to a member of the object, such as /project.");
  return steps;
}

Result<void> check_members(const DocumentPlace& place, std::initializer_list<std::string_view> known) {
  for (const Member& member : place.node->members) {
    if (std::find(known.begin(), known.end(), member.name) != known.end()) continue;
    std::string text;
    for (const std::string_view name : known) text += (text.empty() ? "" : ", ") + std::string(name);
    return wrong_at(place.member(member.name), "expected one of: " + text + ".");
  }
  return success();
}

Result<void> read_nested(const DocumentPlace& list, AnswerRule& rule) {
  if (!list) return success();
  if (!list.node->is_list()) return wrong_at(list, "expected a list of {items, resource}.");
  for (std::size_t i = 0; i < list.node->items.size(); ++i) {
    const DocumentPlace one = list.item(i);
    if (!one.node->is_map()) return wrong_at(one, "expected {items, resource}.");
    GH_TRYV(check_members(one, {"items", "resource"}));
    AnswerRule::Nested nested;
    GH_TRY(nested.items, pointer_of(one, "items", true));
    GH_TRY(nested.resource, resource_of(one));
    if (nested.items.empty()) return wrong_at(one, "\"items\" of a nested list points to a member of the item.");
    rule.nested.push_back(std::move(nested));
  }
  return success();
}

Result<void> read_keep(const DocumentPlace& list, AnswerRule& rule) {
  if (!list) return success();
  if (!list.node->is_list()) return wrong_at(list, "expected a list of pointers.");
  for (std::size_t i = 0; i < list.node->items.size(); ++i) {
    const DocumentPlace one = list.item(i);
    GH_TRY(Steps steps, parse_pointer(one, one.text()));
    const bool beside =
        !steps.empty() && steps.size() <= rule.items.size() && std::equal(steps.begin(), steps.end() - 1, rule.items.begin());
    if (!beside || steps.back() == rule.items[steps.size() - 1])
      return wrong_at(one, "\"keep\" names single values that stand beside the items or above them, such as /total.");
    rule.keep.push_back(std::move(steps));
  }
  return success();
}

Result<AnswerRule> read_rule(const DocumentPlace& place) {
  AnswerRule rule;
  rule.place = place;
  if (place.text() == "none") rule.kind = AnswerRule::Kind::kNone;
  if (place.text() == "request") rule.kind = AnswerRule::Kind::kRequest;
  if (rule.kind != AnswerRule::Kind::kMissing) return rule;
  if (!place.node->is_map()) {
    return wrong_at(
        place, "expected none, request, or {items: /pointer, resource: /pointer}; docs/openapi_sites.md says what they mean.");
  }
  GH_TRYV(check_members(place, {"items", "resource", "keep", "nested"}));
  GH_TRY(rule.resource, resource_of(place));
  rule.kind = place.member("items") ? AnswerRule::Kind::kList : AnswerRule::Kind::kObject;
  if (rule.kind == AnswerRule::Kind::kList) {
    GH_TRY(rule.items, pointer_of(place, "items", true));
  }
  GH_TRYV(read_keep(place.member("keep"), rule));
  GH_TRYV(read_nested(place.member("nested"), rule));
  return rule;
}

bool same(const AnswerRule& left, const AnswerRule& right) {
  const auto nested = [](const AnswerRule::Nested& one, const AnswerRule::Nested& other) {
    return one.items == other.items && one.resource == other.resource;
  };
  return left.kind == right.kind && left.items == right.items && left.resource == right.resource && left.keep == right.keep &&
         std::equal(left.nested.begin(), left.nested.end(), right.nested.begin(), right.nested.end(), nested);
}

/// Builds the shapes of one answer.
class ShapeMaker {
 public:
  ShapeMaker(const OpenApiDocument& document, std::vector<std::unique_ptr<Shape>>& shapes)
      : document_(document), shapes_(shapes) {}

  /// Of an object or item: what the schema names is kept, lists of `nested` entry by entry. Without names only single values.
  Result<const Shape*> item(const DocumentPlace& schema, const Steps& resource, const std::vector<AnswerRule::Nested>& nested,
                            const DocumentPlace& place) {
    GH_TRY(Shape * shape, allow_list(schema));
    shape->inside.by = Inside::By::kResource;
    shape->inside.path = resource;
    for (const AnswerRule::Nested& one : nested) {
      GH_TRYV(add_nested(*shape, schema, one, 0, place));
    }
    sort(*shape);
    return static_cast<const Shape*>(shape);
  }

  /// Of the objects around a list: nothing but the way to it and what `keep` names.
  Result<const Shape*> around(const AnswerRule& rule, std::size_t depth) {
    Shape& shape = fresh();
    ShapeField field;
    field.name = rule.items[depth];
    if (depth + 1 == rule.items.size()) {
      GH_TRY(const DocumentPlace list, document_.below(rule.schema, rule.items));
      GH_TRY(const DocumentPlace schema, document_.elements(list));
      GH_TRY(field.shape, item(schema, rule.resource, rule.nested, rule.place));
      field.rule = Rule::kList;
      if (depth == 0) shape.items = field.name;
    } else {
      GH_TRY(field.shape, around(rule, depth + 1));
      field.rule = Rule::kObject;
    }
    shape.fields.push_back(std::move(field));
    for (const Steps& keep : rule.keep) {
      if (keep.size() != depth + 1) continue;
      ShapeField kept;
      kept.name = keep.back();
      kept.rule = Rule::kScalar;
      shape.fields.push_back(std::move(kept));
    }
    sort(shape);
    return static_cast<const Shape*>(&shape);
  }

 private:
  Shape& fresh() {
    shapes_.push_back(std::make_unique<Shape>());
    shapes_.back()->name = "answer-" + std::to_string(shapes_.size());
    return *shapes_.back();
  }

  Result<Shape*> allow_list(const DocumentPlace& schema) {
    Shape& shape = fresh();
    GH_TRY(const auto properties, document_.properties(schema));
    for (const auto& [name, place] : properties) {
      ShapeField field;
      field.name = name;
      field.rule = Rule::kKeep;
      shape.fields.push_back(std::move(field));
    }
    if (properties.empty()) shape.others.rule = Rule::kScalar;
    return &shape;
  }

  Result<void> add_nested(Shape& shape, const DocumentPlace& schema, const AnswerRule::Nested& nested, std::size_t depth,
                          const DocumentPlace& place) {
    const std::string& name = nested.items[depth];
    const auto found =
        std::find_if(shape.fields.begin(), shape.fields.end(), [&](const ShapeField& field) { return field.name == name; });
    ShapeField& field = found != shape.fields.end() ? *found : shape.fields.emplace_back();
    if (field.shape) return wrong_at(place, "two nested lists begin with the same member; one for each member.");
    field.name = name;
    GH_TRY(const DocumentPlace below, document_.below(schema, {name}));
    if (depth + 1 == nested.items.size()) {
      GH_TRY(const DocumentPlace element, document_.elements(below));
      field.rule = Rule::kList;
      GH_TRY(const Shape* entry, item(element, nested.resource, {}, place));
      field_of(shape, name).shape = entry;
      return success();
    }
    field.rule = Rule::kObject;
    GH_TRY(Shape * inner, allow_list(below));
    field_of(shape, name).shape = inner;
    GH_TRYV(add_nested(*inner, below, nested, depth + 1, place));
    sort(*inner);
    return success();
  }

  static ShapeField& field_of(Shape& shape, std::string_view name) {
    return *std::find_if(shape.fields.begin(), shape.fields.end(), [&](const ShapeField& field) { return field.name == name; });
  }

  static void sort(Shape& shape) {
    std::sort(shape.fields.begin(), shape.fields.end(),
              [](const ShapeField& left, const ShapeField& right) { return left.name < right.name; });
  }

  const OpenApiDocument& document_;
  std::vector<std::unique_ptr<Shape>>& shapes_;
};

}  // namespace

Result<AnswerRule> read_answer_rule(const OpenApiDocument& document, const DocumentPlace& responses) {
  AnswerRule found;
  DocumentPlace schema;
  if (!responses || !responses.node->is_map()) return found;
  for (const Member& response : responses.node->members) {
    if (!is_success(response.name) && response.name != "default") continue;
    GH_TRY(const DocumentPlace place, document.resolve(responses.member(response.name)));
    if (!is_success(response.name)) continue;
    if (!schema) {
      GH_TRY(schema, document.json_schema(place.member("content")));
    }
    const DocumentPlace extension = place.member(kResourceExtension);
    if (!extension) continue;
    GH_TRY(AnswerRule rule, read_rule(extension));
    if (found.kind != AnswerRule::Kind::kMissing && !same(found, rule))
      return wrong_at(extension, "two answers of one operation say different things.");
    found = std::move(rule);
  }
  found.schema = schema;
  return found;
}

Result<const Shape*> make_shape(const OpenApiDocument& document, const AnswerRule& rule,
                                std::vector<std::unique_ptr<Shape>>& shapes, bool& list) {
  ShapeMaker maker(document, shapes);
  list = rule.kind == AnswerRule::Kind::kList && rule.items.empty();
  if (rule.kind == AnswerRule::Kind::kObject) return maker.item(rule.schema, rule.resource, rule.nested, rule.place);
  if (!list) return maker.around(rule, 0);
  GH_TRY(const DocumentPlace element, document.elements(rule.schema));
  return maker.item(element, rule.resource, rule.nested, rule.place);
}

}  // namespace gatehouse::catalogue
