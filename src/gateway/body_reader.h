// Reads the JSON body of a bounded token's request: every identifier in it, and the body written anew.
//
// Walks the body by the operation's rules (catalogue/body_rules.h) and, below `issue-fields` and `issue-update`, by the site's
// field metadata. What is not classified refuses the request. Upstream never gets the client's bytes: the text is written from
// the tokens, without repeated keys, and the identifiers' places in it are known, so that they can be replaced. Pure; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/body_rules.h"
#include "catalogue/operation.h"
#include "upstream/field_types.h"

namespace gatehouse::gateway {

/// One identifier in a body. Inert and site-common values are not listed.
struct BodyIdentifier {
  catalogue::Kind kind = catalogue::Kind::kUnclassified;
  const catalogue::Parameter* parameter = nullptr;  ///< the row, or of an issue field the row of the object that holds it
  std::string field;                                ///< id of the issue field; empty outside of issue fields
  std::string value;                                ///< decoded; of a number as written
  bool number = false;
  bool in_key = false;   ///< it stands in the key of an object, and so can't be replaced
  std::string place;     ///< "fields.parent.key", for errors and `explain`
  std::size_t from = 0;  ///< its JSON value in `text`
  std::size_t to = 0;
};

/// An array of classified elements, so that one can be added (`fields` of a search).
struct BodyArray {
  const catalogue::Parameter* element = nullptr;
  std::size_t close = 0;  ///< of its ']' in `text`
  bool empty = true;
};

struct BodyFault {
  enum class Code : std::uint8_t {
    kNone = 0,
    kNotJson,       ///< or a repeated key, bad UTF-8, too deep
    kUnclassified,  ///< a place that the table does not know
    kWrongType,     ///< an object where a scalar belongs, and the like
    kNotAllowed,    ///< a value that is not in the closed set
    kUnknownField,  ///< an issue field of unknown type
    kFieldRefused,  ///< a field or verb that a bounded token can't write
  };
  Code code = Code::kNone;
  std::string place;        ///< "fields.customfield_10020"
  std::string_view detail;  ///< what was wrong and what would be right; holds no input
};

struct BodyReading {
  BodyFault fault;
  std::string text;                         ///< the body anew; empty on a fault
  std::vector<BodyIdentifier> identifiers;  ///< in the order of `text`
  std::vector<BodyArray> arrays;
  std::size_t object_close = 0;  ///< of the outermost object's '}'; 0 where the body is no object
  bool object_empty = true;
  bool ok() const noexcept { return fault.code == BodyFault::Code::kNone; }
};

/// `operation` must have a body of type json.
BodyReading read_body(std::string_view body, const catalogue::Operation& operation, const upstream::FieldTypes& fields);

/// One change of BodyReading::text.
struct BodyEdit {
  std::size_t from = 0;
  std::size_t to = 0;  ///< == from: an insertion
  std::string text;
};
BodyEdit replace_value(const BodyIdentifier& identifier, std::string_view string_value);
BodyEdit add_element(const BodyArray& array, std::string_view string_value);
/// `json` as it shall stand. The body must be an object without that key. One such edit a body.
BodyEdit add_member(const BodyReading& reading, std::string_view key, std::string_view json);
/// The text with all edits carried out; they must not overlap.
std::string apply_edits(std::string_view text, std::vector<BodyEdit> edits);

}  // namespace gatehouse::gateway
