// resolve: how each kind of identifier is led to its project. "Derive, or ask": what is missing becomes a question of the next
// round, and the reference is settled when it is answered. What is not found, and what lies outside, look alike from here on.

#include <algorithm>

#include "gateway/checks.h"
#include "gateway/content_place.h"
#include "gateway/references.h"
#include "model/resource.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Kind;

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Asked for where the first of two look-ups found nothing: what is not there must not be known by being answered sooner.
constexpr std::string_view kNobody = "0";

void settle(Reference& reference, const Request& request) {
  reference.state =
      request.permitted.permits(reference.project, reference.restricted) ? Reference::State::kInside : Reference::State::kOutside;
}

/// The permitted project whose display key is that of an issue key: what a gateway would believe that trusts keys.
const policy::PermittedResource* project_by_key(std::string_view key, const Request& request) {
  for (const policy::PermittedResource& resource : request.permitted.resources) {
    if (resource.key == key) return &resource;
  }
  return nullptr;
}

std::string_view key_of_project(std::string_view issue_key) noexcept { return issue_key.substr(0, issue_key.rfind('-')); }

void take_issue(Reference& reference, const Fact& fact, const Request& request) {
  reference.id = fact.id;
  reference.key = fact.key;
  reference.project = fact.found ? fact.project : std::string();
  reference.restricted = check_enabled("restricted_level") && fact.restricted;
  if constexpr (!check_enabled("moved_key")) {
    const policy::PermittedResource* believed = project_by_key(key_of_project(reference.text), request);
    if (believed) reference.project = believed->id;
  }
  settle(reference, request);
}

void resolve_issue(Reference& reference, Request& request) {
  if constexpr (!check_enabled("write_located_afresh")) {
    const policy::PermittedResource* believed = project_by_key(key_of_project(reference.text), request);
    if (request.match.operation->access != catalogue::Access::kRead && (believed || is_digits(reference.text)) &&
        !request.permitted.resources.empty()) {
      reference.id = reference.text;
      reference.project = believed ? believed->id : request.permitted.resources.front().id;
      reference.restricted = false;
      return settle(reference, request);
    }
  }
  if (const Fact* fact = request.questions.find(Ask::kIssue, reference.text)) take_issue(reference, *fact, request);
}

/// Of which issue something says that it belongs to it.
void resolve_by_home(Reference& reference, Ask ask, Request& request) {
  const Fact* home = request.questions.find(ask, reference.text);
  if (!home) return;
  const Fact* issue = request.questions.find(Ask::kIssue, home->found ? std::string_view(home->issue) : kNobody);
  if (!issue) return;
  if (!home->found) {
    reference.state = Reference::State::kOutside;
    return;
  }
  reference.id = reference.text;
  reference.project = issue->found ? issue->project : std::string();
  reference.restricted = issue->restricted;
  settle(reference, request);
}

void resolve_nested(Reference& reference, Request& request) {
  const Reference& parent = request.references[static_cast<std::size_t>(reference.parent)];
  if (parent.state == Reference::State::kOpen) return;
  if (parent.state == Reference::State::kOutside) {
    // Nothing more is asked: an issue outside and one that is not there cost the same look-ups.
    reference.state = Reference::State::kOutside;
    return;
  }
  reference.id = reference.text;
  reference.project = parent.project;
  reference.restricted = parent.restricted;
  // A read whose answer says itself where it belongs is proven by that.
  const bool proves_itself = request.facts->proves_itself && reference.path_index >= 0;
  if (!check_enabled("nested_parent") || proves_itself) return settle(reference, request);
  if (reference.kind == Kind::kRemoteLink) {
    const Fact* links = request.questions.find(Ask::kRemoteLinks, parent.id);
    if (!links) return;
    if (std::find(links->list.begin(), links->list.end(), reference.text) == links->list.end()) reference.project.clear();
    return settle(reference, request);
  }
  const Fact* fact =
      request.questions.find(reference.kind == Kind::kComment ? Ask::kComment : Ask::kWorklog, reference.text, parent.id);
  if (!fact) return;
  if (!fact->found || fact->issue != parent.id) reference.project.clear();
  settle(reference, request);
}

void resolve_project(Reference& reference, Request& request) {
  const bool wants_key = reference.parameter && reference.parameter->form == catalogue::Parameter::Form::kKey;
  if constexpr (!check_enabled("renamed_project")) {
    const policy::PermittedResource* believed = project_by_key(reference.text, request);
    if (believed) {
      reference.id = reference.text;
      reference.key = reference.text;
      reference.project = believed->id;
      reference.restricted = false;
      return settle(reference, request);
    }
  }
  reference.restricted = false;
  // An id is compared as it is, and what is not permitted need not be asked for.
  if (is_digits(reference.text) && (!wants_key || !request.permitted.permits(reference.text, false))) {
    reference.id = reference.text;
    reference.project = reference.text;
    return settle(reference, request);
  }
  const Fact* fact = request.questions.find(Ask::kProject, reference.text);
  if (!fact) return;
  reference.id = fact->id;
  reference.key = fact->key;
  reference.project = fact->found ? fact->id : std::string();
  settle(reference, request);
}

