// self_rotate: the two addresses at which a token speaks of itself, under the gateway's own host only: never on one that is
// mapped to a site, where every path is the site's.
//
//   GET  /v1/self           what it is, when it ends, when it ought to be rotated
//   POST /v1/self/rotate    its own successor, where it has that right
//
// The answers come from the store, so that they are found elsewhere (http::Action::Kind::kElsewhere) by a SelfService, which
// admin/self_rotation.h is. Called by gateway.cpp.
#pragma once

#include <string>

#include "base/address.h"
#include "gateway/refusal.h"
#include "http/exchange.h"
#include "token/live_index.h"

namespace gatehouse::gateway {

struct Request;
struct ThreadState;

/// By a token whose secret was compared already; whether it may is for the service to say.
struct SelfRequest {
  bool rotate = false;
  token::Key credential{};
  token::Key secret{};
  IpAddress client;
  std::string user_agent;
  std::string request_id;
};

class SelfService {
 public:
  virtual ~SelfService() = default;
  /// Called on gateway threads: takes the request and returns. `done` is called once, from any thread, also within this call.
  virtual void submit(SelfRequest request, http::ElsewhereDone done) = 0;
};

/// Whether a request is for one of the two.
bool is_about_itself(const http::RequestHead& head, ThreadState& thread);
/// Checks method and body.
Step<SelfRequest> read_self_request(const token::LiveCredential& credential, const Request& request);

}  // namespace gatehouse::gateway
