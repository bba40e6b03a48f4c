// Pools: what identifiers requests are made of. Inside: objects of A. Outside: of other projects, moved ones, restricted ones,
// and such that are not there. Odd: forms that two readers may take for different things.
//
// Collected from the seed, whose ids are the same each time, so that a seed of the generator gives the same requests again.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalogue/operation.h"
#include "sandbox/sandbox.h"

namespace gatehouse::escape {

struct Pool {
  std::vector<std::string> inside;
  std::vector<std::string> outside;
  std::vector<std::string> odd;
};

/// By kind; a kind that has none is filled with a few plain words.
class Pools {
 public:
  explicit Pools(sandbox::Sandbox& sandbox);
  const Pool& of(catalogue::Kind kind) const;
  /// Likewise, by the type of content and the form in which a space is named.
  const Pool& of(const catalogue::Parameter& parameter) const;

  /// An object of B of that kind, and the like of it that is not there, in the same form; empty where the kind has none.
  struct Pair {
    std::string foreign;
    std::string missing;
  };
  std::vector<Pair> pairs(const catalogue::Parameter& parameter) const;

 private:
  void collect_wiki(sandbox::Sandbox& sandbox);

  std::map<catalogue::Kind, Pool> pools_;
  std::map<catalogue::ContentType, Pool> contents_;
  std::map<std::string, Pool, std::less<>> by_name_;  ///< of path parameters of kApiDocument
  std::set<std::string> hidden_;                      ///< ids of A's issues that a level hides: for kApi they lie inside
  Pool space_keys_;
  Pool plain_;
};

/// Queries that try to see more, and a few that are as they should be.
const std::vector<std::string>& friendly_queries();
const std::vector<std::string>& hostile_queries();

}  // namespace gatehouse::escape
