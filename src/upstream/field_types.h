// What the values of an issue field name, by the site's own field metadata (GET /rest/api/3/field).
//
// Used by the gateway to read request bodies, to redact answers and for the strict rule of JQL. System fields are known without
// asking; of custom fields only the types listed in field_types.cpp are. Zero is unknown: a bounded write to such a field is
// refused, and of its values only scalars are released. Immutable once made; shared by all threads.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gatehouse::upstream {

enum class FieldType : std::uint8_t {
  kUnknown = 0,
  kPlain,  ///< numbers, dates, texts, options, labels, progress: names nothing outside its issue
  kText,   ///< a string or an ADF document
  kUser,   ///< one user or an array of them
  kGroup,
  kSiteObject,     ///< issue type, status, priority, resolution: site-common
  kProject,        ///< the issue's own project
  kProjectPicker,  ///< another project
  kIssue,          ///< an object that names an issue: parent
  kIssueKey,       ///< the key of an issue as a string: epic link
  kSubtasks,       ///< an array of issues
  kIssueLinks,
  kVersion,    ///< one version or an array; of the issue's own project
  kComponent,  ///< likewise
  kSprint,     ///< may span projects
  kSecurity,
  kAttachments,
  kComments,
  kWorklogs,
  kCounters,  ///< watches, votes: counts and the state of the account that asks
};

struct IssueField {
  std::string id;    ///< "summary", "customfield_10016"
  std::string name;  ///< display name
  FieldType type = FieldType::kUnknown;
  std::vector<std::string> clauses;  ///< its names in JQL, lower case: "cf[10016]", "story points"
  std::string scope;                 ///< the id of the team-managed project that made it for itself; empty: the site's
};

class FieldTypes {
 public:
  /// The system fields alone: what is known where the site's metadata could not be read.
  static const FieldTypes& system();
  /// From the answer of GET /rest/api/{2|3}/field. kDataCorrupt where it is not such an answer. A system field keeps its own type
  /// whatever the metadata says.
  static Result<FieldTypes> parse(std::string_view json);

  FieldType type(std::string_view field_id) const noexcept;
  /// nullptr: not known.
  const IssueField* find(std::string_view field_id) const noexcept;
  /// All fields that a JQL name (lower case) may mean; several custom fields may share one.
  std::vector<const IssueField*> by_clause(std::string_view clause) const;
  std::size_t size() const noexcept { return fields_.size(); }

 private:
  void add(IssueField field);
  /// Of the length and both ends: in them ids differ ("customfield_10016").
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      std::uint64_t begin = 0;
      std::uint64_t end = 0;
      const std::size_t part = text.size() < sizeof begin ? text.size() : sizeof begin;
      if (part > 0) {
        std::memcpy(&begin, text.data(), part);
        std::memcpy(&end, text.data() + text.size() - part, part);
      }
      return static_cast<std::size_t>(begin * 0x9e3779b97f4a7c15ULL ^ end * 0xc2b2ae3d27d4eb4fULL ^ text.size());
    }
  };
  boost::unordered_flat_map<std::string, IssueField, Hash, std::equal_to<>> fields_;
};

}  // namespace gatehouse::upstream
