// locate: every identifier of the request led to its project, afresh, before anything is decided.

#include "catalogue/kinds.h"
#include "gateway/checks.h"
#include "gateway/references.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

/// Whether the site's field metadata must be read first. What is too old is read again; where that fails, the old goes on.
bool wants_fields(const Request& request, const ThreadState& thread) {
  if (!request.bounded || !request.facts->reads_fields) return false;
  const SiteContext& site = *request.site;
  const std::uint64_t now = thread.now_ms;
  if (site.fields_at == 0) return true;
  const std::uint64_t age = now - site.fields_at;
  return age > (site.fields ? ThreadState::kFieldsMaxAgeMs : ThreadState::kFieldsRetryMs);
}

/// What a bounded token must give can't be in a body that is not there.
Step<bool> check_body_given(const catalogue::Operation& operation) {
  for (const catalogue::Parameter& row : operation.body_parameters()) {
    if (row.required) return refuse_because(Reason::kBadRequest, row.name, "A token with a boundary must send a body with this.");
  }
  return true;
}

void add_touches(const Reference& reference, Request& request) {
  const bool link = reference.kind == catalogue::Kind::kIssueLink;
  request.touches.push_back({reference.project, reference.end, reference.restricted});
  if (link) request.touches.push_back({reference.other_project, policy::End::kFar, reference.other_restricted});
}

}  // namespace

Step<std::optional<Located>> locate(std::optional<Admitted>& admitted, ThreadState& thread, Request& request) {
  const Matched& matched = admitted->matched();
  if (wants_fields(request, thread)) {
    request.asks_fields = true;
    return std::optional<Located>();
  }
  if (!request.collected) {
    request.collected = true;
    GH_TRYV(collect_from_head(matched, thread, request));
    if (request.bounded && !request.has_body) {
      GH_TRYV(check_body_given(matched.operation()));
    }
    if (request.bounded && request.has_body && request.json_body) {
      GH_TRYV(collect_from_body(matched, thread, request));
    }
  }
  if (request.by_answer && !request.explanation) return std::optional<Located>(Located(*std::exchange(admitted, std::nullopt)));
  for (Reference& reference : request.references) resolve(reference, request);
  if (request.questions.too_many()) return refuse_because(Reason::kTooLarge, matched.operation().id);
  if (request.questions.pending()) return std::optional<Located>();

  for (const Reference& reference : request.references) {
    if (reference.state != Reference::State::kShared) continue;
    const bool tree = reference.kind == catalogue::Kind::kContent;
    return refuse_because(
        Reason::kSharedContainer, std::string(catalogue::to_string(reference.kind)) + " " + reference.id,
        tree ? "Below it lies restricted content, or more than can be looked at (249, five levels deep), and this "
               "would change that too."
             : "It holds issues outside of them, or more than 100, and this would change them too.");
  }
  request.parent_inside = !request.references.empty();
  for (const Reference& reference : request.references) {
    if (reference.state != Reference::State::kInside) request.parent_inside = false;
    if (!check_enabled("every_resource") && !request.touches.empty()) continue;
    add_touches(reference, request);
  }
  return std::optional<Located>(Located(*std::exchange(admitted, std::nullopt)));
}

}  // namespace gatehouse::gateway
