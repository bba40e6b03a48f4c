#include "catalogue/catalogue.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "catalogue/embedded_tables.h"
#include "catalogue/parse_operations.h"
#include "catalogue/parse_shapes.h"
#include "catalogue/target.h"
#include "catalogue/trie.h"

namespace gatehouse::catalogue {
namespace {

/// NAME of `needs NAME=VALUE` must be something that the operation can be asked with.
Result<void> check_needs(const ParsedOperation& parsed, const Shape& shape) {
  for (const std::string& need : shape.needs) {
    const std::string_view name = std::string_view(need).substr(0, need.find('='));
    const std::string list = std::string(name) + "[]";
    const Operation& operation = parsed.operation;
    if (operation.find(Parameter::Carrier::kQuery, name) || operation.find(Parameter::Carrier::kBody, name) ||
        operation.find(Parameter::Carrier::kBody, list)) {
      continue;
    }
    return error_at(parsed.place, "operation " + operation.id + " answers with shape " + shape.name + ", which needs " + need +
                                      ": expected a query or body parameter " + std::string(name));
  }
  return success();
}

/// Links the answer's shape and checks what it needs, for the answer itself and for its units of release.
Result<void> link_answer(ParsedOperation& parsed, const std::vector<ParsedShape>& shapes) {
  Operation& operation = parsed.operation;
  if (operation.answer == "none" || operation.answer == "links" || operation.answer == "blob" || operation.answer == "task-link")
    return success();
  const auto found = std::find_if(shapes.begin(), shapes.end(),
                                  [&operation](const ParsedShape& known) { return known.shape->name == operation.answer; });
  if (found == shapes.end()) {
    return error_at(parsed.place,
                    "operation " + operation.id + " answers with shape " + operation.answer + ", and there is no such shape");
  }
  operation.shape = found->shape.get();
  if (operation.bounded == Bounded::kRefused) return success();
  if (operation.gathers() && (operation.shape->items.empty() || operation.answer_list)) {
    return error_at(parsed.place, "operation " + operation.id + " gathers, so its answer's shape must have a line \"items\"");
  }
  if (operation.fills() && (operation.shape->items.empty() || operation.answer_list)) {
    return error_at(parsed.place, "operation " + operation.id + " is filled, so its answer's shape must have a line \"items\"");
  }
  GH_TRYV(check_needs(parsed, *operation.shape));
  if (operation.shape->items.empty()) return success();
  const Shape* item = operation.shape->find(operation.shape->items).shape;
  if (item != nullptr) {
    GH_TRYV(check_needs(parsed, *item));
  }
  return success();
}

Result<void> check_unique(const std::vector<ParsedOperation>& operations) {
  std::unordered_map<std::string_view, const ParsedOperation*> seen;
  for (const ParsedOperation& parsed : operations) {
    const auto [known, added] = seen.emplace(parsed.operation.id, &parsed);
    if (added) continue;
    return error_at(parsed.place, "the operation " + parsed.operation.id + " stands already in " +
                                      std::string(known->second->place.file) + ":" + std::to_string(known->second->place.line));
  }
  return success();
}

}  // namespace

const Parameter* Operation::find(Parameter::Carrier carrier, std::string_view name) const noexcept {
  if (carrier == Parameter::Carrier::kQuery) {
    const auto query = query_parameters();
    const auto found =
        std::lower_bound(query.begin(), query.end(), name,
                         [](const Parameter& parameter, std::string_view wanted) { return parameter.name < wanted; });
    return found != query.end() && found->name == name ? &*found : nullptr;
  }
  const auto among = carrier == Parameter::Carrier::kPath ? path_parameters() : body_parameters();
  const auto found =
      std::find_if(among.begin(), among.end(), [name](const Parameter& parameter) { return parameter.name == name; });
  return found == among.end() ? nullptr : &*found;
}

std::string_view Match::value(std::string_view name) const noexcept {
  if (operation == nullptr) return {};
  for (std::size_t i = 0; i < count; ++i) {
    if (operation->parameters[i].name == name) return values[i];
  }
  return {};
}

Catalogue::Catalogue(Product product) : product_(product) {}
Catalogue::~Catalogue() = default;

Result<std::shared_ptr<const Catalogue>> Catalogue::load(Product product, const std::vector<Table>& tables) {
  std::vector<ParsedOperation> parsed;
  ShapeParser shape_parser;
  for (const Table& table : tables) {
    if (table.name.ends_with(".ops")) {
      GH_TRYV(parse_operations(table.text, table.name, parsed));
    } else if (table.name.ends_with(".shapes")) {
      GH_TRYV(shape_parser.add(table.text, table.name));
    } else if (!table.name.ends_with(".roles")) {
      return fail(Errc::kInvalidArgument,
                  std::string(table.name) + ": expected a table whose name ends in .ops, .shapes or .roles");
    }
  }
  if (parsed.empty()) return fail(Errc::kInvalidArgument, "There is no table of operations (*.ops) for this product.");
  if (parsed.size() > kMaxOperations)
    return fail(Errc::kLimitExceeded, "The tables name more operations than this build can hold.");
  GH_TRYV(check_unique(parsed));
  GH_TRY(auto shapes, shape_parser.link());

  std::shared_ptr<Catalogue> catalogue(new Catalogue(product));
  std::vector<Place> places;
  for (ParsedOperation& entry : parsed) {
    GH_TRYV(link_answer(entry, shapes));
    places.push_back(entry.place);
    entry.operation.index = static_cast<std::uint16_t>(catalogue->operations_.size());
    entry.operation.product = product;
    catalogue->operations_.push_back(std::move(entry.operation));
  }
  for (const Operation& operation : catalogue->operations_) {
    if (operation.instead.empty() || catalogue->find(operation.instead)) continue;
    return fail(Errc::kInvalidArgument,
                "operation " + operation.id + ": there is no operation " + operation.instead + " to take its place");
  }
  for (ParsedShape& entry : shapes) catalogue->shapes_.push_back(std::move(entry.shape));
  for (const Table& table : tables) {
    if (!table.name.ends_with(".roles")) continue;
    GH_TRYV(parse_roles(table.text, table.name, catalogue->operations_, catalogue->roles_));
  }
  GH_TRY(Trie trie, Trie::build(catalogue->operations_, places));
  catalogue->trie_ = std::make_unique<Trie>(std::move(trie));
  return std::shared_ptr<const Catalogue>(std::move(catalogue));
}

Result<std::shared_ptr<const Catalogue>> Catalogue::assemble(Product product, std::vector<Operation> operations,
                                                             std::vector<std::unique_ptr<Shape>> shapes, std::string_view roles) {
  if (operations.size() > kMaxOperations)
    return fail(Errc::kLimitExceeded, "It names more than " + std::to_string(kMaxOperations) + " operations.");
  std::shared_ptr<Catalogue> catalogue(new Catalogue(product));
  catalogue->operations_ = std::move(operations);
  catalogue->shapes_ = std::move(shapes);
  for (std::size_t i = 0; i < catalogue->operations_.size(); ++i) {
    catalogue->operations_[i].index = static_cast<std::uint16_t>(i);
    catalogue->operations_[i].product = product;
  }
  GH_TRYV(parse_roles(roles, "roles", catalogue->operations_, catalogue->roles_));
  GH_TRY(Trie trie, Trie::build(catalogue->operations_, std::vector<Place>(catalogue->operations_.size(), Place{"paths", 0})));
  catalogue->trie_ = std::make_unique<Trie>(std::move(trie));
  return std::shared_ptr<const Catalogue>(std::move(catalogue));
}

std::vector<Table> Catalogue::embedded(Product product) {
  std::string_view prefix;
  switch (product) {
    case Product::kJira: prefix = "jira_"; break;
    case Product::kConfluence: prefix = "confluence_"; break;
    case Product::kOpenApi: return {};
  }
  std::vector<Table> tables;
  for (const Table& table : embedded_tables()) {
    if (table.name.starts_with(prefix)) tables.push_back(table);
  }
  return tables;
}

Match Catalogue::match(std::string_view method, std::string_view path) const noexcept { return trie_->match(method, path); }

const Operation* Catalogue::find(std::string_view operation_id) const noexcept {
  const auto found = std::find_if(operations_.begin(), operations_.end(),
                                  [operation_id](const Operation& known) { return known.id == operation_id; });
  return found == operations_.end() ? nullptr : &*found;
}

const Shape* Catalogue::shape(std::string_view name) const noexcept {
  const auto found = std::find_if(shapes_.begin(), shapes_.end(), [name](const auto& known) { return known->name == name; });
  return found == shapes_.end() ? nullptr : found->get();
}

const AccessRole* Catalogue::role(std::string_view name) const noexcept {
  const auto found = std::find_if(roles_.begin(), roles_.end(), [name](const AccessRole& known) { return known.name == name; });
  return found == roles_.end() ? nullptr : &*found;
}

bool Catalogue::append_path(const Operation& operation, std::string_view version, const std::vector<std::string_view>& decoded,
                            std::string& out) {
  if (decoded.size() != operation.path_count) return false;
  std::string path;
  std::size_t next = 0;
  for (const Segment& segment : operation.segments) {
    path += '/';
    if (segment.literals.size() == 1) {
      path += segment.literals.front();
    } else if (!segment.literals.empty()) {
      if (std::find(segment.literals.begin(), segment.literals.end(), version) == segment.literals.end()) return false;
      path += version;
    } else {
      const std::string_view value = decoded[next++];
      if (value.empty() || value == "." || value == "..") return false;
      append_escaped(value, path);
    }
  }
  out += path;
  return true;
}

}  // namespace gatehouse::catalogue
