// What the stand-in knows: projects, issues and everything about them, as plain data.
//
// Issue fields are kept in a compact form (an account id for a user, a list of ids for versions); render.h makes Jira's
// answers from it. Entities that Jira gives out nearly as they are kept are JSON objects in a Table; keys that begin with
// '_' are ours and never leave. Guarded by the lock of the server that owns it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/json.hpp>

#include "sandbox/admin_api.h"
#include "sandbox/atlassian.h"
#include "sandbox/sandbox.h"
#include "sandbox/wiki_state.h"

namespace gatehouse::sandbox {

namespace json = boost::json;
using ObjectId = std::int64_t;
using Table = std::map<ObjectId, json::object>;

struct User {
  std::string account_id;
  std::string email;
  std::string name;
  bool active = true;
  std::vector<std::string> groups;
};

struct Project {
  ObjectId id = 0;
  std::string key;
  std::string name;
  std::string description;
  std::string lead;
  std::string style = "classic";  ///< or "next-gen": team-managed
  std::vector<ObjectId> issue_types;
  std::vector<ObjectId> levels;  ///< security levels
  std::map<ObjectId, std::set<std::string>> role_members;
  json::object features;
  ObjectId next_number = 1;
  std::string canary;
};

struct Comment {
  ObjectId id = 0;
  std::string author;
  json::value body;          ///< a string, or the ADF document that was sent
  std::string visible_type;  ///< "role" or "group", empty: all
  std::string visible_to;
  std::string created;
  std::string updated;
};

struct Worklog {
  ObjectId id = 0;
  std::string author;
  json::value comment;
  std::string started;
  std::int64_t seconds = 0;
  std::string created;
  std::string updated;
  std::int64_t updated_ms = 0;
};

struct Change {
  ObjectId id = 0;
  std::string author;
  std::string created;
  json::array items;
};

struct Attachment {
  ObjectId id = 0;
  std::string filename;
  std::string mime;
  std::string bytes;
  std::string author;
  std::string created;
  std::string media;  ///< its name on the media host
};

struct RemoteLink {
  ObjectId id = 0;
  json::object value;
};

struct Issue {
  ObjectId id = 0;
  std::string key;
  ObjectId project = 0;
  json::object fields;
  std::vector<Comment> comments;
  std::vector<Worklog> worklogs;
  std::vector<Change> changes;
  std::vector<Attachment> attachments;
  std::vector<RemoteLink> remote_links;
  std::set<std::string> watchers;
  std::set<std::string> voters;
  /// What the search index still believes: the project that it was in, for so many searches more (-1: for ever).
  ObjectId stale_project = 0;
  int stale_left = 0;
};

struct Field {
  std::string id;  ///< "summary", "customfield_10016"
  std::string name;
  std::string type;                  ///< schema.type: string, user, array, option, project, any …
  std::string items;                 ///< schema.items of an array
  std::string custom;                ///< the type's long name, empty for a system field
  std::vector<std::string> clauses;  ///< its names in JQL
  ObjectId scope_project = 0;        ///< of a team-managed project's own field
  bool navigable = true;
};

/// What the next requests shall suffer.
struct Fault {
  std::string kind;               ///< slow, reset, truncated, unauthorized, error, lie, extra-bytes, huge-body; empty: none
  std::string match;              ///< only targets that contain this
  int remaining = 0;              ///< requests; -1: until cleared
  int delay_ms = 0;               ///< slow
  ObjectId lie_issue = 0;         ///< lie: this issue is answered in the place of any other
  std::size_t size = 64U << 20U;  ///< huge-body
};

struct Recorded {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 0;
};

/// How the stand-in reads what is ambiguous. The defaults are the worse branch.
struct Leniency {
  bool last_parameter_wins = false;  ///< of a repeated query parameter
  bool last_json_key_wins = true;    ///< of a repeated key
  bool decode_slash = true;          ///< %2F separates segments
  bool strip_matrix = true;          ///< ;params are cut off
  bool merge_slashes = true;
  bool case_insensitive_path = false;
  bool method_override = true;  ///< X-HTTP-Method-Override
  bool nested_ids = true;       ///< a comment of B answers under an issue of A
  bool bind_by_name = true;     ///< ?issueIdOrKey= beats the path; a body's read-only issueId or projectId is obeyed
};

struct Site {
  Options options;
  Leniency leniency;
  Fault fault;
  std::string base;  ///< http://127.0.0.1:8080
  std::string media;

  std::map<ObjectId, Project> projects;
  std::map<std::string, ObjectId> old_project_keys;
  std::map<ObjectId, Issue> issues;
  std::unordered_map<std::string, ObjectId> issue_by_key;
  std::unordered_map<std::string, ObjectId> issue_by_old_key;
  std::unordered_map<ObjectId, ObjectId> comment_home, worklog_home, attachment_home;  ///< id → issue
  std::vector<Issue> ghosts;                                                           ///< deleted, and still found

  Table issue_types, statuses, priorities, resolutions, link_types, links, versions, components, levels, roles, options_of_fields,
      filters, dashboards, boards, sprints, tasks, webhooks, categories, desks, queues, request_types;
  std::map<std::string, std::string> temporary_files;  ///< of service desks, by the id that was given for them
  std::map<std::string, Field> fields;
  std::map<std::string, User> users;
  std::map<std::string, json::object> properties;       ///< "issue/10000" → {key: value}
  std::map<std::string, std::deque<ObjectId>> history;  ///< what a user looked at last
  std::vector<std::pair<ObjectId, std::int64_t>> deleted_worklogs;
  std::map<std::string, std::vector<ObjectId>> cursors;  ///< nextPageToken → the issues that remain

  AdminApi admin = seeded_admin_api();
  Account account;  ///< of people, and of the app that they consent to
  Wiki wiki;

  std::deque<Recorded> recorded;
  std::uint64_t requests_seen = 0;
  ObjectId next_id = 20000;
};

/// The seed: see seed.cpp for what lies where. Takes the options, base and media from `site`, replaces the rest.
void seed(Site& site);
/// `count` more issues with all usual fields in a project that exists.
void generate_issues(Site& site, std::string_view project_key, int count);

/// Jira's own leniency: numeric id, key of any case, key before a move, key under a project's former key. nullptr: none.
Issue* find_issue(Site& site, std::string_view id_or_key);
/// By id, key of any case, or former key.
Project* find_project(Site& site, std::string_view id_or_key);
/// By exact key of this moment.
Project* project_by_key(Site& site, std::string_view key);

Issue& add_issue(Site& site, Project& project, json::object fields, const std::string& author);
/// Gives the issue a key in `target`; the old key goes on answering, and the index lags behind.
void move_issue(Site& site, Issue& issue, Project& target);
/// With its subtasks, links and everything else; the index lags behind.
void delete_issue(Site& site, ObjectId id);
/// Sets fields and writes the history of it.
void change_fields(Site& site, Issue& issue, const json::object& changes, const std::string& author);
/// The text that the history shows for a stored value: "Done", "B-1", a sprint's name.
std::string display(const Site& site, const Field& field, const json::value& stored);

/// "2026-11-24T02:30:00.000+0000"
std::string jira_time();
std::int64_t now_ms();
/// A digest of everything that belongs to the project, and the relations of its issues with others' as a list.
json::object state_digest(const Site& site, const Project& project);

}  // namespace gatehouse::sandbox
