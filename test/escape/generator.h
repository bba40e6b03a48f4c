// Generator: requests made of the catalogue's own rows and the pools, by a seed.
//
// Each request takes one operation, mostly of those that a bounded token may use, fills its path, query and body with objects of
// A, and then puts something hostile into one or several places, or writes the target in a way that two readers may take for two
// things.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "test/escape/http_client.h"
#include "test/escape/pools.h"

namespace gatehouse::escape {

class Generator {
 public:
  Generator(const catalogue::Catalogue& catalogue, const Pools& pools, std::uint64_t seed);

  /// `operation`: the name of the catalogue's row that it was made from.
  Question next(std::string& operation);
  /// The same operation with nothing but objects of A in it.
  Question friendly(const catalogue::Operation& operation);
  /// `place` (an index of operation.parameters) set to `value`, the rest friendly. The same seed gives the same rest.
  Question with(const catalogue::Operation& operation, std::size_t place, const std::string& value);
  /// A page token that an answer held, to be sent again somewhere else.
  void learn(const std::string& page_token);

 private:
  enum class Mood { kFriendly, kOneHostile, kHostile };

  bool chance(unsigned percent) { return roll(100) < percent; }
  std::size_t roll(std::size_t below) { return below == 0 ? 0 : static_cast<std::size_t>(random_() % below); }
  const std::string& pick(const std::vector<std::string>& words) { return words[roll(words.size())]; }

  Question build(const catalogue::Operation& operation);
  std::string value_for(const catalogue::Parameter& parameter, std::size_t place);
  std::string word(catalogue::Kind kind, bool hostile);
  std::string word_from(const Pool& pool, catalogue::Kind kind, bool hostile);
  std::string path_of(const catalogue::Operation& operation);
  std::string query_of(const catalogue::Operation& operation);
  std::string body_of(const catalogue::Operation& operation);
  std::string issue_fields(bool hostile);
  std::string issue_update(bool hostile);
  std::string field_value(bool hostile);
  std::string json_for(const catalogue::Parameter& parameter, std::size_t place);
  void twist_target(std::string& target);
  void twist_query(std::string& query);
  void twist_body(std::string& body);
  void twist_headers(Question& question);

  const Pools& pools_;
  const bool wiki_;
  const bool api_;
  std::vector<const catalogue::Operation*> usable_;
  std::vector<const catalogue::Operation*> refused_;
  std::mt19937_64 random_;
  std::vector<std::string> learned_;

  // Of the request at hand.
  Mood mood_ = Mood::kFriendly;
  std::size_t hostile_place_ = 0;
  std::size_t fixed_place_ = SIZE_MAX;
  std::string fixed_value_;
};

/// Everything but unreserved characters (RFC 3986 section 2.3) escaped.
std::string escape_component(const std::string& text);

}  // namespace gatehouse::escape
