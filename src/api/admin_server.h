// The admin listener: REST API, health, metrics and the panel. HTTP/1.1 over TCP or TLS, on Beast. main/ starts and stops it.
//
// One thread moves bytes, a pool of workers runs the handler, which may block on the database or on a site; no gateway thread is
// involved. Each connection serves one request after the other. Host is checked before the handler sees anything, since a page
// of a foreign name that resolves to this address (DNS rebinding) must get nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/message.h"
#include "base/address.h"
#include "base/result.h"
#include "http/listener.h"

namespace gatehouse::api {

struct AdminServerOptions {
  http::ListenAddress listen;
  /// Names under which it may be asked beside localhost and its own address, such as the host of --public-url. Without port.
  std::vector<std::string> hosts;
  std::string tls_certificate_file;  ///< PEM, with the chain; empty: plain HTTP
  std::string tls_key_file;
  std::vector<Network> trusted_proxies;  ///< whose X-Forwarded-For is believed
  unsigned workers = 4;
};

/// Called on a worker, by several at once.
using RequestHandler = std::function<Response(const Request&)>;

class Api;

class AdminServer {
 public:
  AdminServer(AdminServerOptions options, RequestHandler handler);
  /// Serves the API, which must outlive the server.
  AdminServer(AdminServerOptions options, const Api& api);
  ~AdminServer();  ///< stops
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  /// Checks the address as http::check_listen_address does, reads the certificate, takes the port. kConflict: it is taken.
  Result<void> start();
  /// The address really bound. After start.
  const http::ListenAddress& address() const noexcept;
  /// Accepts no more, lets running handlers end, joins.
  void stop();
  /// Reads the certificate files again; open connections go on with the old one. On an error the old one stays.
  Result<void> reload_certificate();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::api
