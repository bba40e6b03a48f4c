// SecretUses: from the requests that the recorder takes, and from clients that prove themselves at the authorization server, who
// uses which secret of a credential whose rotation runs, and who still presents one that has ended. A part of admin/recorder.h,
// which calls it on its own thread.
//
// The index knows live credentials alone. A token that it lacks is compared with the store here, by its keyed hash, so that
// neither a guess nor a public id read in a log counts as use; so many at most in a while, since anybody can make up tokens.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "admin/services.h"
#include "crypto/token_hash.h"
#include "gateway/request_log.h"
#include "store/secret_uses.h"

namespace gatehouse::admin {

/// A user agent as it is kept: what a client sent may hold anything, and the store takes UTF-8 only.
std::string printable_agent(std::string_view sent);

class SecretUses {
 public:
  /// `services` must outlive it.
  explicit SecretUses(Services& services) : services_(services) {}

  void add(const gateway::RequestRecord& record);
  /// A client that proved itself with a live secret. Left out where no rotation runs. Any thread.
  void add(const token::LiveCredential& credential, const token::Key& secret, const IpAddress& client,
           std::string_view user_agent, Instant at);
  /// Finds out about unknown tokens, stores, and tells of reuse and of dead tokens, once an hour for each secret: every two
  /// seconds, or `at_once`. After an error what was not stored is stored by the next call.
  Result<void> store(bool at_once);

 private:
  /// One place that presented a token which the index lacks.
  struct Unknown {
    SecretId secret;
    crypto::TokenHash presented;
    store::SecretUse use;
  };
  void count(store::SecretUse use);
  Result<void> resolve();
  Result<void> resolve(const Unknown& unknown);
  Result<void> tell(const store::SecretUse& use, bool dead);

  Services& services_;
  std::mutex mutex_;                              ///< of uses_
  std::map<std::string, store::SecretUse> uses_;  ///< by secret, state and place
  std::map<std::string, Unknown> unknown_;        ///< by secret and place
  std::map<std::string, Instant> not_ours_;       ///< secrets that the store lacks, until when that is believed
  std::map<std::string, Instant> told_;           ///< secrets of which was told lately
  std::chrono::steady_clock::time_point due_{};
};

}  // namespace gatehouse::admin
