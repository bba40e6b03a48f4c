// AccessMemory: from an access token (token/access_token.h) to the client as that token may use it.
//
// A signature that was verified is remembered by the token's digest, for each thread by itself; whether what it names is live is
// asked of the index at every request. Forged tokens leave nothing behind. Called by authenticate.cpp; part of ThreadState.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "gateway/refusal.h"
#include "http/exchange.h"
#include "token/access_token.h"

namespace gatehouse::gateway {

struct Request;
struct ThreadState;

class AccessMemory {
 public:
  explicit AccessMemory(const token::AccessKeyTable* keys) : keys_(keys) {}

  /// The narrowed client, whose own state is still to be checked. Fills Request::secret with the secret that it was obtained by.
  Step<token::LiveCredentialPtr> find(std::string_view text, const http::Now& now, ThreadState& thread, Request& request);

 private:
  /// So many tokens are remembered at most; then it begins anew.
  static constexpr std::size_t kMost = 8192;

  using Digest = std::array<std::byte, 32>;
  struct Hash {
    std::size_t operator()(const Digest& digest) const noexcept {
      std::size_t head = 0;
      std::memcpy(&head, digest.data(), sizeof head);
      return head;
    }
  };
  struct Known {
    token::AccessClaims claims;
    token::LiveCredentialPtr credential;  ///< made of the client as it was then
  };

  Known* verified(std::string_view text, const http::Now& now, const ThreadState& thread);

  token::AccessKeyReader keys_;
  std::unordered_map<Digest, Known, Hash> known_;
};

}  // namespace gatehouse::gateway
