// The strict rule for JQL: a query may name only what lies inside the boundary or is common to the site.
//
// ANDing a boundary keeps foreign issues out of the result, but values and functions that name things still answer whether
// a foreign thing exists, relates or matches. Here each field and function is known, or refused. What is named is either
// decided by the caller at once (projects, custom field types) or handed back to be proven by look-up. Called by jql_confine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/jql_tree.h"
#include "query/query_error.h"

namespace gatehouse::query {

/// What the values of a field are. Zero is unknown and refused.
enum class FieldKind : std::uint8_t {
  kUnknown = 0,
  kPlain,  ///< text, number, date, option: names nothing outside the issue or is site-common
  kUser,
  kGroup,
  kProject,
  kIssue,          ///< the issue itself
  kIssueRelation,  ///< another issue (parent, epic link): asked for positively only, since a negation or EMPTY tells of foreign
                   ///< ones
  kVersion,
  kComponent,
  kSprint,  ///< may span projects: named positively only; EMPTY and openSprints() tell of the issue itself
  kSecurityLevel,
};

/// A thing that the query names and that the caller must prove to lie inside before the query is sent.
struct NamedThing {
  enum class Kind : std::uint8_t { kIssue, kSprint, kVersion, kComponent, kUser, kGroup, kSecurityLevel };
  Kind kind = Kind::kIssue;
  std::string text;     ///< decoded: key, id or name, as Jira would try them
  bool number = false;  ///< written as a bare number: Jira tries it as an id first
  std::size_t at = 0;
  bool operator==(const NamedThing&) const = default;
};

/// What only the caller knows. Implementations must be pure for the time of a call.
class BoundaryNames {
 public:
  struct Project {
    std::string text;     ///< what stands for it in the query that is sent: its id, best
    bool number = false;  ///< written bare: an id
  };

  virtual ~BoundaryNames() = default;
  /// The project inside the boundary that Jira would take `value` for (id, key or name, any case), else nothing: refused.
  virtual std::optional<Project> permitted_project(std::string_view value, bool number) const = 0;
  /// The kind of a field that is not a system field: `field` is kCustom, or a kName that system fields lack, without
  /// properties. Where several custom fields share a name, kUnknown unless all are of one kind.
  virtual FieldKind custom_field(const JqlField& field) const = 0;
};

/// Checks `query` and puts the caller's own spelling in place of each project value. Gives back what is to be proven, in
/// order of appearance and without repetition, or an error that names the first field, function or value that is refused.
QueryResult<std::vector<NamedThing>> apply_strict(JqlQuery& query, const BoundaryNames& names);

}  // namespace gatehouse::query