void resolve_by_project_id(Reference& reference, Ask ask, Request& request) {
  const Fact* fact = request.questions.find(ask, reference.text);
  if (!fact) return;
  reference.id = reference.text;
  reference.project = fact->found ? fact->project : std::string();
  reference.restricted = false;
  settle(reference, request);
}

/// Of an OpenAPI site: the value is the id. What could not be one lies outside.
void resolve_resource(Reference& reference, const Request& request) {
  reference.restricted = false;
  reference.id = reference.text;
  if (is_resource_id(reference.text)) reference.project = reference.text;
  settle(reference, request);
}

/// … and an object of one: a read tells where it lies.
void resolve_object(Reference& reference, Request& request) {
  reference.restricted = false;
  const Fact* fact = request.questions.find_object(reference.text, reference.parameter->lookup.get());
  if (!fact) return;
  reference.id = reference.text;
  reference.project = fact->found ? fact->project : std::string();
  settle(reference, request);
}

/// Both ends of a link between two issues.
void resolve_issue_link(Reference& reference, Request& request) {
  const Fact* link = request.questions.find(Ask::kIssueLink, reference.text);
  if (!link) return;
  const Fact* near = request.questions.find(Ask::kIssue, link->found ? std::string_view(link->issue) : kNobody);
  const Fact* far = request.questions.find(Ask::kIssue, link->found ? std::string_view(link->other_issue) : kNobody);
  if (!near || !far) return;
  if (!link->found) {
    reference.state = Reference::State::kOutside;
    return;
  }
  reference.id = reference.text;
  reference.project = near->found ? near->project : std::string();
  reference.restricted = near->restricted;
  reference.other_project = far->found ? far->project : std::string();
  reference.other_restricted = far->restricted;
  reference.end = policy::End::kNear;
  const bool both = request.permitted.permits(reference.project, reference.restricted) &&
                    request.permitted.permits(reference.other_project, reference.other_restricted);
  reference.state = both ? Reference::State::kInside : Reference::State::kOutside;
}

/// What a sprint or board holds, where the operation changes it as a whole.
void settle_container(Reference& reference, Ask held, Request& request) {
  settle(reference, request);
  const bool whole = reference.parameter && reference.parameter->whole && check_enabled("shared_container");
  if (!whole || reference.state != Reference::State::kInside) return;
  const Fact* fact = request.questions.find(held, reference.text);
  if (!fact) {
    reference.state = Reference::State::kOpen;
    return;
  }
  const bool all = fact->found && std::all_of(fact->homes.begin(), fact->homes.end(), [&](const Home& home) {
                     return request.permitted.permits(home.project, home.restricted);
                   });
  if (!all) reference.state = Reference::State::kShared;
}

void resolve_board(Reference& reference, Request& request) {
  const Fact* board = request.questions.find(Ask::kBoard, reference.text);
  if (!board) return;
  reference.id = reference.text;
  reference.project = board->found ? board->project : std::string();
  reference.restricted = false;
  settle_container(reference, Ask::kBoardProjects, request);
}

/// By the issue that a link or the memory says: which must list it.
void resolve_attachment(Reference& reference, Request& request) {
  std::string_view issue = request.hint.empty() ? kNobody : request.hint;
  if (reference.parent >= 0) {
    // The path itself names the issue, and it must be that one.
    const Reference& parent = request.references[static_cast<std::size_t>(reference.parent)];
    if (parent.state == Reference::State::kOpen) return;
    if (parent.state != Reference::State::kInside) {
      reference.state = Reference::State::kOutside;
      return;
    }
    issue = parent.id;
  }
  const Fact* home = request.questions.find(Ask::kAttachments, issue);
  if (!home) return;
  const bool listed = std::find(home->list.begin(), home->list.end(), reference.text) != home->list.end();
  reference.id = reference.text;
  reference.project = home->found && (listed || !check_enabled("attachment_home")) ? home->project : std::string();
  reference.restricted = home->restricted;
  settle(reference, request);
}

void resolve_desk(Reference& reference, Request& request) {
  const Fact* desk = request.questions.find(Ask::kServiceDesk, reference.text);
  if (!desk) return;
  reference.id = desk->id;
  reference.project = desk->found ? desk->project : std::string();
  reference.restricted = false;
  settle(reference, request);
}

