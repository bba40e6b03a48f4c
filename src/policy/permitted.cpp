#include <algorithm>

#include "policy/decide.h"
#include "policy/evaluation.h"

namespace gatehouse::policy {

const PermittedResource* Permitted::find(std::string_view id) const noexcept {
  const auto found =
      std::lower_bound(resources.begin(), resources.end(), id,
                       [](const PermittedResource& resource, std::string_view wanted) { return resource.id < wanted; });
  return found != resources.end() && found->id == id ? &*found : nullptr;
}

bool Permitted::permits(std::string_view id, bool restricted) const noexcept {
  if (id.empty()) return false;
  if (const PermittedResource* resource = find(id)) return !restricted || !resource->exclude_restricted;
  return whole_site && (!restricted || !exclude_restricted) && std::find(paused.begin(), paused.end(), id) == paused.end();
}

void permitted_resources(const catalogue::Operation& operation, const token::LiveCredential& credential, const Facts& facts,
                         Instant now, Permitted& out) {
  out.whole_site = false;
  out.exclude_restricted = true;
  out.directory = false;
  out.resources.clear();
  out.paused.clear();
  out.valid_until = Instant::min();
  const Evaluation evaluation(operation, credential, facts, now);
  if (!evaluation.any_entry()) return;
  evaluation.any_candidate([&evaluation, &out](std::string_view id, std::string_view key) {
    const Verdict verdict = evaluation.on(id);
    if (!verdict.permitted()) return false;
    out.directory = out.directory || verdict.directory;
    if (id == kWholeSite) {
      out.whole_site = true;
      out.exclude_restricted = !verdict.include_restricted;
      out.directory = out.directory || verdict.include_restricted;
    } else {
      out.resources.push_back({id, key, !verdict.include_restricted});
    }
    return false;
  });
  std::sort(out.resources.begin(), out.resources.end(),
            [](const PermittedResource& left, const PermittedResource& right) { return left.id < right.id; });
  const auto last =
      std::unique(out.resources.begin(), out.resources.end(),
                  [](const PermittedResource& left, const PermittedResource& right) { return left.id == right.id; });
  out.resources.erase(last, out.resources.end());
  evaluation.any_of_pauses([&out](const ResourcePause& pause) {
    out.paused.push_back(pause.resource.id);
    return false;
  });
  out.valid_until = evaluation.valid_until();
}

bool allows_directory(const catalogue::Operation& operation, const token::LiveCredential& credential, const Facts& facts,
                      Instant now) {
  const Evaluation evaluation(operation, credential, facts, now);
  if (!evaluation.any_entry()) return false;
  return evaluation.any_candidate([&evaluation](std::string_view id, std::string_view) {
    const Verdict verdict = evaluation.on(id);
    return verdict.permitted() && (verdict.directory || (id == kWholeSite && verdict.include_restricted));
  });
}

}  // namespace gatehouse::policy
