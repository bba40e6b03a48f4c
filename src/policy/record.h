// A decision while it is made: each step is checked once, and written down only where somebody wants the explanation.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "policy/decide.h"

namespace gatehouse::policy {

class Record {
 public:
  explicit Record(Explain explain) noexcept : explain_(explain == Explain::kYes) {}

  /// Whether the step passed. `detail` makes its text; a failure makes the decision a denial for `reason`.
  template <class Detail>
  bool check(std::string_view step, bool passed, Reason reason, Detail&& detail) {
    if (explain_) decision_.steps.push_back({std::string(step), passed, std::string(detail())});
    if (!passed) decision_.reason = reason;
    return passed;
  }
  void missing(const ScopeSet& scopes) noexcept { decision_.missing_scopes = scopes; }
  void resource(std::string name) noexcept { decision_.resource = std::move(name); }
  void could_not_decide() noexcept { decision_.effect = Effect::kCouldNotDecide; }
  void permit() noexcept {
    decision_.effect = Effect::kPermit;
    decision_.reason = Reason::kPermitted;
  }
  Decision take() noexcept { return std::move(decision_); }

 private:
  bool explain_;
  Decision decision_;
};

}  // namespace gatehouse::policy
