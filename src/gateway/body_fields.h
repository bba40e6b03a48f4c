// Reads issue fields in a request's body by what their type names (upstream/field_types.h). Used by body_reader.cpp alone.
#pragma once

#include <string_view>

#include "gateway/body_writer.h"

namespace gatehouse::gateway {

class FieldReader {
 public:
  explicit FieldReader(BodyWriter& writer) : writer_(writer) {}
  /// {"summary": …, "customfield_10016": …}
  bool fields(const catalogue::Parameter& row);
  /// {"labels": [{"add": "x"}], "issuelinks": [{"add": {…}}]}
  bool update(const catalogue::Parameter& row);

 private:
  bool value(std::string_view field_id, const catalogue::Parameter& row);
  bool verb(std::string_view verb, std::string_view field_id, const catalogue::Parameter& row);
  bool one_of(catalogue::Kind kind, const catalogue::Parameter& row);
  bool named_object(catalogue::Kind kind, const catalogue::Parameter& row);
  bool issue_link(const catalogue::Parameter& row);
  bool comment_or_worklog(std::string_view verb, catalogue::Kind kind, const catalogue::Parameter& row);

  BodyWriter& writer_;
};

}  // namespace gatehouse::gateway
