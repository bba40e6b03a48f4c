#include "inventory/register_file.h"

#include <algorithm>
#include <array>

#include "catalogue/document_tree.h"
#include "inventory/csv.h"

namespace gatehouse::inventory {
namespace {

using catalogue::Node;
using catalogue::read_json;
using catalogue::read_yaml;

namespace json = boost::json;

enum class Form { kText, kFlag, kList, kOurs };

/// A member of an entry or of a credential. kOurs: Gatehouse fills it in; it is written, and left aside when read.
struct Rule {
  std::string_view name;
  Form form = Form::kText;
};

constexpr std::array kEntryRules{Rule{"handle"},
                                 Rule{"external", Form::kFlag},
                                 Rule{"owner"},
                                 Rule{"deputy"},
                                 Rule{"purpose"},
                                 Rule{"runs_in"},
                                 Rule{"tool"},
                                 Rule{"repository"},
                                 Rule{"job"},
                                 Rule{"link"},
                                 Rule{"docs"},
                                 Rule{"runbook"},
                                 Rule{"criticality"},
                                 Rule{"rotation_plan"},
                                 Rule{"rotate_every"},
                                 Rule{"expected_every"},
                                 Rule{"declared_sites", Form::kList},
                                 Rule{"declared_resources", Form::kList},
                                 Rule{"declared_scopes", Form::kList},
                                 Rule{"state", Form::kOurs},
                                 Rule{"permissions", Form::kOurs},
                                 Rule{"observed_sites", Form::kOurs},
                                 Rule{"observed_resources", Form::kOurs},
                                 Rule{"observed_scopes", Form::kOurs},
                                 Rule{"observed_operations", Form::kOurs},
                                 Rule{"observed_addresses", Form::kOurs},
                                 Rule{"observed_user_agents", Form::kOurs},
                                 Rule{"observed_requests", Form::kOurs},
                                 Rule{"observed_refused", Form::kOurs},
                                 Rule{"observed_failed", Form::kOurs},
                                 Rule{"observed_first_used_at", Form::kOurs},
                                 Rule{"observed_last_used_at", Form::kOurs},
                                 Rule{"observed_hours", Form::kOurs}};
/// Of JSON and YAML alone.
constexpr std::array<std::string_view, 5> kTreeOnly{"id", "pause_reason", "paused_until", "created_at", "observed"};

constexpr std::array kCredentialRules{Rule{"id"},
                                      Rule{"kind"},
                                      Rule{"name"},
                                      Rule{"owner"},
                                      Rule{"expires_at"},
                                      Rule{"state", Form::kOurs},
                                      Rule{"scopes", Form::kOurs},
                                      Rule{"resources", Form::kOurs},
                                      Rule{"rotate_every", Form::kOurs},
                                      Rule{"rotated_at"},
                                      Rule{"rotation_due_at", Form::kOurs},
                                      Rule{"last_used_at", Form::kOurs},
                                      Rule{"source", Form::kOurs},
                                      Rule{"upstream_id", Form::kOurs},
                                      Rule{"holder", Form::kOurs},
                                      Rule{"personal", Form::kOurs},
                                      Rule{"upstream_status", Form::kOurs},
                                      Rule{"vanished_at", Form::kOurs}};

constexpr std::string_view kCredentialPrefix = "credential_";

template <class Rules>
const Rule* find_rule(const Rules& rules, std::string_view name) {
  const auto found = std::find_if(rules.begin(), rules.end(), [name](const Rule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

/// A grant, an hour: the members of an object in a few words.
std::string in_words(const json::object& object) {
  std::string out;
  for (const auto& member : object) {
    if (member.value().is_null()) continue;
    std::string value;
    if (const json::array* list = member.value().if_array()) {
      for (const json::value& one : *list) value += (value.empty() ? "" : ",") + std::string(one.as_string());
    } else {
      value = member.value().is_string() ? std::string(member.value().get_string()) : json::serialize(member.value());
    }
    out += (out.empty() ? "" : " ") + value;
  }
  return out;
}

std::string cell_of(const json::value& value, std::string_view between = " ") {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.get_string());
  const json::array* list = value.if_array();
  if (!list) return json::serialize(value);
  std::string out;
  for (const json::value& one : *list) {
    out += (out.empty()       ? ""
            : one.is_object() ? "; "
                              : std::string(between)) +
           (one.is_object() ? in_words(one.get_object()) : cell_of(one));
  }
  return out;
}

/// "declared_sites" stands in the document as declared.sites.
json::value member_of(const json::object& entry, std::string_view name) {
  for (const std::string_view group : {"declared", "observed"}) {
    if (name.size() <= group.size() + 1 || name.substr(0, group.size()) != group || name[group.size()] != '_') continue;
    return entry.at(group).as_object().at(name.substr(group.size() + 1));
  }
  return entry.at(name);
}

std::vector<std::string> entry_cells(const json::object& entry) {
  std::vector<std::string> cells;
  for (const Rule& rule : kEntryRules) {
    // Operations and user agents hold spaces themselves.
    const bool spaced = rule.name == "observed_operations" || rule.name == "observed_user_agents";
    cells.push_back(cell_of(member_of(entry, rule.name), spaced ? "; " : " "));
  }
  return cells;
}

void append_yaml(std::string& out, const json::value& value, std::size_t indent) {
  const std::string margin(indent, ' ');
  if (const json::object* object = value.if_object(); object && !object->empty()) {
    for (const auto& member : *object) {
      const bool nested = (member.value().is_object() && !member.value().get_object().empty()) ||
                          (member.value().is_array() && !member.value().get_array().empty());
      out += margin + std::string(member.key()) + (nested ? ":\n" : ": ");
      append_yaml(out, member.value(), nested ? indent + 2 : 0);
    }
  } else if (const json::array* list = value.if_array(); list && !list->empty()) {
    for (const json::value& one : *list) {
      std::string item;
      append_yaml(item, one, one.is_object() ? indent + 2 : 0);
      // The first member of an object stands behind the dash.
      if (one.is_object()) item.erase(0, indent + 2);
      out += margin + "- " + item;
    }
  } else {
    // JSON's strings are YAML's double-quoted ones.
    out += json::serialize(value) + "\n";
  }
}

/// Reads the members of one automation or credential out of a tree.
class TreeReader {
 public:
  Result<FileRecord> entry(const Node& node) {
    GH_TRYV(expect(node, Node::Kind::kMap, "an entry is an object"));
    FileRecord out;
    out.line = node.line;
    for (const auto& [name, value] : node.members) {
      if (std::find(kTreeOnly.begin(), kTreeOnly.end(), name) != kTreeOnly.end()) continue;
      if (name == "declared") {
        GH_TRYV(expect(value, Node::Kind::kMap, "\"declared\" is an object"));
        for (const auto& [inner, list] : value.members) {
          GH_TRYV(add(out, "declared_" + inner, list, kEntryRules));
        }
      } else if (name == "credentials") {
        GH_TRYV(expect(value, Node::Kind::kList, "\"credentials\" is a list"));
        for (const Node& one : value.items) {
          GH_TRY(FileRecord record, credential(one));
          out.credentials.push_back(std::move(record));
        }
      } else {
        GH_TRYV(add(out, name, value, kEntryRules));
      }
    }
    return out;
  }

 private:
  static Result<void> expect(const Node& node, Node::Kind kind, std::string_view what) {
    if (node.kind == kind) return success();
    return fail(Errc::kInvalidArgument, "Line " + std::to_string(node.line) + ": " + std::string(what) + ".");
  }
  static Result<FileRecord> credential(const Node& node) {
    GH_TRYV(expect(node, Node::Kind::kMap, "a credential is an object"));
    FileRecord out;
    out.line = node.line;
    for (const auto& [name, value] : node.members) {
      GH_TRYV(add(out, name, value, kCredentialRules));
    }
    return out;
  }
  template <class Rules>
  static Result<void> add(FileRecord& out, const std::string& name, const Node& node, const Rules& rules) {
    const Rule* rule = find_rule(rules, name);
    if (!rule) return wrong_field(node.line, name, "there is no such field in the register.");
    if (rule->form == Form::kOurs) return success();
    FileField field{node.line, {}};
    if (node.kind == Node::Kind::kList && rule->form == Form::kList) {
      for (const Node& one : node.items) {
        if (one.kind != Node::Kind::kScalar) return wrong_field(one.line, name, "each of the list must be a word.");
        field.values.push_back(one.text);
      }
    } else if (node.kind == Node::Kind::kScalar && rule->form != Form::kList) {
      field.values.push_back(node.text);
    } else if (node.kind != Node::Kind::kNull) {
      return wrong_field(node.line, name, rule->form == Form::kList ? "it must be a list." : "it must be one value.");
    }
    out.fields.emplace(name, std::move(field));
    return success();
  }
};

Result<std::vector<FileRecord>> read_tree(Result<Node> read) {
  GH_TRY(const Node root, std::move(read));
  const auto member = [&root](std::string_view name) -> const Node* {
    for (const auto& [key, value] : root.members) {
      if (key == name) return &value;
    }
    return nullptr;
  };
  const Node* version = member("gatehouse_register");
  const Node* entries = member("entries");
  if (!version || version->text != "1" || !entries || entries->kind != Node::Kind::kList) {
    return fail(Errc::kInvalidArgument,
                "Line " + std::to_string(std::max(root.line, 1)) +
                    ": the file must be an object with \"gatehouse_register\": 1 and a list \"entries\".");
  }
  std::vector<FileRecord> out;
  TreeReader reader;
  for (const Node& one : entries->items) {
    GH_TRY(FileRecord record, reader.entry(one));
    out.push_back(std::move(record));
  }
  return out;
}

/// What one column of a CSV file is.
struct CsvColumn {
  std::string name;
  const Rule* rule = nullptr;
  bool of_credential = false;
};

Result<std::vector<CsvColumn>> read_header(const CsvRow& row) {
  std::vector<CsvColumn> out;
  for (const std::string& name : row.cells) {
    CsvColumn column;
    column.of_credential = name.rfind(kCredentialPrefix, 0) == 0;
    column.name = column.of_credential ? name.substr(kCredentialPrefix.size()) : name;
    column.rule = column.of_credential ? find_rule(kCredentialRules, column.name) : find_rule(kEntryRules, column.name);
    if (!column.rule) return wrong_field(row.line, name, "there is no such column in the register.");
    const auto same = [&column](const CsvColumn& one) {
      return one.name == column.name && one.of_credential == column.of_credential;
    };
    if (std::any_of(out.begin(), out.end(), same)) return wrong_field(row.line, name, "the column is given twice.");
    out.push_back(std::move(column));
  }
  return out;
}

FileField csv_field(int line, const std::string& cell, Form form) {
  FileField field{line, {}};
  if (form != Form::kList) {
    if (!cell.empty()) field.values.push_back(cell);
    return field;
  }
  for (std::size_t from = 0; from < cell.size();) {
    const std::size_t end = std::min(cell.find(' ', from), cell.size());
    if (end > from) field.values.push_back(cell.substr(from, end - from));
    from = end + 1;
  }
  return field;
}

Result<std::vector<FileRecord>> read_csv_register(std::string_view text) {
  GH_TRY(const std::vector<CsvRow> rows, read_csv(text));
  if (rows.empty()) return fail(Errc::kInvalidArgument, "The file is empty; its first line must name the columns.");
  GH_TRY(const std::vector<CsvColumn> columns, read_header(rows.front()));
  std::vector<FileRecord> out;
  std::map<std::string, std::size_t> by_handle;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    if (row.cells.size() != columns.size()) {
      return fail(Errc::kInvalidArgument, "Line " + std::to_string(row.line) + ": it has " + std::to_string(row.cells.size()) +
                                              " cells, the first line has " + std::to_string(columns.size()) + ".");
    }
    FileRecord entry, credential;
    entry.line = credential.line = row.line;
    bool any = false;
    for (std::size_t at = 0; at < columns.size(); ++at) {
      const CsvColumn& column = columns[at];
      any = any || (column.of_credential && !row.cells[at].empty());
      if (column.rule->form == Form::kOurs) continue;
      FileRecord& into = column.of_credential ? credential : entry;
      into.fields.emplace(column.name, csv_field(row.line, row.cells[at], column.rule->form));
    }
    const auto handle = entry.fields.find("handle");
    if (handle == entry.fields.end() || handle->second.values.empty()) {
      return wrong_field(row.line, "handle", "each line must name its automation.");
    }
    const auto [known, fresh] = by_handle.emplace(handle->second.values.front(), out.size());
    if (fresh) out.push_back(std::move(entry));
    FileRecord& first = out[known->second];
    if (!fresh) {
      for (const auto& [name, field] : entry.fields) {
        if (first.fields.at(name).values == field.values) continue;
        return wrong_field(row.line, name, "it differs from line " + std::to_string(first.line) + " of the same automation.");
      }
    }
    if (any) first.credentials.push_back(std::move(credential));
  }
  return out;
}

}  // namespace

Error wrong_field(int line, std::string_view field, std::string_view what) {
  return fail(Errc::kInvalidArgument, "Line " + std::to_string(line) + ", field " + std::string(field) + ": " + std::string(what),
              {}, std::string(field));
}

std::string to_csv(const json::array& entries) {
  std::vector<std::string> header;
  for (const Rule& rule : kEntryRules) header.emplace_back(rule.name);
  for (const Rule& rule : kCredentialRules) header.push_back(std::string(kCredentialPrefix) + std::string(rule.name));
  std::string out;
  append_csv(out, header);
  for (const json::value& value : entries) {
    const json::object& entry = value.as_object();
    const std::vector<std::string> cells = entry_cells(entry);
    const json::array& credentials = entry.at("credentials").as_array();
    for (std::size_t i = 0; i < std::max<std::size_t>(credentials.size(), 1); ++i) {
      std::vector<std::string> line = cells;
      for (const Rule& rule : kCredentialRules) {
        line.push_back(credentials.empty() ? std::string() : cell_of(credentials[i].as_object().at(rule.name)));
      }
      append_csv(out, line);
    }
  }
  return out;
}

std::string to_json(json::array entries) {
  // An entry a line: two exports can be compared, and an error's line leads to its entry.
  std::string out = "{\"gatehouse_register\":1,\"entries\":[";
  bool first = true;
  for (const json::value& entry : entries) {
    out += (first ? "\n" : ",\n") + json::serialize(entry);
    first = false;
  }
  return out + "\n]}\n";
}

std::string to_yaml(const json::array& entries) {
  std::string out = "gatehouse_register: 1\nentries:";
  if (entries.empty()) return out + " []\n";
  out += "\n";
  append_yaml(out, entries, 2);
  return out;
}

Result<std::vector<FileRecord>> read_register(std::string_view text, std::string_view format) {
  if (format == "csv") return read_csv_register(text);
  if (format == "json") return read_tree(read_json(text));
  if (format == "yaml") return read_tree(read_yaml(text));
  return fail(Errc::kInvalidArgument, "\"format\" must be one of: csv, json, yaml.", {}, "format");
}

}  // namespace gatehouse::inventory
