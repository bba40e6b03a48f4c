#include "cli/print.h"

#include <algorithm>
#include <iostream>

namespace gatehouse::cli {
namespace {

namespace json = boost::json;
constexpr std::size_t kWidest = 60;

/// Characters, not bytes: a name in Greek is as wide as one in Latin.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cell(const json::object& item, std::string_view member) {
  const auto* value = item.if_contains(member);
  std::string text = value ? in_words(*value) : std::string("-");
  if (width_of(text) <= kWidest) return text;
  std::size_t end = kWidest - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

void print_row(std::ostream& out, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out << cells[i];
    if (i + 1 < cells.size()) out << std::string(widths[i] - width_of(cells[i]) + 2, ' ');
  }
  out << "\n";
}

std::string in_title(json::string_view member) {
  std::string title(member.data(), member.size());
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = c == '\n' || c == '\t' ? ' ' : '?';
  }
  return out;
}

std::string in_words(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get_string().empty() ? "-" : printable(std::string_view(value.get_string()));
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_array()) {
    std::string text;
    for (const json::value& one : value.get_array()) text += (text.empty() ? "" : ", ") + in_words(one);
    return text.empty() ? "-" : text;
  }
  if (value.is_object()) {
    std::string text;
    for (const auto& member : value.get_object())
      text += (text.empty() ? "" : ", ") + in_title(member.key()) + " " + in_words(member.value());
    return text.empty() ? "-" : text;
  }
  return json::serialize(value);
}

void print_table(Context& context, const json::value& items, const std::vector<Column>& columns) {
  const json::array* array = items.if_array();
  if (!array || array->empty()) {
    context.err << "Nothing.\n";
    return;
  }
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : columns) rows.front().emplace_back(column.title);
  for (const json::value& item : *array) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const Column& column : columns) row.push_back(item.is_object() ? cell(item.get_object(), column.member) : "-");
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  for (const auto& row : rows) print_row(context.out, row, widths);
}

void print_record(Context& context, const json::value& record) {
  const json::object* object = record.if_object();
  if (!object) return;
  std::size_t widest = 0;
  for (const auto& member : *object) widest = std::max(widest, member.key().size());
  for (const auto& member : *object) {
    const std::string title = in_title(member.key());
    const std::string indent(widest + 2, ' ');
    context.out << title << indent.substr(title.size());
    // Each of several records has a line of its own.
    const json::array* records = member.value().if_array();
    if (!records || records->empty() || !records->front().is_object()) {
      context.out << in_words(member.value()) << "\n";
      continue;
    }
    for (std::size_t i = 0; i < records->size(); ++i) context.out << (i == 0 ? "" : indent) << in_words((*records)[i]) << "\n";
  }
}

}  // namespace gatehouse::cli
