// Offers of service accounts from their owner to another person, who accepts or not (admin/transfers.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace gatehouse::store {

class Session;

struct TransferOffer {
  std::string id;
  AccountId account;
  UserId from;
  UserId to;
  Instant created_at{};
  Instant ends_at{};
  std::optional<Instant> decided_at;
  bool accepted = false;
};

class TransferOffers {
 public:
  explicit TransferOffers(Session& session) noexcept : session_(session) {}
  TransferOffers(const TransferOffers&) = delete;

  Result<TransferOffer> get(const std::string& id) const;
  /// Open ones that this person made or got.
  Result<std::vector<TransferOffer>> open_of(const UserId& user, Instant now) const;
  Result<void> insert(const TransferOffer& offer);
  /// kConflict where it was decided before.
  Result<void> decide(const std::string& id, bool accepted, Instant at);
  /// Open ones of this account count as declined.
  Result<void> withdraw(const AccountId& account, Instant at);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
