// A service account: a non-human identity, one for each integration; its register entry lives with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/state.h"

namespace gatehouse {

enum class Criticality { kLow = 1, kNormal, kHigh };

/// What people say that an automation uses; shown beside what was observed. Plain words: nothing is permitted by them.
struct Declared {
  std::vector<std::string> sites;      ///< keys of sites, or addresses of what Gatehouse does not know
  std::vector<std::string> resources;  ///< acme/A
  std::vector<std::string> scopes;     ///< by the product's names, known here or not
  bool operator==(const Declared&) const = default;
};

struct ServiceAccount {
  AccountId id;
  std::string handle;  ///< unique, [a-z0-9][a-z0-9-]{0,62}
  UserId owner;
  UserId deputy;  ///< empty where there is none
  std::string purpose;
  std::string runs_in;
  std::string tool;        ///< what runs it: GitLab CI, Jenkins, Automation for Jira
  std::string repository;  ///< where its source is
  std::string job;         ///< its name there
  std::string link;        ///< address of the job or the rule
  std::string docs_url;
  std::string runbook_url;
  std::string rotation_plan;
  std::optional<Duration> rotate_every;
  std::optional<Duration> expected_every;
  Criticality criticality = Criticality::kNormal;
  Declared declared;
  /// Only kept in the register: it has no grants and no credentials of Gatehouse's own, and does not count in the quota.
  bool external = false;
  State state = State::kLive;
  Pause pause;
  Instant created_at{};
};

}  // namespace gatehouse
