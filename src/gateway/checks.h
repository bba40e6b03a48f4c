// The names of the hazard checks. Each can be left out of a test build, to prove that the escape test would notice.
//
//   cmake … -DGATEHOUSE_DISABLED_CHECK=moved_key
//
// In every other build all are on and `if constexpr` leaves no trace. A name that is not listed does not compile, here or on
// the command line, so that a renamed check can't silently stay on. The escape test reads the list from this file.
#pragma once

#include <array>
#include <string_view>

namespace gatehouse::gateway {

inline constexpr std::array<std::string_view, 28> kCheckNames = {
    "canonical_target",       // a target that two parsers could read differently is refused
    "duplicate_parameter",    // a repeated query parameter is refused
    "query_unclassified",     // a query parameter that the catalogue does not list is refused to bounded tokens
    "expand_allowed",         // expand values and other closed sets hold nothing but what is listed
    "duplicate_json_key",     // a repeated key in a body is refused, whatever its escapes
    "body_unclassified",      // a body field that the catalogue does not list is refused to bounded tokens
    "body_identifiers",       // what a body names is located and decided like what the path names
    "field_type_write",       // a bounded write to a field of unknown type, or one that names other objects, is refused
    "moved_key",              // an issue's project is what a look-up says, not what its key begins with
    "renamed_project",        // a project is compared by id, not by key
    "nested_parent",          // a comment, worklog … belongs to the issue that the path names
    "read_verified",          // the answer of a read is released only if the project in it is permitted
    "write_located_afresh",   // a write is preceded by a look-up of what it touches
    "every_resource",         // all that a request touches must be permitted, not only the first
    "query_confined",         // JQL is narrowed to the permitted projects
    "query_strict",           // JQL may name only what lies inside or is common to the site
    "item_verified",          // every item of a list is verified, whatever the query was
    "restricted_level",       // issues with a security level are left out where the grant says so
    "issue_reference",        // issues named in an answer (links, parent, subtasks) are kept only if proven inside
    "field_type_redaction",   // fields are redacted by type; unknown structured ones are dropped
    "links_rewritten",        // links for programs lead to the gateway
    "shared_container",       // a sprint or board is changed as a whole only if all that it holds lies inside
    "attachment_home",        // an attachment is where its issue lists it, whatever the link or the memory says
    "access_narrowed",        // an access token opens what its claims leave of its client, and no more
    "inherited_restriction",  // content of Confluence is restricted too by what it lies below
    "content_container",      // a comment or attachment is where what it belongs to is, whatever else is believed
    "list_filled",            // a page of a list is filled, so that it does not tell how much was left out of it
    "list_gathered",          // a list that can't be narrowed is paged by Gatehouse: no page tells how much was left out
};

namespace detail {
consteval bool is_listed(std::string_view name) {
  for (const std::string_view listed : kCheckNames) {
    if (listed == name) return true;
  }
  return false;
}
}  // namespace detail

#ifdef GATEHOUSE_DISABLED_CHECK
static_assert(detail::is_listed(GATEHOUSE_DISABLED_CHECK), "GATEHOUSE_DISABLED_CHECK names no check of gateway/checks.h");
#endif

/// True but in a test build that leaves `name` out. A name that is not listed does not compile.
consteval bool check_enabled(std::string_view name) {
  if (!detail::is_listed(name)) throw "check_enabled: add the name to kCheckNames";
#ifdef GATEHOUSE_DISABLED_CHECK
  return name != std::string_view(GATEHOUSE_DISABLED_CHECK);
#else
  return true;
#endif
}

}  // namespace gatehouse::gateway
