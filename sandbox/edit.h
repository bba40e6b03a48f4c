// What a client writes into an issue, read into the compact state. Used by the routes that create, edit and move issues.
#pragma once

#include "sandbox/web.h"

namespace gatehouse::sandbox {

/// A field's value as it is stored; throws Refused (400, by field) where it names nothing.
json::value read_field(const Call& call, const Project& project, const Field& field, const json::value& given);
/// `fields` of a body, without project.
json::object read_fields(const Call& call, const Project& project, const json::value& given);
/// `fields`, `update` and `properties` of a body. Worse branch: a `project` among the fields moves the issue.
void apply_edit(Call& call, Issue& issue, const json::object& body);
/// Creates one from {"fields", "update", "properties", "transition"}.
Issue& create_issue(Call& call, const json::object& body);
void do_transition(Call& call, Issue& issue, const std::string& transition_id, const json::object& body);
/// `named`, or the issue whose id the body holds where it should not (Leniency::bind_by_name).
Issue& issue_meant(const Call& call, Issue& named, const json::object& given);
Comment& add_comment(Call& call, Issue& issue, const json::object& given);
Worklog& add_worklog(Call& call, Issue& issue, const json::object& given);
/// {"type", "inwardIssue", "outwardIssue"}; an end that is not named is `self`.
ObjectId add_link(Call& call, const json::object& given, const Issue* self);
/// By id or, case ignored, by name or value; 0 where there is none.
ObjectId id_in(const Table& table, const json::value& given);

}  // namespace gatehouse::sandbox
