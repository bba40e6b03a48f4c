#include "catalogue/openapi_document.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace gatehouse::catalogue {
namespace {

constexpr int kMostReferences = 16;
/// allOf in allOf …: what is deeper is not read.
constexpr int kMostCombined = 8;
constexpr std::size_t kMostSteps = 8;

std::string escaped(std::string_view step) {
  std::string out;
  for (const char c : step) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

/// One step of a pointer, unescaped; false where a '~' stands for nothing (RFC 6901 section 3).
bool unescape(std::string_view step, std::string& out) {
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '~') {
      out += step[i];
      continue;
    }
    if (++i == step.size() || (step[i] != '0' && step[i] != '1')) return false;
    out += step[i] == '0' ? '~' : '/';
  }
  return true;
}

bool split(std::string_view pointer, std::vector<std::string>& steps) {
  while (!pointer.empty()) {
    if (pointer.front() != '/') return false;
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    if (!unescape(pointer.substr(1, end - 1), steps.emplace_back())) return false;
    pointer.remove_prefix(end);
  }
  return true;
}

}  // namespace

bool all_of(std::string_view text, std::string_view also) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [also](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || also.find(c) != std::string_view::npos;
  });
}

DocumentPlace DocumentPlace::member(std::string_view name) const {
  if (!node || !node->is_map()) return {};
  const Node* found = node->find(name);
  return found ? DocumentPlace{found, pointer + "/" + escaped(name)} : DocumentPlace{};
}

DocumentPlace DocumentPlace::item(std::size_t index) const {
  return {&node->items[index], pointer + "/" + std::to_string(index)};
}

std::string_view DocumentPlace::text() const noexcept {
  return node && node->is_scalar() ? std::string_view(node->text) : std::string_view();
}

Error wrong_at(const DocumentPlace& place, std::string_view what) {
  std::string text = "In the document at " + (place.pointer.empty() ? std::string("its root") : place.pointer);
  if (place.node) text += " (line " + std::to_string(place.node->line) + ")";
  return fail(Errc::kInvalidArgument, text.append(": ").append(what), {}, "spec");
}

Result<std::vector<std::string>> parse_pointer(const DocumentPlace& place, std::string_view text) {
  std::vector<std::string> steps;
  if (!split(text, steps)) return wrong_at(place, "a JSON Pointer begins with '/' (RFC 6901), such as /project or /data.");
  if (steps.size() > kMostSteps) return wrong_at(place, "a pointer has at most 8 steps.");
  if (std::any_of(steps.begin(), steps.end(), [](const std::string& step) { return step.empty(); }))
    return wrong_at(place, "a step of the pointer is empty.");
  return steps;
}

Result<DocumentPlace> OpenApiDocument::resolve(DocumentPlace place) const {
  for (int followed = 0; place; ++followed) {
    const DocumentPlace reference = place.member("$ref");
    if (!reference || !reference.node->is_scalar()) return place;
    const std::string_view text = reference.text();
    if (!text.starts_with('#'))
      return wrong_at(reference,
                      "it refers to another document, and only what stands in this one is read; put it below #/components.");
    if (followed == kMostReferences) return wrong_at(reference, "references lead on and on.");
    std::vector<std::string> steps;
    if (!split(text.substr(1), steps)) return wrong_at(reference, "a reference is written like #/components/schemas/Task.");
    DocumentPlace target = root_;
    for (const std::string& step : steps) {
      const bool list = target && target.node->is_list() && !step.empty();
      const std::size_t index = list && step.size() < 6 && step.find_first_not_of("0123456789") == std::string::npos
                                    ? static_cast<std::size_t>(std::stoul(step))
                                    : SIZE_MAX;
      target = !list ? target.member(step) : index < target.node->items.size() ? target.item(index) : DocumentPlace();
    }
    if (!target) return wrong_at(reference, "it refers to what is not in the document.");
    place = std::move(target);
  }
  return place;
}

Result<DocumentPlace> OpenApiDocument::member(const DocumentPlace& place, std::string_view name) const {
  return resolve(place.member(name));
}

Result<void> OpenApiDocument::gather(const DocumentPlace& at, std::map<std::string, DocumentPlace>& out, int depth) const {
  if (!at || depth > kMostCombined) return success();
  GH_TRY(const DocumentPlace schema, resolve(at));
  if (const DocumentPlace own = schema.member("properties"); own && own.node->is_map()) {
    for (const Member& property : own.node->members) out.try_emplace(property.name, own.member(property.name));
  }
  for (const std::string_view combined : {"allOf", "oneOf", "anyOf"}) {
    const DocumentPlace parts = schema.member(combined);
    for (std::size_t i = 0; parts && parts.node->is_list() && i < parts.node->items.size(); ++i) {
      GH_TRYV(gather(parts.item(i), out, depth + 1));
    }
  }
  return success();
}

Result<std::map<std::string, DocumentPlace>> OpenApiDocument::properties(const DocumentPlace& schema) const {
  std::map<std::string, DocumentPlace> all;
  GH_TRYV(gather(schema, all, 0));
  return all;
}

Result<DocumentPlace> OpenApiDocument::elements(const DocumentPlace& at) const {
  GH_TRY(const DocumentPlace schema, resolve(at));
  return member(schema, "items");
}

Result<DocumentPlace> OpenApiDocument::below(const DocumentPlace& schema, const std::vector<std::string>& steps) const {
  DocumentPlace at = schema;
  for (const std::string& step : steps) {
    if (step == "*") {
      GH_TRY(at, elements(at));
      continue;
    }
    GH_TRY(const auto named, properties(at));
    const auto found = named.find(step);
    at = found == named.end() ? DocumentPlace() : found->second;
  }
  return resolve(at);
}

Result<DocumentPlace> OpenApiDocument::json_schema(const DocumentPlace& content) const {
  if (!content || !content.node->is_map()) return DocumentPlace();
  for (const Member& type : content.node->members) {
    const std::string_view name = std::string_view(type.name).substr(0, type.name.find(';'));
    if (same_without_case(name, "application/json")) return member(content.member(type.name), "schema");
  }
  return DocumentPlace();
}

}  // namespace gatehouse::catalogue
