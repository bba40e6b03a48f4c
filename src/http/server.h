// Server: N gateway threads, each with its event loop, listening socket, upstream pool, timer wheel and ExchangeFactory.
//
// main/ makes one and calls start and stop. Nothing is shared between the threads in the way of a request.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "http/listener.h"
#include "http/upstream_options.h"

namespace gatehouse::http {

struct ServerOptions {
  ListenAddress listen;
  unsigned threads = 1;
  std::string tls_certificate_file;  ///< PEM, with the chain; empty: plain HTTP
  std::string tls_key_file;
  std::vector<Network> trusted_proxies;  ///< whose X-Forwarded-For, or PROXY header, is believed; default none
  bool proxy_protocol =
      false;  ///< trusted proxies begin each connection with a PROXY header (v1 or v2); X-Forwarded-For is then not read
  UpstreamOptions upstream;
  Timeouts timeouts;
  Limits limits;
};

/// Called once on each thread before it accepts. `thread` counts from 0.
using FactoryMaker = std::function<std::unique_ptr<ExchangeFactory>(unsigned thread)>;
/// Called on each thread after every batch of events, when no Exchange is running: for epoch-based reclamation.
using QuiescentHook = std::function<void(unsigned thread)>;

struct ServerStatistics {
  std::uint64_t connections = 0;  ///< accepted so far
  std::uint64_t open_connections = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused_by_scanner = 0;
  std::uint64_t upstream_connections = 0;  ///< opened so far
};

class Server {
 public:
  /// `clock` must outlive the server.
  Server(ServerOptions options, FactoryMaker factories, const Clock& clock, QuiescentHook quiescent = {});
  ~Server();  ///< stops at once if still running
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Checks the address, reads the certificate, takes the port and starts the threads. Nothing is left behind on an error.
  Result<void> start();
  /// The address really bound. After start.
  const ListenAddress& address() const noexcept;
  /// Accepts what is queued, then no more; finishes what is in flight within timeouts.drain; joins. Any thread but a gateway's.
  void stop();
  /// Reads the certificate files again (SIGHUP; changed files are also noticed by themselves within seconds). Connections
  /// that are open go on with the old one. On an error the old one stays.
  Result<void> reload_certificate();
  /// Closes idle upstream connections whose pool key starts with this: after a credential was changed. Any thread.
  void forget_upstream(std::string pool_key_prefix);
  ServerStatistics statistics() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::http
