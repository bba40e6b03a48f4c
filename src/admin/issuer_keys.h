// The public keys of other issuers (OpenID Connect Discovery), by which tokens of workloads are verified: fetched safely, kept
// for a while.
//
// Only https (http on this machine), only from the issuer's own origin, with the limits and the address filter of http::fetch, no
// redirects. A key id that is not known leads to one more fetch a minute at most, whoever asks.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "admin/jwt.h"
#include "admin/services.h"

namespace gatehouse::admin {

/// Thread-safe; blocks while an issuer is asked.
class IssuerKeys {
 public:
  explicit IssuerKeys(Services& services) : services_(services) {}
  IssuerKeys(const IssuerKeys&) = delete;
  IssuerKeys& operator=(const IssuerKeys&) = delete;

  /// kUpstreamFailed where the issuer does not answer as it should, and nothing is known of it from the last 24 hours.
  Result<std::vector<NamedKey>> keys_of(const std::string& issuer, const std::string& key_id);

 private:
  struct Known {
    std::vector<NamedKey> keys;
    Instant fetched_at{};
    Instant asked_at{};   ///< zero: never
    bool asking = false;  ///< by a thread, just now
  };
  Result<std::vector<NamedKey>> fetch(const std::string& issuer) const;

  Services& services_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::map<std::string, Known> known_;
};

/// An issuer that may be trusted: https, or http on this machine; no query, fragment or user. kInvalidArgument.
Result<void> check_issuer(std::string_view issuer);

}  // namespace gatehouse::admin
