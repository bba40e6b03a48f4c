// One integration as a Markdown page, for a wiki or a repository.
#include "inventory/register.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;

/// Text as it is: nothing of it is Markdown, HTML or the end of a table's cell.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') {
      out += ' ';
      continue;
    }
    if (letter == '<') {
      out += "&lt;";
      continue;
    }
    if (letter == '&') {
      out += "&amp;";
      continue;
    }
    if (std::string_view("\\`*_[]()#|!~>").find(letter) != std::string_view::npos) out += '\\';
    out += letter;
  }
  return out;
}

std::string words(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get_string().empty() ? "-" : escaped(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  const json::array* list = value.if_array();
  if (!list) return json::serialize(value);
  std::string out;
  for (const json::value& one : *list) out += (out.empty() ? "" : ", ") + words(one);
  return out.empty() ? "-" : out;
}

/// An address that was checked to begin with http:// or https:// becomes a link.
std::string link(const json::value& value) {
  const json::string* text = value.if_string();
  if (!text || (text->find("https://") != 0 && text->find("http://") != 0)) return words(value);
  std::string target;
  for (const char letter : *text) {
    // What would end the angle brackets, or the cell.
    if (letter == '<' || letter == '>' || letter == '|' || letter == '\n' || letter == '\r' || letter == ' ') return words(value);
    target += letter;
  }
  return "<" + target + ">";
}

void row(std::string& out, std::string_view name, const std::string& value) {
  out += "| " + std::string(name) + " | " + value + " |\n";
}

void side_by_side(std::string& out, const json::object& entry) {
  const json::object& declared = entry.at("declared").as_object();
  const json::object& observed = entry.at("observed").as_object();
  out += "\n## Declared and observed\n\n| | declared | observed |\n|---|---|---|\n";
  for (const char* name : {"sites", "resources", "scopes"}) {
    out += "| " + std::string(name) + " | " + words(declared.at(name)) + " | " + words(observed.at(name)) + " |\n";
  }
  for (const auto& [name, member] :
       {std::pair("operations", "operations"), std::pair("addresses", "addresses"), std::pair("user agents", "user_agents")}) {
    out += "| " + std::string(name) + " | | " + words(observed.at(member)) + " |\n";
  }
  out += "| calls in 30 days | | " + words(observed.at("requests")) + " |\n";
  out += "| refused, failed | | " + words(observed.at("refused")) + ", " + words(observed.at("failed")) + " |\n";
  std::string hours;
  for (const json::value& one : observed.at("hours").as_array()) {
    hours += (hours.empty() ? "" : ", ") + words(one.at("hour")) + " h: " + words(one.at("requests"));
  }
  out += "| by hour of the day (UTC) | | " + (hours.empty() ? "-" : hours) + " |\n";
  out += "| first and last used | | " + words(observed.at("first_used_at")) + ", " + words(observed.at("last_used_at")) + " |\n";
}

}  // namespace

std::string markdown_page(const admin::Document& entry) {
  std::string out = "# " + words(entry.at("handle")) + "\n\n" + words(entry.at("purpose")) + "\n\n| | |\n|---|---|\n";
  for (const auto& [name, member] :
       {std::pair("owner", "owner"), std::pair("deputy", "deputy"), std::pair("criticality", "criticality"),
        std::pair("state", "state"), std::pair("only in the register", "external"), std::pair("runs in", "runs_in"),
        std::pair("tool", "tool"), std::pair("repository", "repository"), std::pair("job", "job"), std::pair("link", "link"),
        std::pair("documentation", "docs"), std::pair("runbook", "runbook"), std::pair("rotation plan", "rotation_plan"),
        std::pair("rotates every", "rotate_every"), std::pair("expected every", "expected_every")}) {
    row(out, name, link(entry.at(member)));
  }
  side_by_side(out, entry);
  out += "\n## Permissions\n\n| resource | scopes | role | state |\n|---|---|---|---|\n";
  for (const json::value& one : entry.at("permissions").as_array()) {
    out += "| " + words(one.at("resource")) + " | " + words(one.at("scopes")) + " | " + words(one.at("role")) + " | " +
           words(one.at("state")) + " |\n";
  }
  out +=
      "\n## Credentials\n\n| name | kind | state | owner | ends | rotated | rotation due | every | last used |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const json::value& one : entry.at("credentials").as_array()) {
    std::string line = "|";
    for (const char* member :
         {"name", "kind", "state", "owner", "expires_at", "rotated_at", "rotation_due_at", "rotate_every", "last_used_at"}) {
      line += " " + words(one.at(member)) + " |";
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace gatehouse::inventory
