#include "gateway/wiki_questions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "catalogue/target.h"
#include "gateway/json_reader.h"

namespace gatehouse::gateway {
namespace {

/// Atlassian's limit of a page of a list; what is longer can't be judged as a whole.
constexpr std::size_t kMostListed = 250;
constexpr std::string_view kLimit = "limit=250";
constexpr std::string_view kV2 = "/wiki/api/v2/";

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_alphanumeric(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Ids of attachments have three letters before their number.
bool is_content_id(std::string_view text) noexcept {
  if (text.starts_with("att")) text.remove_prefix(3);
  return is_digits(text);
}

bool is_space_key(std::string_view text) noexcept {
  const bool personal = text.starts_with('~');
  if (personal) text.remove_prefix(1);
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == ':';
  });
}

/// The collection that holds content of a type.
std::string_view collection_of(std::string_view type) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kCollections{{
      {"page", "pages"},
      {"blogpost", "blogposts"},
      {"attachment", "attachments"},
      {"footer-comment", "footer-comments"},
      {"inline-comment", "inline-comments"},
      {"comment", "comments"},
      {"custom-content", "custom-content"},
      {"whiteboard", "whiteboards"},
      {"database", "databases"},
      {"folder", "folders"},
      {"embed", "embeds"},
      {"task", "tasks"},
  }};
  for (const auto& [word, collection] : kCollections) {
    if (word == type) return collection;
  }
  return "spaces";
}

std::string object_target(const Fact& fact) {
  return std::string(kV2).append(collection_of(fact.parent)).append("/").append(fact.subject);
}

/// What an answer says of one object.
class WikiReader final : public ScalarVisitor {
 public:
  explicit WikiReader(Fact& fact) : fact_(fact) {}

  void scalar(std::string_view path, std::string_view value, ScalarKind kind) override {
    if (kind == ScalarKind::kNull) return;
    if (path == "id")
      fact_.id = value;
    else if (path == "templateId")
      fact_.id = value;
    else if (path == "key")
      fact_.key = value;
    else if (path == "spaceId" || path == "space.id")
      fact_.project = value;
    else if (path == "results[].id")
      fact_.list.emplace_back(value);
    else if (path == "results[].key")
      keys_.emplace_back(value);
    else if (path == "_links.next")
      more_ = true;
    else if (path == "operation")
      reads_ = value == "read";
    else if (path == "restrictions.user.size" || path == "restrictions.group.size") {
      ++sizes_;
      if (value != "0") any_restriction_ = true;
    } else {
      take_container(path, value);
    }
  }

  void element(std::string_view path) override {
    if (path == "results[]") ++listed_;
    if (path.starts_with("restrictions.") && path.ends_with(".results[]")) any_restriction_ = true;
  }

  void finish() {
    const bool same = fact_.id == fact_.subject;
    switch (fact_.ask) {
      case Ask::kContent: {
        const bool placed = is_digits(fact_.project) || !fact_.issue.empty();
        fact_.found = same && placed && !two_containers_;
        break;
      }
      case Ask::kSpace:
        fact_.found = same && is_space_key(fact_.key);
        fact_.project = fact_.id;
        break;
      case Ask::kSpaceByKey: take_space(); break;
      case Ask::kReadRestriction:
        fact_.found = reads_ && sizes_ == 2;
        fact_.restricted = any_restriction_;
        return;
      case Ask::kAncestors:
      case Ask::kDescendants:
      case Ask::kContentProperties:
        // A list that may go on is not all of it.
        fact_.found = !more_ && listed_ < kMostListed && fact_.list.size() == listed_;
        break;
      default: break;
    }
    fact_.restricted = false;
  }

 private:
  void take_container(std::string_view path, std::string_view value) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kContainers{{
        {"pageId", "page"},
        {"blogPostId", "blogpost"},
        {"customContentId", "custom-content"},
        {"attachmentId", "attachment"},
    }};
    for (const auto& [name, type] : kContainers) {
      if (path != name) continue;
      if (!fact_.issue.empty()) two_containers_ = true;
      fact_.issue = value;
      fact_.other_issue = type;
    }
  }

  /// Of a list of spaces by key: the one that has it.
  void take_space() {
    if (fact_.list.size() != keys_.size()) return;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (!same_without_case(keys_[i], fact_.subject) || !is_digits(fact_.list[i])) continue;
      fact_.id = fact_.project = fact_.list[i];
      fact_.key = keys_[i];
      fact_.found = true;
      return;
    }
  }

  Fact& fact_;
  std::vector<std::string> keys_;
  std::size_t listed_ = 0;
  int sizes_ = 0;
  bool more_ = false;
  bool reads_ = false;
  bool any_restriction_ = false;
  bool two_containers_ = false;
};

