#include "catalogue/kinds.h"

#include <array>
#include <utility>

namespace gatehouse::catalogue {
namespace {

template <class Value>
using Word = std::pair<Value, std::string_view>;

constexpr std::array kKinds{
    Word<Kind>{Kind::kInert, "inert"},
    Word<Kind>{Kind::kSiteCommon, "site-common"},
    Word<Kind>{Kind::kProject, "project"},
    Word<Kind>{Kind::kIssue, "issue"},
    Word<Kind>{Kind::kComment, "comment"},
    Word<Kind>{Kind::kWorklog, "worklog"},
    Word<Kind>{Kind::kAttachment, "attachment"},
    Word<Kind>{Kind::kIssueLink, "issue-link"},
    Word<Kind>{Kind::kRemoteLink, "remote-link"},
    Word<Kind>{Kind::kComponent, "component"},
    Word<Kind>{Kind::kVersion, "version"},
    Word<Kind>{Kind::kFilter, "filter"},
    Word<Kind>{Kind::kDashboard, "dashboard"},
    Word<Kind>{Kind::kBoard, "board"},
    Word<Kind>{Kind::kSprint, "sprint"},
    Word<Kind>{Kind::kEpic, "epic"},
    Word<Kind>{Kind::kProperty, "property"},
    Word<Kind>{Kind::kUser, "user"},
    Word<Kind>{Kind::kGroup, "group"},
    Word<Kind>{Kind::kTask, "task"},
    Word<Kind>{Kind::kServiceDesk, "service-desk"},
    Word<Kind>{Kind::kRequestType, "request-type"},
    Word<Kind>{Kind::kQueue, "queue"},
    Word<Kind>{Kind::kSpace, "space"},
    Word<Kind>{Kind::kContent, "content"},
    Word<Kind>{Kind::kJql, "jql"},
    Word<Kind>{Kind::kCql, "cql"},
    Word<Kind>{Kind::kFieldList, "field-list"},
    Word<Kind>{Kind::kExpand, "expand"},
    Word<Kind>{Kind::kIssueFields, "issue-fields"},
    Word<Kind>{Kind::kIssueUpdate, "issue-update"},
    Word<Kind>{Kind::kText, "text"},
    Word<Kind>{Kind::kSelf, "self"},
    Word<Kind>{Kind::kPageToken, "page-token"},
    Word<Kind>{Kind::kIssueHint, "issue-hint"},
    Word<Kind>{Kind::kAvatar, "avatar"},
    Word<Kind>{Kind::kRelatedWork, "related-work"},
    Word<Kind>{Kind::kApproval, "approval"},
    Word<Kind>{Kind::kMoveTarget, "move-target"},
    Word<Kind>{Kind::kContentProperty, "content-property"},
    Word<Kind>{Kind::kResource, "resource"},
    Word<Kind>{Kind::kObject, "object"},
};
constexpr std::array kContentTypes{
    Word<ContentType>{ContentType::kPage, "page"},
    Word<ContentType>{ContentType::kBlogPost, "blogpost"},
    Word<ContentType>{ContentType::kAttachment, "attachment"},
    Word<ContentType>{ContentType::kFooterComment, "footer-comment"},
    Word<ContentType>{ContentType::kInlineComment, "inline-comment"},
    Word<ContentType>{ContentType::kComment, "comment"},
    Word<ContentType>{ContentType::kCustomContent, "custom-content"},
    Word<ContentType>{ContentType::kWhiteboard, "whiteboard"},
    Word<ContentType>{ContentType::kDatabase, "database"},
    Word<ContentType>{ContentType::kFolder, "folder"},
    Word<ContentType>{ContentType::kEmbed, "embed"},
    Word<ContentType>{ContentType::kTask, "task"},
    Word<ContentType>{ContentType::kTemplate, "template"},
};
constexpr std::array kAccess{
    Word<Access>{Access::kRead, "read"},
    Word<Access>{Access::kWrite, "write"},
    Word<Access>{Access::kDelete, "delete"},
    Word<Access>{Access::kAdminister, "administer"},
};
constexpr std::array kBounded{
    Word<Bounded>{Bounded::kRefused, "refused"},   Word<Bounded>{Bounded::kAllowed, "allowed"},
    Word<Bounded>{Bounded::kLocated, "located"},   Word<Bounded>{Bounded::kConfined, "confined"},
    Word<Bounded>{Bounded::kFiltered, "filtered"},
};

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value, std::string_view otherwise) noexcept {
  for (const auto& [known, word] : table) {
    if (known == value) return word;
  }
  return otherwise;
}

template <class Value, std::size_t size>
std::optional<Value> value_of(const std::array<Word<Value>, size>& table, std::string_view word) noexcept {
  for (const auto& [value, known] : table) {
    if (known == word) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Kind kind) noexcept { return word_of(kKinds, kind, "unclassified"); }
std::string_view to_string(Access access) noexcept { return word_of(kAccess, access, "unknown"); }
std::string_view to_string(Bounded bounded) noexcept { return word_of(kBounded, bounded, "refused"); }

std::string_view to_string(ContentType type) noexcept { return word_of(kContentTypes, type, "content"); }

std::optional<Kind> parse_kind(std::string_view word) noexcept { return value_of(kKinds, word); }
std::optional<Access> parse_access(std::string_view word) noexcept { return value_of(kAccess, word); }
std::optional<Bounded> parse_bounded(std::string_view word) noexcept { return value_of(kBounded, word); }
std::optional<ContentType> parse_content_type(std::string_view word) noexcept { return value_of(kContentTypes, word); }

bool leads_to_resource(Kind kind) noexcept {
  switch (kind) {
    case Kind::kProject:
    case Kind::kIssue:
    case Kind::kComment:
    case Kind::kWorklog:
    case Kind::kAttachment:
    case Kind::kIssueLink:
    case Kind::kRemoteLink:
    case Kind::kComponent:
    case Kind::kVersion:
    case Kind::kFilter:
    case Kind::kDashboard:
    case Kind::kBoard:
    case Kind::kSprint:
    case Kind::kEpic:
    case Kind::kTask:
    case Kind::kServiceDesk:
    case Kind::kRequestType:
    case Kind::kQueue:
    case Kind::kSpace:
    case Kind::kContent:
    case Kind::kAvatar:
    case Kind::kRelatedWork:
    case Kind::kApproval:
    case Kind::kMoveTarget:
    case Kind::kContentProperty:
    case Kind::kResource:
    case Kind::kObject:
    case Kind::kIssueFields: return true;
    case Kind::kUnclassified:
    case Kind::kInert:
    case Kind::kSiteCommon:
    case Kind::kProperty:
    case Kind::kUser:
    case Kind::kGroup:
    case Kind::kJql:
    case Kind::kCql:
    case Kind::kFieldList:
    case Kind::kExpand:
    case Kind::kIssueUpdate:
    case Kind::kText:
    case Kind::kSelf:
    case Kind::kIssueHint:
    case Kind::kPageToken: return false;
  }
  return false;
}

}  // namespace gatehouse::catalogue
