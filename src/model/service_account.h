// A service account: a non-human identity, one for each integration; its register entry lives with it.
#pragma once

#include <optional>
#include <string>

#include "model/ids.h"
#include "model/state.h"

namespace gatehouse {

enum class Criticality { kLow = 1, kNormal, kHigh };

struct ServiceAccount {
  AccountId id;
  std::string handle;  ///< unique, [a-z0-9][a-z0-9-]{0,62}
  UserId owner;
  UserId deputy;  ///< empty where there is none
  std::string purpose;
  std::string runs_in;
  std::string docs_url;
  std::string runbook_url;
  std::string rotation_plan;
  std::optional<Duration> rotate_every;
  std::optional<Duration> expected_every;
  Criticality criticality = Criticality::kNormal;
  State state = State::kLive;
  Pause pause;
  Instant created_at{};
};

}  // namespace gatehouse
