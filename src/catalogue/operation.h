// One operation of a product's API: a method and a path template, its scopes, and what each of its identifiers is.
//
// Immutable once loaded. The tables are catalogue/*.ops (format: catalogue/FORMAT.md); nothing is known of an API beyond them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/scope.h"
#include "model/site.h"

namespace gatehouse::catalogue {

struct Shape;    // catalogue/shapes.h
class BodyNode;  // catalogue/body_rules.h

/// What a path segment, a query parameter or a body field names. Zero is "unclassified" and refuses the request.
enum class Kind : std::uint8_t {
  kUnclassified = 0,
  kInert,       ///< names nothing: numbers, texts, flags
  kSiteCommon,  ///< a status, priority, issue type, field, role id …: belongs to no project
  kProject,     ///< id or key
  kIssue,       ///< id or key; old keys too
  kComment,     ///< id, nested under the issue of the same operation, or on its own
  kWorklog,
  kAttachment,
  kIssueLink,
  kRemoteLink,
  kComponent,
  kVersion,
  kFilter,
  kDashboard,
  kBoard,
  kSprint,
  kEpic,
  kProperty,  ///< a property key under the object before it
  kUser,      ///< account id
  kGroup,
  kTask,  ///< async task: usable by the credential that obtained it
  kServiceDesk,
  kRequestType,
  kQueue,
  kSpace,
  kContent,  ///< a page, blog post, comment, attachment, whiteboard … of Confluence, by id
  kJql,
  kCql,
  kFieldList,        ///< names of issue fields
  kExpand,           ///< comma list, each of `allowed`
  kIssueFields,      ///< body: an object of issue fields, by field metadata
  kIssueUpdate,      ///< body: an `update` object, by field metadata
  kText,             ///< body: free text or an ADF document: inert
  kSelf,             ///< state of the upstream account itself: not writable by bounded tokens
  kPageToken,        ///< an opaque cursor of upstream: sealed to token, operation and query
  kIssueHint,        ///< Gatehouse's own: the issue under which an attachment is looked for; never sent upstream
  kAvatar,           ///< id of an image, nested under the project of the same operation
  kRelatedWork,      ///< id of a related work, nested under the version of the same operation
  kMoveTarget,       ///< body: the key of an object itself names project, issue type and parent: "PROJECT,TYPE[,PARENT]"
  kApproval,         ///< id of an approval, nested under the request of the same operation
  kContentProperty,  ///< id of a property of Confluence, nested under the content or space that the path names first
  kResource,         ///< of an OpenAPI site: the value itself is the resource's id
  kObject,           ///< of an OpenAPI site: an object's id; another operation's answer says to which resource it belongs
};

/// Of kind content: what the id is of, where the operation says so. Zero: of any type.
enum class ContentType : std::uint8_t {
  kAny = 0,
  kPage,
  kBlogPost,
  kAttachment,
  kFooterComment,
  kInlineComment,
  kComment,  ///< one of these two
  kCustomContent,
  kWhiteboard,
  kDatabase,
  kFolder,
  kEmbed,
  kTask,
  kTemplate,
};

/// Of kObject: the read that tells where the object lies, written anew from its parts.
struct ObjectLookup {
  std::string before;                 ///< of the read's path, up to the id: "/tasks/"
  std::string after;                  ///< … and behind it: "" or "/summary"
  std::vector<std::string> resource;  ///< where the resource stands in the answer, key by key
};

/// A parameter of the path, the query or the body. Body names are paths: `fields`, `issueIdsOrKeys[]`, `outwardIssue.key`,
/// `visibility.**` (a whole subtree); the gateway walks them by catalogue/body_rules.h.
struct Parameter {
  enum class Carrier : std::uint8_t { kPath, kQuery, kBody };
  Carrier carrier = Carrier::kPath;
  std::string name;
  Kind kind = Kind::kUnclassified;
  bool list = false;      ///< a comma list, or a parameter that may be repeated
  bool required = false;  ///< a bounded token must give it
  bool confines = false;  ///< where a bounded token leaves it out, the gateway adds the permitted resources here
  bool whole = false;  ///< of a board, sprint or content: all that it holds must lie inside too, since the operation changes it
  ContentType content_type = ContentType::kAny;
  /// How a project or space is written here, where only one form works upstream.
  enum class Form : std::uint8_t { kEither, kId, kKey };
  Form form = Form::kEither;
  std::vector<std::string> allowed;                      ///< of kExpand, and of inert parameters with a closed set; empty: any
  std::shared_ptr<const ObjectLookup> lookup = nullptr;  ///< of kObject
};

/// What a bounded token may do with it. Zero refuses.
enum class Bounded : std::uint8_t {
  kRefused = 0,
  kAllowed,   ///< site-common: nothing in it belongs to a project
  kLocated,   ///< one or several objects lead to resources
  kConfined,  ///< narrowed before it is sent (JQL, filter parameters), and every item verified
  kFiltered,  ///< cannot be narrowed: gathered, filtered, paged by Gatehouse
};

enum class Access : std::uint8_t { kRead, kWrite, kDelete, kAdminister };

/// One segment of a path template: a literal, one of several literals, or a parameter.
struct Segment {
  std::vector<std::string> literals;  ///< empty: a parameter
  std::uint16_t parameter = 0;        ///< of a parameter: its place in Operation::parameters
};

struct Operation {
  std::uint16_t index = 0;  ///< place in its catalogue
  Product product = Product::kJira;
  std::string id;      ///< Atlassian's operationId; unique in its catalogue
  std::string method;  ///< "GET" …
  std::string path;    ///< template: "/rest/api/{2|3|latest}/issue/{issueIdOrKey}"
  bool has_classic = false;
  bool has_granular = false;
  ScopeSet classic;   ///< all of these …
  ScopeSet granular;  ///< … or all of these; neither: no scope is required where both flags are set, else refused
  Access access = Access::kWrite;
  std::vector<Parameter> parameters;  ///< path ones in the order of the template, then query ones by name, then body ones
  std::uint16_t path_count = 0;
  std::uint16_t query_count = 0;
  std::shared_ptr<const BodyNode> body;  ///< of the body parameters; null if there is none
  Bounded bounded = Bounded::kRefused;
  std::string refusal;            ///< of kRefused: why, in one line
  std::vector<Segment> segments;  ///< of `path`
  std::string answer;             ///< name of the answer's shape (catalogue/*.shapes); "none", "links", "blob" as FORMAT.md says
  const Shape* shape = nullptr;   ///< of `answer`; nullptr for "none", "links", "blob"
  bool answer_list = false;       ///< `answer [shape]`: the answer is an array, its elements are the units of release
  bool caller_dependent = false;  ///< what it answers depends on who asks (`/myself`, currentUser())
  bool directory = false;         ///< of users and groups beyond those of a project: only where the grant says `directory`
  std::string body_type;          ///< "json", "multipart", "image", "declared" or "" for none
  std::vector<std::string> body_types;  ///< of "declared": the media types, in lower case; bounded tokens send JSON alone
  /// Of a list that can't be narrowed: the query parameters for offset and size. For bounded tokens the gateway reads it from its
  /// beginning to its end, leaves out what lies outside, and pages what remains by itself.
  std::string gather_offset;
  std::string gather_size;
  /// Of a list that goes on by an opaque cursor: the query parameters for cursor and size. For bounded tokens a page is filled
  /// from as many of upstream's as it takes (gateway/fill.h).
  std::string fill_cursor;
  std::string fill_size;
  std::string instead;  ///< the operation that takes its place for tokens without `directory`; empty: none

  bool gathers() const noexcept { return !gather_offset.empty(); }
  bool fills() const noexcept { return !fill_cursor.empty(); }

  std::span<const Parameter> path_parameters() const noexcept { return {parameters.data(), path_count}; }
  std::span<const Parameter> query_parameters() const noexcept { return {parameters.data() + path_count, query_count}; }
  std::span<const Parameter> body_parameters() const noexcept {
    return std::span<const Parameter>(parameters).subspan(std::size_t{path_count} + query_count);
  }
  /// By the exact name; nullptr: unclassified, which refuses the request of a bounded token. Body ones by the name in the table.
  const Parameter* find(Parameter::Carrier carrier, std::string_view name) const noexcept;
};

}  // namespace gatehouse::catalogue
