// Handovers: a new token on its way to the person that it is for. Its secret lies here sealed until it is taken, once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/stored.h"

namespace gatehouse::store {

struct Handover {
  std::string id;  ///< the public part of the link
  CredentialId credential;
  std::string recipient;  ///< e-mail address
  UserId user;            ///< the recipient's, who signs in to take it; empty: an outsider, with link and code
  UserId made_by;
  std::string hash;       ///< of the link's secret part (crypto/token_hash.h); of outsiders only
  std::string code_hash;  ///< likewise of the code
  int wrong_codes = 0;
  std::string sealed_secret;  ///< crypto/seal.h; emptied by taking and by the end
  Instant created_at{};
  Instant expires_at{};
  std::optional<Instant> taken_at;
  std::optional<Instant> ended_at;  ///< taken, or not taken in time
};

class Handovers {
 public:
  explicit Handovers(Session& session) noexcept : session_(session) {}
  Handovers(const Handovers&) = delete;

  Result<Handover> get(const std::string& id) const;
  Result<std::vector<Handover>> of_credential(const CredentialId& credential) const;
  /// Those that wait to be taken, the soonest end first; at most 1000.
  Result<std::vector<Handover>> open() const;
  Result<void> insert(const Handover& handover);
  /// Ends it and empties the secret: kConflict where it has ended before, so that two who race can't both take it.
  Result<void> end(const std::string& id, Instant at, bool taken);
  Result<void> count_wrong_code(const std::string& id);

 private:
  Result<std::vector<Handover>> select(const std::string& rest, const std::string& value) const;
  Session& session_;
};

}  // namespace gatehouse::store
