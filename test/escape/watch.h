// Watch: what must never happen, whatever was sent. Says what went wrong in words, or nothing.
//
// Of an answer: no canary of a project other than A, nor of what a security level of A hides, in the status line, the head or the
// body, plain or in base64; no id or key of a foreign object under "id" or "key" that the request itself does not hold; no
// credential of the gateway's; no link for programs that leads to the site itself.
//
// Of the state: for each other project all that sandbox::state_digest covers is as it was. The far end of a relation may be gone
// where its near end was A's to change: an entry of `relations` may disappear if A carries it (a field of an issue of A names
// the other object), or if the issue of A at its one end is gone. Nothing may be added to the relations. The restricted
// issue of A is as it was while A is there. What belongs to no project (filters, dashboards, statuses, fields, people …) is as it
// was.
//
// Of what went upstream: no token of a client, no header that is not on the gateway's list, and no `expand` that makes Jira put
// texts of other issues into the answer.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "test/escape/house.h"

namespace gatehouse::escape {

class Watch {
 public:
  explicit Watch(House& house);

  /// The state from which changes count. After House::reset.
  void remember();

  /// Thread-safe between two calls of remember().
  std::optional<std::string> wrong_with_answer(const Question& question, const Answer& answer) const;
  std::optional<std::string> wrong_with_state();
  /// Looks at what was recorded since the last call, and forgets it.
  std::optional<std::string> wrong_with_recorded();

  bool holds_own_canary(const Answer& answer) const;

 private:
  /// What is compared of the state: name of a part, and its text.
  struct State {
    std::map<std::string, std::string> parts;
    std::map<std::string, std::set<std::string>> relations;  ///< by project
    std::set<std::string> own_issues;                        ///< ids of A's
    bool has_own_project = false;
  };
  State read_state();
  std::string wrong_relation(const std::string& line, const State& now) const;

  House& house_;
  std::vector<std::pair<std::string, std::string>> needles_;  ///< what must not come back, and what it is
  std::string own_canary_;
  std::set<std::string> foreign_names_;  ///< ids and keys of foreign objects
  std::set<std::string> hidden_names_;   ///< ids of A's own content that read restrictions hide
  State before_;
};

}  // namespace gatehouse::escape
