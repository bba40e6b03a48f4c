// The register as a file: CSV, JSON and YAML, written and read. What was written is read back as the same entries.
//
// JSON and YAML have the same shape: {"gatehouse_register":1,"entries":[…]}. CSV has one line for each credential, with the
// columns of its automation before it; an automation without credentials has one line. Members that Gatehouse fills in itself
// (observed, permissions, state, …) are written and, when read, left aside.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse::inventory {

std::string to_csv(const boost::json::array& entries);
std::string to_json(boost::json::array entries);
std::string to_yaml(const boost::json::array& entries);

/// One value of a file, with the line that it stands on.
struct FileField {
  int line = 0;
  std::vector<std::string> values;  ///< none: null, or an empty list; one of a plain field
};

/// An automation, or a credential of one, by field name.
struct FileRecord {
  int line = 0;
  std::map<std::string, FileField, std::less<>> fields;
  std::vector<FileRecord> credentials;
};

/// Only fields that people set are in the records. kInvalidArgument names line and field of what can't be read: an unknown field,
/// one of another type, one that is given twice, lines of one automation that differ.
Result<std::vector<FileRecord>> read_register(std::string_view text, std::string_view format);

/// "Line 3, field owner: …"
Error wrong_field(int line, std::string_view field, std::string_view what);

}  // namespace gatehouse::inventory
