// Transport: one connected socket, plain or TLS, as non-blocking reads and gathered writes. The only file that calls OpenSSL
// for a connection.
//
// It remembers what epoll has reported, so that a read after a short read costs no system call. Not thread-safe.
#pragma once

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/tls.h"

namespace gatehouse::http {

enum class Io : std::uint8_t {
  kFailed,  ///< reset, or a TLS alert
  kAgain,   ///< nothing now: on_ready will tell
  kEnd,     ///< the peer has ended its side (in TLS: with a close_notify)
  kDone
};
struct IoResult {
  Io status = Io::kFailed;
  std::size_t bytes = 0;
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport() { close(); }

  /// Takes the descriptor, which must be non-blocking.
  void open(int descriptor) noexcept;
  bool is_open() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }
  void close() noexcept;
  /// Ends our side, so that the peer reads all that was written before it sees the end.
  void shut_down() noexcept;
  /// So that close() sends RST: a peer must not take a broken-off answer for a whole one.
  void reset_on_close() noexcept;

  void note(std::uint32_t events) noexcept;  ///< of epoll
  bool peer_has_closed() const noexcept { return peer_closed_; }
  bool is_broken() const noexcept { return broken_; }

  /// Bytes that arrived before this are not TLS's: the caller must have read none.
  bool start_tls_listener(const TlsContext& context) noexcept;
  /// `host` is verified against the certificate and sent as SNI (not for an address). `session` may be null.
  bool start_tls_upstream(const TlsContext& context, const std::string& host, SSL_SESSION* session) noexcept;
  Io handshake() noexcept;
  bool is_tls() const noexcept { return ssl_ != nullptr; }
  /// The session to resume later, or null. TLS 1.3 gives one only after the first answer.
  TlsSession session() const noexcept;

  IoResult read(char* to, std::size_t size) noexcept;
  IoResult write(const iovec* parts, int count) noexcept;
  /// recv with MSG_PEEK on the plain socket.
  IoResult peek(char* to, std::size_t size) noexcept;
  /// Whether an idle connection may be used again: neither ended nor with unread bytes. One system call.
  bool is_quiet() noexcept;

 private:
  friend struct TransportBio;
  IoResult read_plain(char* to, std::size_t size) noexcept;
  IoResult write_plain(const iovec* parts, int count) noexcept;
  IoResult write_tls(const iovec* parts, int count) noexcept;
  bool attach(SSL* ssl) noexcept;

  int descriptor_ = -1;
  bool readable_ = false;
  bool writable_ = false;
  bool peer_closed_ = false;
  bool broken_ = false;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
};

}  // namespace gatehouse::http
