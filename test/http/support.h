// Real sockets for the tests of http/: a scripted server, a raw client, and PEM files made on the spot.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/exchange.h"

namespace gatehouse::http::test {

/// A blocking socket with a deadline of a few seconds on every call, so that a broken test fails and does not hang.
class Socket {
 public:
  explicit Socket(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(other.descriptor_), rest_(std::move(other.rest_)) { other.descriptor_ = -1; }
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { close(); }
  static Socket connect_to(std::uint16_t port, const char* from = nullptr);

  int descriptor() const noexcept { return descriptor_; }
  void send(std::string_view bytes);
  /// Up to and with `end`; what came before the deadline or the peer's end where it does not come.
  std::string read_until(std::string_view end);
  std::string read_exactly(std::size_t count);
  std::string read_to_end(int timeout_ms = 20000);
  /// A head and its body by Content-Length or chunked (left as it is framed).
  std::string read_message(bool is_head_answer = false);
  bool ended_by_peer(int timeout_ms = 20000);  ///< FIN or RST, with nothing before it
  void shut_down();
  void close() noexcept;
  void reset() noexcept;  ///< closes with RST

 private:
  bool fill(int timeout_ms = 20000);
  int descriptor_;
  std::string rest_;
};

/// Listens on 127.0.0.1; each connection runs `serve` on a thread of its own. Joins all at the end.
class ScriptedServer {
 public:
  /// `number` counts the connections from 0.
  using Serve = std::function<void(Socket& socket, int number)>;
  explicit ScriptedServer(Serve serve);
  ~ScriptedServer();
  std::uint16_t port() const noexcept { return port_; }
  int connections() const noexcept { return count_; }

 private:
  Serve serve_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<int> count_{0};
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A port of 127.0.0.1 on which nobody listens.
std::uint16_t free_port();
std::shared_ptr<const UpstreamRoute> route_to(std::uint16_t port, std::string key = "key", std::string scheme = "http",
                                              std::string host = "127.0.0.1");
std::string answer(int status, std::string_view body, std::string_view fields = {});
bool eventually(const std::function<bool()>& holds, int timeout_ms = 20000);

/// A folder that goes with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A self-signed certificate for localhost and 127.0.0.1 (its own CA) and its key, as PEM files.
void write_certificate(const std::string& certificate_file, const std::string& key_file,
                       const std::string& common_name = "localhost");

}  // namespace gatehouse::http::test
