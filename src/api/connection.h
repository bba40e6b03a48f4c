// Connection: one client of the admin listener, one request after the other. Made by admin_server.cpp.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>

#include "api/admin_server.h"
#include "api/byte_stream.h"
#include "api/request_reader.h"
#include "base/random.h"

namespace gatehouse::api {

/// What all connections of a server share; outlives them.
struct ConnectionShared {
  const AdminServerOptions& options;
  const RequestHandler& handler;
  Random& random;
  boost::asio::thread_pool& workers;
};

/// What other threads have to write to a connection that streams. Never waits: a reader who leaves kMost bytes lying is dropped.
class StreamWriter;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::unique_ptr<ByteStream> stream, boost::asio::any_io_executor executor, IpAddress peer,
             const ConnectionShared& shared);
  void start();
  void close() noexcept;
  /// At the end of the server: at once, or after the answer that is being written.
  void close_when_idle();

 private:
  void read();
  void on_bytes();
  void refuse(int status, std::string_view detail);
  void run();
  void respond(const Response& response, bool keep_alive, bool head_only);
  void arm(std::chrono::seconds after);
  void stream(const Response& response);
  /// Writes what waits in the writer, until nothing does.
  void pump();
  void watch_for_end();
  friend class StreamWriter;

  std::unique_ptr<ByteStream> stream_;
  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  IpAddress peer_;
  const ConnectionShared& shared_;
  std::unique_ptr<RequestReader> reader_;
  std::array<char, 16 * 1024> buffer_{};
  std::string pending_;  ///< read and not used yet
  std::string outgoing_;
  std::shared_ptr<StreamWriter> writer_;                   ///< of a stream
  std::shared_ptr<gatehouse::admin::EventStream> events_;  ///< gives its place back when it goes
  bool continue_sent_ = false;
  bool writing_ = false;
  bool ending_ = false;
};

/// Whether a Host header may name this listener: localhost, an IP address of loopback or the bound one, or one of `hosts`; any
/// port.
bool host_is_ours(std::string_view host, const AdminServerOptions& options);
/// The client's address: the peer, or the last one in X-Forwarded-For that is no trusted proxy, where the peer is one.
IpAddress client_address(const Request& request, const IpAddress& peer, const std::vector<Network>& trusted);

}  // namespace gatehouse::api
