// resolve: how each kind of identifier is led to its project. "Derive, or ask": what is missing becomes a question of the next
// round, and the claim is settled when it is answered. What is not found, and what lies outside, look alike from here on.

#include <algorithm>

#include "gateway/checks.h"
#include "gateway/claims.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Kind;

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void settle(Claim& claim, const Request& request) {
  claim.state = request.permitted.permits(claim.project, claim.restricted) ? Claim::State::kInside : Claim::State::kOutside;
}

/// The permitted project whose display key is that of an issue key: what a gateway would believe that trusts keys.
const policy::PermittedResource* project_by_key(std::string_view key, const Request& request) {
  for (const policy::PermittedResource& resource : request.permitted.resources) {
    if (resource.key == key) return &resource;
  }
  return nullptr;
}

std::string_view key_of_project(std::string_view issue_key) noexcept { return issue_key.substr(0, issue_key.rfind('-')); }

void take_issue(Claim& claim, const Fact& fact, const Request& request) {
  claim.id = fact.id;
  claim.key = fact.key;
  claim.project = fact.found ? fact.project : std::string();
  claim.restricted = check_enabled("restricted_level") && fact.restricted;
  if constexpr (!check_enabled("moved_key")) {
    const policy::PermittedResource* believed = project_by_key(key_of_project(claim.text), request);
    if (believed) claim.project = believed->id;
  }
  settle(claim, request);
}

void resolve_issue(Claim& claim, Request& request) {
  if constexpr (!check_enabled("write_located_afresh")) {
    const policy::PermittedResource* believed = project_by_key(key_of_project(claim.text), request);
    if (request.match.operation->access != catalogue::Access::kRead && (believed || is_digits(claim.text)) &&
        !request.permitted.resources.empty()) {
      claim.id = claim.text;
      claim.project = believed ? believed->id : request.permitted.resources.front().id;
      claim.restricted = false;
      return settle(claim, request);
    }
  }
  if (const Fact* fact = request.questions.find(Ask::kIssue, claim.text)) take_issue(claim, *fact, request);
}

/// Of which issue something says that it belongs to it.
void resolve_by_home(Claim& claim, Ask ask, Request& request) {
  const Fact* home = request.questions.find(ask, claim.text);
  if (!home) return;
  if (!home->found) {
    claim.state = Claim::State::kOutside;
    return;
  }
  const Fact* issue = request.questions.find(Ask::kIssue, home->issue);
  if (!issue) return;
  claim.id = claim.text;
  claim.project = issue->found ? issue->project : std::string();
  claim.restricted = issue->restricted;
  settle(claim, request);
}

void resolve_nested(Claim& claim, Request& request) {
  const Claim& parent = request.claims[static_cast<std::size_t>(claim.parent)];
  if (parent.state == Claim::State::kOpen) return;
  if (parent.state == Claim::State::kOutside) {
    // Nothing more is asked: an issue outside and one that is not there cost the same look-ups.
    claim.state = Claim::State::kOutside;
    return;
  }
  claim.id = claim.text;
  claim.project = parent.project;
  claim.restricted = parent.restricted;
  // A read whose answer says itself where it belongs is proven by that.
  const bool proves_itself = request.facts->proves_itself && claim.path_index >= 0;
  if (!check_enabled("nested_parent") || proves_itself) return settle(claim, request);
  if (claim.kind == Kind::kRemoteLink) {
    const Fact* links = request.questions.find(Ask::kRemoteLinks, parent.id);
    if (!links) return;
    if (std::find(links->list.begin(), links->list.end(), claim.text) == links->list.end()) claim.project.clear();
    return settle(claim, request);
  }
  const Fact* fact = request.questions.find(claim.kind == Kind::kComment ? Ask::kComment : Ask::kWorklog, claim.text, parent.id);
  if (!fact) return;
  if (!fact->found || fact->issue != parent.id) claim.project.clear();
  settle(claim, request);
}

