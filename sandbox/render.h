// Jira's answers made from the compact state: one function an entity. Used by the routes.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sandbox/web.h"

namespace gatehouse::sandbox {

json::value user_json(const Call& call, const std::string& account_id);  ///< null for an empty id
json::object project_ref(const Call& call, const Project& project);
json::object status_json(const Call& call, ObjectId id);
json::object issue_type_json(const Call& call, ObjectId id);
json::object priority_json(const Call& call, ObjectId id);
/// A table's row without our own keys, with `self` below the API where `path` is not empty.
json::object row_json(const Call& call, const Table& table, ObjectId id, std::string_view path);
json::object version_json(const Call& call, ObjectId id);
json::object component_json(const Call& call, ObjectId id);
json::object sprint_json(const Call& call, ObjectId id, bool inside_issue);
json::object comment_json(const Call& call, const Issue& issue, const Comment& comment);
json::object worklog_json(const Call& call, const Issue& issue, const Worklog& worklog);
json::object attachment_json(const Call& call, const Attachment& attachment);
json::object change_json(const Call& call, const Change& change);
/// The far end of a link or a parent: id, key, self and four fields.
json::object issue_ref(const Call& call, const Issue& issue);
json::object link_json(const Call& call, const json::object& link, ObjectId seen_from);  ///< 0: both ends
json::object field_json(const Field& field);                                             ///< as GET /field gives it
json::object schema_json(const Field& field);
json::array transitions_json(const Call& call, const Issue& issue);
/// What a text is in this version of the API: wiki text, or ADF.
json::value text_json(const Call& call, const json::value& stored);

/// As HTML, in which each issue key has become a link with that issue's summary, of whatever project it is.
std::string html_of(const Call& call, const std::string& text);

/// Which fields of an issue, and what beside them.
struct IssueView {
  std::vector<std::string> fields;  ///< as the parameter says: names, "*all", "*navigable", "-comment"
  std::set<std::string> expand;
  std::vector<std::string> properties;
};

bool wants(const IssueView& view, const Field& field);
json::value field_value(const Call& call, const Issue& issue, const Field& field);
json::object issue_json(const Call& call, const Issue& issue, const IssueView& view);
/// What may be set in an issue of the project: editmeta's and createmeta's `fields`.
json::object fields_meta(const Call& call, ObjectId project_id);
/// names and schema of the chosen fields, for `expand`.
json::object names_json(const Call& call, const IssueView& view);
json::object schemas_json(const Call& call, const IssueView& view);

}  // namespace gatehouse::sandbox
