// What a document says about an operation's answer, and the shape (catalogue/shapes.h) that a bounded token's answer passes
// through. Used by catalogue/openapi.cpp alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalogue/openapi_document.h"
#include "catalogue/shapes.h"

namespace gatehouse::catalogue {

using Steps = std::vector<std::string>;

/// `x-gatehouse-resource` of a response.
struct AnswerRule {
  enum class Kind : std::uint8_t {
    kMissing = 0,
    kNone,     ///< nothing in it belongs to a resource
    kRequest,  ///< all of it belongs to the resource that the request names
    kObject,   ///< one object, with its resource at `resource`
    kList,     ///< a list at `items`, each of whose items has its resource at `resource`
  };
  struct Nested {
    Steps items;
    Steps resource;
  };
  Kind kind = Kind::kMissing;
  Steps items;
  Steps resource;
  std::vector<Steps> keep;     ///< of a list: scalars beside the items
  std::vector<Nested> nested;  ///< lists within the object or item, whose entries prove themselves
  DocumentPlace place;         ///< of the extension
  DocumentPlace schema;        ///< of the answer's JSON; a null place where there is none
};

/// The one rule of an operation's 2xx responses. Two that differ are an error.
Result<AnswerRule> read_answer_rule(const OpenApiDocument& document, const DocumentPlace& responses);

/// The shape of a kObject or kList; `list` where the answer itself is the array. Shapes are added to `shapes`, which owns them.
Result<const Shape*> make_shape(const OpenApiDocument& document, const AnswerRule& rule,
                                std::vector<std::unique_ptr<Shape>>& shapes, bool& list);

}  // namespace gatehouse::catalogue
