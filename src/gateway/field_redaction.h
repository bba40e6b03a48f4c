// Redacts issue fields by what their type names (upstream/field_types.h): allow-lists of our own, since their form is Jira's and
// no operation's. Used by redactor.cpp alone.
#pragma once

#include <cstddef>

#include "gateway/redaction_walk.h"

namespace gatehouse::gateway {

class FieldRedactor {
 public:
  explicit FieldRedactor(Walk& walk) : walk_(walk) {}
  /// The object `fields` of an issue.
  Kept issue_fields(std::size_t watches);
  /// `items` of a change of an issue: those that tell of other objects are left out.
  Kept changes();
  /// Fields of a request, or of a request type: [{"fieldId": …, "label": …, "value": …}].
  Kept request_fields();

 private:
  Kept field(upstream::FieldType type, std::size_t watches);
  Kept container(upstream::FieldType type, std::size_t watches);
  Kept issue_mention();
  Kept attachment();
  Kept issue_link();
  Kept change();
  Kept request_field();

  Walk& walk_;
};

}  // namespace gatehouse::gateway
