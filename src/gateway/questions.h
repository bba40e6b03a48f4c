// Questions: what a request has to ask its site before it may go on, and what the site said. For one request only.
//
// locate, confine and redact look for a fact; what is not known yet becomes a question of the next round. All questions of a
// round are asked at once. Nothing is kept for the next request: a remembered location may never permit.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/operation.h"
#include "gateway/refusal.h"
#include "http/exchange.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

enum class Ask : std::uint8_t {
  kIssue,           ///< by id or key → id, key, project, restricted
  kProject,         ///< by key or id → id, key
  kComponent,       ///< by id → project
  kVersion,         ///< by id → project
  kCommentHome,     ///< by id → issue
  kWorklogHome,     ///< by id → issue
  kComment,         ///< by id under the issue `parent` → issue
  kWorklog,         ///< by id under the issue `parent` → issue
  kRemoteLinks,     ///< of the issue → list of ids
  kIssueLink,       ///< by id → issue, other_issue
  kBoard,           ///< by id → project, where it has one
  kSprint,          ///< by id → board
  kVersionNames,    ///< of the project → list of names
  kComponentNames,  ///< of the project → list of names
  kAssignable,      ///< by account id in the project `parent` → found
  kSprintIssues,    ///< of the sprint → homes, found if that is all of them
  kBoardProjects,   ///< of the board, by what its filter finds → homes, found if that is all of them
  kAttachments,     ///< of the issue → project, restricted, list of ids
  kAvatars,         ///< of the project → list of ids
  kRelatedWork,     ///< of the version → list of ids
  kServiceDesk,     ///< by id or project → id, project
  kRequestType,     ///< by id of the service desk `parent` → found
  kQueues,          ///< of the service desk → list of ids
  kApprovals,       ///< of the request → list of ids

  // Confluence. `parent` is the word of a content type, "page" (catalogue::to_string).
  kContentType,        ///< by id → key: the word of its type
  kContent,            ///< by id and type → project: its space; issue, other_issue: id and type of what it belongs to
  kAncestors,          ///< by id and type → list of ids; found if that is all of them
  kDescendants,        ///< by id and type → list of ids; found if that is all of them
  kReadRestriction,    ///< of the content → restricted: by itself, not by what it lies below
  kContentProperties,  ///< of content by id and type, or of a "space" → list of ids
  kSpace,              ///< by id → id, key
  kSpaceByKey,         ///< by key → id, key

  kObject,  ///< of an OpenAPI site: by id and Fact::lookup → project: its resource
};

/// Where something lies that a sprint or board holds.
struct Home {
  std::string project;
  bool restricted = false;
};

struct Fact {
  Ask ask = Ask::kIssue;
  std::string subject;
  std::string parent;
  const catalogue::ObjectLookup* lookup = nullptr;  ///< of kObject; lives as long as the catalogue
  bool known = false;                               ///< answered; until then it is a question
  bool found = false;                               ///< it exists, our account may see it, and it is what was asked for
  bool restricted = true;                           ///< of an issue: it has a security level
  std::string id;
  std::string key;
  std::string project;
  std::string issue;
  std::string other_issue;
  std::string board;
  std::vector<std::string> list;
  std::vector<Home> homes;
};

class WikiRound;

class Questions {
 public:
  /// More would turn one request into a flood: refused as too large.
  static constexpr std::size_t kMaxFacts = 1000;

  void clear();
  /// The fact, or nullptr where it must be asked for first: then it is a question of the next round. A subject that could not
  /// be an identifier of that kind is answered at once: not found.
  const Fact* find(Ask ask, std::string_view subject, std::string_view parent = {});
  /// Likewise, of kObject.
  const Fact* find_object(std::string_view subject, const catalogue::ObjectLookup* lookup);
  /// Like find, but never a new question.
  const Fact* known(Ask ask, std::string_view subject, std::string_view parent = {}) const;
  /// Issues met in answers: asked for in bulk whatever their number.
  bool pending() const noexcept { return open_ > 0; }
  bool too_many() const noexcept { return facts_.size() > kMaxFacts; }

  /// The look-ups of this round, over `route`. Views live until the next call.
  void write(const upstream::RoutePtr& route, std::vector<http::UpstreamRequest>& out);
  /// Their answers, in the same order. A site that could not be asked is a refusal.
  Step<bool> take(const std::vector<http::LookupAnswer>& answers, std::string_view site_key);

 private:
  struct Round {
    Ask ask;
    std::vector<std::size_t> facts;  ///< that this look-up answers
    std::string head;
    std::string body;
    bool list = false;  ///< one look-up for many
  };
  Fact* lookup(Ask ask, std::string_view subject, std::string_view parent);
  void write_one(std::size_t fact, const std::string& context_path);
  void write_wiki(const WikiRound& wiki, const std::string& context_path);
  void write_list(Ask ask, const std::vector<std::size_t>& facts, const std::string& context_path);
  void read_one(Fact& fact, std::string_view body);
  void read_list(const Round& round, std::string_view body);

  std::deque<Fact> facts_;
  std::size_t open_ = 0;
  std::vector<Round> rounds_;
};

/// The site could not be asked: 504 where it did not answer in time. Nothing was carried out.
Refusal not_answered(const http::LookupAnswer& answer, std::string_view site_key);

/// Calls `take(path, value, kind)` for each scalar of a JSON text: "issues[].fields.project.id". False: not JSON.
enum class ScalarKind : std::uint8_t { kString, kNumber, kBoolean, kNull };

class ScalarVisitor {
 public:
  virtual ~ScalarVisitor() = default;
  virtual void scalar(std::string_view path, std::string_view value, ScalarKind kind) = 0;
  /// An element of the array at `path` begins ("issues[]", or "[]").
  virtual void element(std::string_view path) { static_cast<void>(path); }
};
bool visit_scalars(std::string_view json, ScalarVisitor& visitor);

}  // namespace gatehouse::gateway
