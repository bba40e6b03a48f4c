// Shapes: allow-lists of what an answer may hold for a bounded token, parsed from catalogue/*.shapes (catalogue/FORMAT.md).
//
// The gateway's redactor walks an answer and asks, key by key, what to do. What a shape does not list is dropped: zero means
// drop. A shape is immutable once loaded and owned by its Catalogue; it does no I/O and knows nothing of HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::catalogue {

enum class Rule : std::uint8_t {
  kDrop = 0,
  kScalar,          ///< string, number, boolean, null; an object or array is dropped. `[scalar]`: with `list`
  kKeep,            ///< any value; its table says that it holds no identifiers of projects
  kText,            ///< a string or an ADF document
  kLink,            ///< for programs: rewritten to the gateway if it lies below the site's API, else dropped
  kWebLink,         ///< for people: passed
  kObject,          ///< by `shape`
  kList,            ///< an array of objects, each by `shape`
  kMap,             ///< an object of any keys, each value an object by `shape`
  kListMap,         ///< an object of any keys, each value an array of objects by `shape`
  kFields,          ///< an object of issue fields, each by its type in the site's field metadata
  kFieldNames,      ///< an object whose keys are field ids and whose values hold nothing of projects (`names`, `schema`)
  kFieldChange,     ///< an array of changes of fields: those whose field names other objects are dropped
  kIssueRef,        ///< an object that names an issue (`id`, `key`): kept only if it is proven to lie inside
  kProjectRef,      ///< an object that names a project (`id`): kept only if inside
  kProjectId,       ///< a scalar that is a project's id: kept only if inside
  kProjectScope,    ///< `scope`: {"type":"PROJECT","project":{"id"}}: decides whether the object that holds it is kept
  kPageToken,       ///< an opaque cursor of upstream: sealed to token, operation and query
  kTask,            ///< the id of an async task: sealed to the token
  kAttachmentLink,  ///< of an attachment's content: rewritten, and carries the issue
  kRequestFields,   ///< an array of {"fieldId", …}: those of fields that may name other objects are dropped
  kIssueId,         ///< a scalar that is an issue's id: kept only if it is proven to lie inside
  kDownloadLink,    ///< of an attachment of Confluence: the operation that downloads it stands in its place
  kEmptied,         ///< a text that clients want, and that may tell too much: an empty one stands in its place
  kContextLink,     ///< "/wiki", behind which relative links stand: with the gateway's prefix before it
};

struct Shape;

struct ShapeField {
  std::string name;
  Rule rule = Rule::kDrop;
  const Shape* shape = nullptr;  ///< of kObject, kList, kMap, kListMap, kIssueRef, kProjectRef
  bool list = false;             ///< of kScalar, kText, kIssueRef, kProjectRef, kProjectId, kIssueId: an array of such values
};

/// What proves that an object may be released. The path leads from the object to the id, through objects only.
struct Inside {
  enum class By : std::uint8_t {
    kNone = 0,        ///< nothing in it belongs to a project
    kProject,         ///< a project's numeric id
    kSpace,           ///< a space's numeric id
    kIssue,           ///< an issue's id, proven by a look-up
    kIssueLink,       ///< a link that holds `/issue/{id}/`, proven by a look-up of that id
    kProjectLink,     ///< a link that ends in `/project/{id}`
    kParent,          ///< it lies in the object that the request's path was located by
    kScope,           ///< `scope.project.id` inside, or no `scope` with a project: global
    kLink,            ///< a link of an object of any kind: a project must be inside, an issue, filter, board … never is
    kIssueOrParent,   ///< like kIssue where the place is there, else like kParent
    kServiceDesk,     ///< a service desk's id, proven by a look-up
    kBoard,           ///< a board's id, proven by a look-up
    kContentOfSpace,  ///< a space's id; where read restrictions are left out the object's own id is proven by look-ups too
    kContent,         ///< an id of content (of whatever type), proven by look-ups
    kResource,        ///< of an OpenAPI site: the value is the resource's id itself
    kContainer,       ///< pageId, blogPostId, customContentId, attachmentId, else parentCommentId: each proven by look-ups
  };
  By by = By::kNone;
  std::vector<std::string> path;
};

struct Shape {
  std::string name;
  Inside inside;
  std::vector<std::string> needs;  ///< "fields=project": what must be asked for, so that `inside` can be checked
  std::string items;               ///< key of the array whose elements are the units of release; empty for none
  std::vector<ShapeField> fields;  ///< sorted by name
  ShapeField others;               ///< for every other key; kDrop unless the table has a `*` line

  /// The rule of `key` (unescaped); `others` if it is not listed. No allocation.
  const ShapeField& find(std::string_view key) const noexcept;
};

}  // namespace gatehouse::catalogue
