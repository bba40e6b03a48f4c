// Parses *.shapes (catalogue/FORMAT.md). Used by Catalogue::load.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalogue/shapes.h"
#include "catalogue/table_lines.h"

namespace gatehouse::catalogue {

/// A shape and where it begins.
struct ParsedShape {
  std::unique_ptr<Shape> shape;
  Place place;
};

/// The shapes of all tables of a catalogue: they may refer to each other across tables and in circles.
class ShapeParser {
 public:
  /// Adds the shapes of one table. The error names file and line and what was expected.
  Result<void> add(std::string_view text, std::string_view file);
  /// Resolves the references and checks what can be said only then.
  Result<std::vector<ParsedShape>> link();

 private:
  struct Reference {
    Shape* shape;
    std::string field;
    std::string target;
    Place place;
  };

  Result<void> read_line(const Line& line);
  Result<bool> read_head(const Line& line, Shape& shape);
  Result<void> read_fields(const Line& line, Shape& shape);
  Result<void> check_items(const ParsedShape& parsed) const;

  std::vector<ParsedShape> shapes_;
  std::vector<Reference> references_;
};

}  // namespace gatehouse::catalogue