/// A queue or request type: of the one service desk that the request names.
void resolve_of_desk(Reference& reference, Request& request) {
  const auto desk = std::find_if(request.references.begin(), request.references.end(),
                                 [](const Reference& one) { return one.kind == Kind::kServiceDesk; });
  if (desk == request.references.end() || desk->state == Reference::State::kOutside) {
    reference.state = Reference::State::kOutside;
    return;
  }
  if (desk->state == Reference::State::kOpen) {
    resolve_desk(*desk, request);
    if (desk->state != Reference::State::kInside) return;
  }
  const bool queue = reference.kind == Kind::kQueue;
  const Fact* fact = queue ? request.questions.find(Ask::kQueues, desk->id)
                           : request.questions.find(Ask::kRequestType, reference.text, desk->id);
  if (!fact) return;
  const bool listed = std::find(fact->list.begin(), fact->list.end(), reference.text) != fact->list.end();
  const bool of_it = queue ? listed : fact->found;
  reference.id = reference.text;
  reference.project = of_it || !check_enabled("nested_parent") ? desk->project : std::string();
  reference.restricted = false;
  settle(reference, request);
}

/// An id of which only the list under its parent in the same operation says whether it belongs there.
void resolve_listed(Reference& reference, Ask list, Request& request) {
  if (reference.parent < 0) {
    reference.state = Reference::State::kOutside;
    return;
  }
  const Reference& parent = request.references[static_cast<std::size_t>(reference.parent)];
  if (parent.state == Reference::State::kOpen) return;
  reference.id = reference.text;
  reference.restricted = parent.restricted;
  if (parent.state == Reference::State::kInside) {
    const Fact* listed = request.questions.find(list, parent.id);
    if (!listed) return;
    const bool of_it = std::find(listed->list.begin(), listed->list.end(), reference.text) != listed->list.end();
    if (of_it || !check_enabled("nested_parent")) reference.project = parent.project;
  }
  settle(reference, request);
}

void resolve_sprint(Reference& reference, Request& request) {
  const Fact* sprint = request.questions.find(Ask::kSprint, reference.text);
  if (!sprint) return;
  const Fact* board = request.questions.find(Ask::kBoard, sprint->found ? std::string_view(sprint->board) : kNobody);
  if (!board) return;
  if (!sprint->found) {
    reference.state = Reference::State::kOutside;
    return;
  }
  reference.id = reference.text;
  reference.project = board->found ? board->project : std::string();
  reference.restricted = false;
  settle_container(reference, Ask::kSprintIssues, request);
}

}  // namespace

void resolve(Reference& reference, Request& request) {
  if (reference.state != Reference::State::kOpen) return;
  switch (reference.kind) {
    case Kind::kIssue: return resolve_issue(reference, request);
    case Kind::kProject: return resolve_project(reference, request);
    case Kind::kComment:
      return reference.parent >= 0 ? resolve_nested(reference, request) : resolve_by_home(reference, Ask::kCommentHome, request);
    case Kind::kWorklog:
      return reference.parent >= 0 ? resolve_nested(reference, request) : resolve_by_home(reference, Ask::kWorklogHome, request);
    case Kind::kRemoteLink:
      if (reference.parent >= 0) return resolve_nested(reference, request);
      break;
    case Kind::kComponent: return resolve_by_project_id(reference, Ask::kComponent, request);
    case Kind::kVersion: return resolve_by_project_id(reference, Ask::kVersion, request);
    case Kind::kIssueLink: return resolve_issue_link(reference, request);
    case Kind::kSprint: return resolve_sprint(reference, request);
    case Kind::kBoard: return resolve_board(reference, request);
    case Kind::kAttachment: return resolve_attachment(reference, request);
    case Kind::kAvatar: return resolve_listed(reference, Ask::kAvatars, request);
    case Kind::kRelatedWork: return resolve_listed(reference, Ask::kRelatedWork, request);
    case Kind::kApproval: return resolve_listed(reference, Ask::kApprovals, request);
    case Kind::kServiceDesk: return resolve_desk(reference, request);
    case Kind::kQueue:
    case Kind::kRequestType: return resolve_of_desk(reference, request);
    case Kind::kSpace: return resolve_space(reference, request);
    case Kind::kContent: return resolve_content(reference, request);
    case Kind::kResource: return resolve_resource(reference, request);
    case Kind::kObject: return resolve_object(reference, request);
    case Kind::kContentProperty: return resolve_content_property(reference, request);
    case Kind::kTask:
      // Its seal was opened: it belongs to this credential, which has something here.
      reference.project = request.permitted.resources.empty() ? "0" : request.permitted.resources.front().id;
      reference.restricted = false;
      reference.id = reference.text;
      reference.state = Reference::State::kInside;
      return;
    default: break;
  }
  // A kind that nothing here can prove: outside.
  reference.state = Reference::State::kOutside;
}

}  // namespace gatehouse::gateway