void resolve_project(Claim& claim, Request& request) {
  const bool wants_key = claim.parameter && claim.parameter->form == catalogue::Parameter::Form::kKey;
  if constexpr (!check_enabled("renamed_project")) {
    const policy::PermittedResource* believed = project_by_key(claim.text, request);
    if (believed) {
      claim.id = claim.text;
      claim.key = claim.text;
      claim.project = believed->id;
      claim.restricted = false;
      return settle(claim, request);
    }
  }
  claim.restricted = false;
  // An id is compared as it is, and what is not permitted need not be asked for.
  if (is_digits(claim.text) && (!wants_key || !request.permitted.permits(claim.text, false))) {
    claim.id = claim.text;
    claim.project = claim.text;
    return settle(claim, request);
  }
  const Fact* fact = request.questions.find(Ask::kProject, claim.text);
  if (!fact) return;
  claim.id = fact->id;
  claim.key = fact->key;
  claim.project = fact->found ? fact->id : std::string();
  settle(claim, request);
}

void resolve_by_project_id(Claim& claim, Ask ask, Request& request) {
  const Fact* fact = request.questions.find(ask, claim.text);
  if (!fact) return;
  claim.id = claim.text;
  claim.project = fact->found ? fact->project : std::string();
  claim.restricted = false;
  settle(claim, request);
}

/// Both ends of a link between two issues.
void resolve_issue_link(Claim& claim, Request& request) {
  const Fact* link = request.questions.find(Ask::kIssueLink, claim.text);
  if (!link) return;
  if (!link->found) {
    claim.state = Claim::State::kOutside;
    return;
  }
  const Fact* near = request.questions.find(Ask::kIssue, link->issue);
  const Fact* far = request.questions.find(Ask::kIssue, link->other_issue);
  if (!near || !far) return;
  claim.id = claim.text;
  claim.project = near->found ? near->project : std::string();
  claim.restricted = near->restricted;
  claim.other_project = far->found ? far->project : std::string();
  claim.other_restricted = far->restricted;
  claim.end = policy::End::kNear;
  const bool both = request.permitted.permits(claim.project, claim.restricted) &&
                    request.permitted.permits(claim.other_project, claim.other_restricted);
  claim.state = both ? Claim::State::kInside : Claim::State::kOutside;
}

void resolve_sprint(Claim& claim, Request& request) {
  const Fact* sprint = request.questions.find(Ask::kSprint, claim.text);
  if (!sprint) return;
  if (!sprint->found) {
    claim.state = Claim::State::kOutside;
    return;
  }
  const Fact* board = request.questions.find(Ask::kBoard, sprint->board);
  if (!board) return;
  claim.id = claim.text;
  claim.project = board->found ? board->project : std::string();
  claim.restricted = false;
  settle(claim, request);
}

}  // namespace

void resolve(Claim& claim, Request& request) {
  if (claim.state != Claim::State::kOpen) return;
  switch (claim.kind) {
    case Kind::kIssue: return resolve_issue(claim, request);
    case Kind::kProject: return resolve_project(claim, request);
    case Kind::kComment:
      return claim.parent >= 0 ? resolve_nested(claim, request) : resolve_by_home(claim, Ask::kCommentHome, request);
    case Kind::kWorklog:
      return claim.parent >= 0 ? resolve_nested(claim, request) : resolve_by_home(claim, Ask::kWorklogHome, request);
    case Kind::kRemoteLink:
      if (claim.parent >= 0) return resolve_nested(claim, request);
      break;
    case Kind::kComponent: return resolve_by_project_id(claim, Ask::kComponent, request);
    case Kind::kVersion: return resolve_by_project_id(claim, Ask::kVersion, request);
    case Kind::kIssueLink: return resolve_issue_link(claim, request);
    case Kind::kSprint: return resolve_sprint(claim, request);
    case Kind::kBoard: return resolve_by_project_id(claim, Ask::kBoard, request);
    case Kind::kTask:
      // Its seal was opened: it belongs to this credential, which has something here.
      claim.project = request.permitted.resources.empty() ? "0" : request.permitted.resources.front().id;
      claim.restricted = false;
      claim.id = claim.text;
      claim.state = Claim::State::kInside;
      return;
    default: break;
  }
  // A kind that nothing here can prove: outside.
  claim.state = Claim::State::kOutside;
}

}  // namespace gatehouse::gateway
