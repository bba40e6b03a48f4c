// What requests of tokens with a proposed boundary would have met if they had it already. Counted, never chained: like usage, it
// is written beside the audit log. One row for each operation, outcome and resource; never a body or a query.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/stored.h"

namespace gatehouse::store {

struct Judgement {
  CredentialId credential;
  SiteId site;
  std::string operation;  ///< empty where none was matched
  std::string outcome;    ///< "permitted", a refusal's word (model/decision.h), or "not judged: …"
  std::string resource;   ///< display names with spaces between them; empty where none is known
  std::int64_t count = 0;
  Instant first_at{};
  Instant last_at{};
  std::string request_id;  ///< of the last one
};

class Judgements {
 public:
  /// Beyond so many rows a token's new kinds are counted in one row without operation and resource.
  static constexpr std::int64_t kMostRows = 1000;

  explicit Judgements(Session& session) noexcept : session_(session) {}
  Judgements(const Judgements&) = delete;

  /// By token, the most frequent first. `credential` empty: of all.
  Result<std::vector<Judgement>> list(const CredentialId& credential) const;

 private:
  friend class Database;
  /// Adds the counts to the rows that are there.
  Result<void> append(const std::vector<Judgement>& judgements);

  Session& session_;
};

}  // namespace gatehouse::store
