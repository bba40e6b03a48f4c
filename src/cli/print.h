// Answers as people read them: tables for lists, one line a member for records. Not a contract; --json is.
#pragma once

#include <boost/json.hpp>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.h"

namespace gatehouse::cli {

struct Column {
  std::string_view title;
  std::string_view member;
};

/// Controls of a terminal that stand in a name are shown as '?': a name must not move the cursor.
std::string printable(std::string_view text);
/// A member in a few words: lists with commas, null as "-", objects as names and values.
std::string in_words(const boost::json::value& value);
/// "Nothing." on `err` where there are no items.
void print_table(Context& context, const boost::json::value& items, const std::vector<Column>& columns);
/// Every member on a line of its own.
void print_record(Context& context, const boost::json::value& record);

}  // namespace gatehouse::cli
