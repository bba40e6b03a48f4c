// authorization_door: requests for the authorization server (oauth/), which has its addresses on the gateway's listener: under
// the issuer's own host alone, never on one that is mapped to a site.
//
// The gateway reads such a request whole and has it answered elsewhere (http::Action::Kind::kElsewhere): no gateway thread waits
// for the database. Called by gateway.cpp.
#pragma once

#include <string>

#include "base/address.h"
#include "base/secret.h"
#include "http/exchange.h"
#include "http/message.h"

namespace gatehouse::gateway {

struct Request;
struct ThreadState;

struct AuthorizationRequest {
  http::Method method = http::Method::kGet;
  std::string path;
  std::string query;         ///< without '?'; empty where there is none
  std::string content_type;  ///< as sent
  SecretString authorization;
  SecretString cookie;
  std::string origin;
  SecretString body;
  IpAddress client;
  bool tls = false;
  std::string user_agent;
  std::string request_id;
};

/// What oauth/ is for the gateway.
class AuthorizationServer {
 public:
  /// Longer requests are refused before they are read.
  static constexpr std::size_t kMaxBody = 64 * 1024;
  virtual ~AuthorizationServer() = default;
  /// Whether it has something at this path. Called on gateway threads.
  virtual bool serves(std::string_view path) const noexcept = 0;
  /// Called on gateway threads: takes the request and returns. `done` is called once, from any thread, also within this call. The
  /// answer brings all of its header fields but the request's id.
  virtual void submit(AuthorizationRequest request, http::ElsewhereDone done) = 0;
};

/// Whether a request is for it: by path, and by a Host that is the public URL's.
bool is_for_authorization_server(const http::RequestHead& head, const ThreadState& thread);
/// All but the body.
AuthorizationRequest read_authorization_request(const Request& request);

}  // namespace gatehouse::gateway