/// `{"results":[…]}` of objects, or `{"results":{"77":"page"}}` of types.
class WikiListReader final : public ScalarVisitor {
 public:
  explicit WikiListReader(Ask ask) : ask_(ask) {}
  std::vector<Fact> items;

  void element(std::string_view path) override {
    if (path == "results[]" && ask_ == Ask::kContent) items.emplace_back();
  }
  void scalar(std::string_view path, std::string_view value, ScalarKind kind) override {
    if (kind == ScalarKind::kNull) return;
    constexpr std::string_view kOne = "results.";
    if (ask_ == Ask::kContentType) {
      if (!path.starts_with(kOne)) return;
      Fact& item = items.emplace_back();
      item.id = path.substr(kOne.size());
      // Apps name the types of their own content with a colon in it.
      item.key = value.find(':') == std::string_view::npos ? value : std::string_view("custom-content");
      return;
    }
    if (items.empty()) return;
    if (path == "results[].id")
      items.back().id = value;
    else if (path == "results[].spaceId")
      items.back().project = value;
  }

 private:
  Ask ask_;
};

}  // namespace

bool plausible_in_wiki(Ask ask, std::string_view subject) noexcept {
  switch (ask) {
    case Ask::kSpaceByKey: return is_space_key(subject);
    case Ask::kSpace: return is_digits(subject);
    default: return is_content_id(subject);
  }
}

std::string wiki_target(const Fact& fact) {
  switch (fact.ask) {
    case Ask::kContent: return fact.parent == "template" ? "/wiki/rest/api/template/" + fact.subject : object_target(fact);
    case Ask::kAncestors: return object_target(fact).append("/ancestors?").append(kLimit);
    case Ask::kDescendants: return object_target(fact).append("/descendants?depth=5&").append(kLimit);
    case Ask::kContentProperties: return object_target(fact).append("/properties?").append(kLimit);
    case Ask::kReadRestriction:
      return "/wiki/rest/api/content/" + fact.subject +
             "/restriction/byOperation/read?expand=restrictions.user%2Crestrictions.group";
    case Ask::kSpace: return std::string(kV2).append("spaces/").append(fact.subject);
    case Ask::kSpaceByKey: {
      std::string target = std::string(kV2).append("spaces?keys=");
      catalogue::append_escaped(fact.subject, target);
      return target;
    }
    default: return std::string(kV2);
  }
}

void read_wiki_fact(std::string_view body, Fact& fact) {
  WikiReader reader(fact);
  if (visit_scalars(body, reader)) reader.finish();
  if (!fact.found) fact.restricted = true;
}

bool WikiRound::take(const Fact& fact, std::size_t index) {
  const bool listed =
      fact.ask == Ask::kContentType || (fact.ask == Ask::kContent && (fact.parent == "page" || fact.parent == "blogpost"));
  if (!listed) return false;
  const auto same = std::find_if(batches_.begin(), batches_.end(),
                                 [&fact](const Batch& batch) { return batch.ask == fact.ask && batch.type == fact.parent; });
  Batch& batch = same == batches_.end() ? batches_.emplace_back(Batch{fact.ask, fact.parent, {}}) : *same;
  batch.facts.push_back(index);
  return true;
}

WikiListRequest wiki_list_request(Ask ask, std::string_view type, const std::vector<std::string_view>& ids) {
  WikiListRequest request;
  std::string joined;
  for (const std::string_view id : ids) {
    if (!joined.empty()) joined += ',';
    if (ask == Ask::kContentType)
      append_json_string(id, joined);
    else
      joined += id;
  }
  if (ask == Ask::kContentType) {
    request.target = std::string(kV2) + "content/convert-ids-to-types";
    request.body = "{\"contentIds\":[" + joined + "]}";
  } else {
    request.target = std::string(kV2).append(collection_of(type)).append("?id=").append(joined).append("&").append(kLimit);
  }
  return request;
}

std::vector<Fact> read_wiki_list(Ask ask, std::string_view body) {
  WikiListReader reader(ask);
  if (body.empty() || !visit_scalars(body, reader)) reader.items.clear();
  return std::move(reader.items);
}

void take_wiki_item(const std::vector<Fact>& items, Fact& fact) {
  for (const Fact& item : items) {
    if (item.id != fact.subject) continue;
    fact.id = item.id;
    fact.key = item.key;
    fact.project = item.project;
    fact.found = fact.ask == Ask::kContentType ? !item.key.empty() : is_digits(item.project);
    fact.restricted = !fact.found;
    return;
  }
}

}  // namespace gatehouse::gateway
