// Scenarios: for each named check of gateway/checks.h the requests that go through if that check alone is left out; what must
// work, so that a gateway which refuses everything does not pass; and pairs that must look alike.
#pragma once

#include <string>
#include <vector>

#include "test/escape/house.h"
#include "test/escape/pools.h"

namespace gatehouse::escape {

struct Scenario {
  std::string check;     ///< of gateway/checks.h
  std::string what;      ///< what would happen
  unsigned variant = 0;  ///< of House::reset
  Question question;
  Question twin;     ///< target not empty: both must be answered alike, apart from the request id …
  std::string echo;  ///< … and from this, which the answer repeats of the question
  std::string twin_echo;
};
std::vector<Scenario> scenarios(House& house);
void add_wiki_scenarios(std::vector<Scenario>& out);  ///< those of Confluence

/// What a token for A is for: each must be answered with `status`, and with A's canary where `own` says so.
struct Core {
  Question question;
  int status = 200;
  bool own = true;
};
std::vector<Core> core_operations(House& house);
void add_wiki_core(std::vector<Core>& out);

/// Existing and foreign, and not there at all: for each operation that a bounded token may use and each place in it that names an
/// object, both in the same form.
struct Twins {
  Question foreign;
  Question missing;
};
std::vector<Twins> twins(House& house, const Pools& pools);

/// `text` with "x" in the place of each `part`.
std::string without(std::string text, const std::string& part);
/// Empty where the two answers can't be told apart by status, names of header fields, or body without the request id.
std::string difference(const Answer& left, const Answer& right);

}  // namespace gatehouse::escape
