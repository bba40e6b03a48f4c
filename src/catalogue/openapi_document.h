// An OpenAPI document as a tree whose places have names: references followed, schemas read as far as their members' names.
//
// Used by catalogue/openapi.cpp and openapi_answer.cpp alone. Views into the tree that load_openapi() holds. Errors name the
// place as a JSON Pointer (RFC 6901) and its line.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/document_tree.h"

namespace gatehouse::catalogue {

/// What says where the resource of a parameter, body or answer stands.
inline constexpr std::string_view kResourceExtension = "x-gatehouse-resource";

/// Letters and digits of ASCII and what `also` holds, at least one.
bool all_of(std::string_view text, std::string_view also) noexcept;

/// One place in the document. Without a node: there is nothing.
struct DocumentPlace {
  const Node* node = nullptr;
  std::string pointer;

  explicit operator bool() const noexcept { return node != nullptr; }
  /// A member of a map, as it is written.
  DocumentPlace member(std::string_view name) const;
  DocumentPlace item(std::size_t index) const;
  /// The text of a scalar; empty where it is none.
  std::string_view text() const noexcept;
};

/// kInvalidArgument: "In the document at POINTER (line N): what".
Error wrong_at(const DocumentPlace& place, std::string_view what);

/// The steps of a JSON Pointer; "" has none. kInvalidArgument where it is none.
Result<std::vector<std::string>> parse_pointer(const DocumentPlace& place, std::string_view text);

class OpenApiDocument {
 public:
  explicit OpenApiDocument(const Node& root) : root_{&root, {}} {}
  const DocumentPlace& root() const noexcept { return root_; }

  /// Follows `$ref` as long as there is one. A reference to another document, to nothing or in a circle is an error.
  Result<DocumentPlace> resolve(DocumentPlace place) const;
  /// The member of that name, resolved; nothing where there is none.
  Result<DocumentPlace> member(const DocumentPlace& place, std::string_view name) const;
  /// The members that a schema names, with what allOf, oneOf and anyOf add. Nothing for a null place.
  Result<std::map<std::string, DocumentPlace>> properties(const DocumentPlace& schema) const;
  /// The schema of what stands at `steps` below a value of `schema`, where "*" is each element of a list. A null place where the
  /// schema does not say.
  Result<DocumentPlace> below(const DocumentPlace& schema, const std::vector<std::string>& steps) const;
  /// The schema of a list's elements; a null place where it does not say.
  Result<DocumentPlace> elements(const DocumentPlace& schema) const;
  /// Of a map of media types: whether it has application/json, and its schema.
  Result<DocumentPlace> json_schema(const DocumentPlace& content) const;

 private:
  Result<void> gather(const DocumentPlace& schema, std::map<std::string, DocumentPlace>& out, int depth) const;

  DocumentPlace root_;
};

}  // namespace gatehouse::catalogue
