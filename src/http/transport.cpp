#include "http/transport.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gatehouse::http {

/// OpenSSL reads and writes through the transport itself, so that it too profits from what is known about readiness.
struct TransportBio {
  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    iovec part{const_cast<char*>(from), static_cast<std::size_t>(size)};
    const IoResult result = static_cast<Transport*>(BIO_get_data(bio))->write_plain(&part, 1);
    if (result.status == Io::kDone) return static_cast<int>(result.bytes);
    if (result.status == Io::kAgain) BIO_set_retry_write(bio);
    return -1;
  }
  static int read(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult result = static_cast<Transport*>(BIO_get_data(bio))->read_plain(to, static_cast<std::size_t>(size));
    if (result.status == Io::kDone) return static_cast<int>(result.bytes);
    if (result.status == Io::kAgain) BIO_set_retry_read(bio);
    return result.status == Io::kEnd ? 0 : -1;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }
  static BIO_METHOD* method() {
    static BIO_METHOD* const kMethod = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gatehouse transport");
      BIO_meth_set_write(made, write);
      BIO_meth_set_read(made, read);
      BIO_meth_set_ctrl(made, control);
      BIO_meth_set_create(made, create);
      return made;
    }();
    return kMethod;
  }
};

void Transport::open(int descriptor) noexcept {
  close();
  descriptor_ = descriptor;
}

void Transport::close() noexcept {
  ssl_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  readable_ = writable_ = peer_closed_ = broken_ = false;
}

void Transport::shut_down() noexcept {
  if (descriptor_ < 0) return;
  if (ssl_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(descriptor_, SHUT_WR);
}

void Transport::reset_on_close() noexcept {
  const linger now{1, 0};
  if (descriptor_ >= 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Transport::note(std::uint32_t events) noexcept {
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;
  if (events & (EPOLLRDHUP | EPOLLHUP)) peer_closed_ = true;
  if (events & (EPOLLHUP | EPOLLERR)) broken_ = true;
}

bool Transport::attach(SSL* ssl) noexcept {
  ssl_.reset(ssl);
  BIO* bio = ssl == nullptr ? nullptr : BIO_new(TransportBio::method());
  if (bio == nullptr) return false;
  BIO_set_data(bio, this);
  SSL_set_bio(ssl, bio, bio);
  return true;
}

bool Transport::start_tls_listener(const TlsContext& context) noexcept {
  if (!attach(SSL_new(context.get()))) return false;
  SSL_set_accept_state(ssl_.get());
  return true;
}

bool Transport::start_tls_upstream(const TlsContext& context, const std::string& host, SSL_SESSION* session) noexcept {
  if (!attach(SSL_new(context.get()))) return false;
  SSL* ssl = ssl_.get();
  SSL_set_connect_state(ssl);
  std::array<unsigned char, 16> address;
  const bool is_address =
      ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 || ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
  if (is_address) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) != 1) return false;
  } else {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // The macro for it casts in the old style.
    const long named = SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
    if (SSL_set1_host(ssl, host.c_str()) != 1 || named != 1) return false;
  }
  if (session != nullptr) SSL_set_session(ssl, session);
  return true;
}

Io Transport::handshake() noexcept {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Io::kDone;
  const int error = SSL_get_error(ssl_.get(), result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Io::kAgain : Io::kFailed;
}

TlsSession Transport::session() const noexcept { return {ssl_ ? SSL_get1_session(ssl_.get()) : nullptr, SSL_SESSION_free}; }

IoResult Transport::read_plain(char* to, std::size_t size) noexcept {
  if (!readable_) return {Io::kAgain, 0};
  const ssize_t count = ::recv(descriptor_, to, size, 0);
  if (count > 0) {
    // A short read emptied the socket; the next byte comes with an edge of its own. After a FIN none does.
    if (static_cast<std::size_t>(count) < size && !peer_closed_) readable_ = false;
    return {Io::kDone, static_cast<std::size_t>(count)};
  }
  if (count == 0) {
    peer_closed_ = true;
    return {Io::kEnd, 0};
  }
  if (errno == EINTR) return read_plain(to, size);
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    readable_ = false;
    return {Io::kAgain, 0};
  }
  broken_ = true;
  return {Io::kFailed, 0};
}

IoResult Transport::write_plain(const iovec* parts, int count) noexcept {
  if (!writable_) return {Io::kAgain, 0};
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  if (sent >= 0) return {Io::kDone, static_cast<std::size_t>(sent)};
  if (errno == EINTR) return write_plain(parts, count);
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    writable_ = false;
    return {Io::kAgain, 0};
  }
  broken_ = true;
  return {Io::kFailed, 0};
}

IoResult Transport::read(char* to, std::size_t size) noexcept {
  if (descriptor_ < 0) return {};
  if (!ssl_) return read_plain(to, size);
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), to, static_cast<int>(std::min<std::size_t>(size, 1U << 20)));
  if (count > 0) return {Io::kDone, static_cast<std::size_t>(count)};
  switch (SSL_get_error(ssl_.get(), count)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Io::kAgain, 0};
    case SSL_ERROR_ZERO_RETURN: return {Io::kEnd, 0};
    default: return {Io::kFailed, 0};  // an end without close_notify among them: it may be an attacker's
  }
}

IoResult Transport::write_tls(const iovec* parts, int count) noexcept {
  // One record for what belongs together: head and body share a scratch page of the thread.
  thread_local std::array<char, 16 * 1024> scratch;
  std::size_t size = 0;
  for (int at = 0; at < count && size < scratch.size(); ++at) {
    const std::size_t take = std::min(parts[at].iov_len, scratch.size() - size);
    if (take > 0) std::memcpy(scratch.data() + size, parts[at].iov_base, take);
    size += take;
  }
  if (size == 0) return {Io::kDone, 0};
  ERR_clear_error();
  const int sent = SSL_write(ssl_.get(), scratch.data(), static_cast<int>(size));
  if (sent > 0) return {Io::kDone, static_cast<std::size_t>(sent)};
  const int error = SSL_get_error(ssl_.get(), sent);
  return {error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Io::kAgain : Io::kFailed, 0};
}

IoResult Transport::write(const iovec* parts, int count) noexcept {
  if (descriptor_ < 0) return {};
  return ssl_ ? write_tls(parts, count) : write_plain(parts, count);
}

IoResult Transport::peek(char* to, std::size_t size) noexcept {
  const ssize_t count = ::recv(descriptor_, to, size, MSG_PEEK);
  if (count > 0) return {Io::kDone, static_cast<std::size_t>(count)};
  if (count == 0) return {Io::kEnd, 0};
  return {errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Io::kAgain : Io::kFailed, 0};
}

bool Transport::is_quiet() noexcept {
  if (descriptor_ < 0 || peer_closed_ || broken_) return false;
  if (ssl_ && SSL_has_pending(ssl_.get())) {
    // Session tickets are read together with the first answer; data would be somebody else's answer.
    char byte;
    if (read(&byte, 1).status != Io::kAgain) return false;
  }
  char byte;
  if (peek(&byte, 1).status == Io::kAgain) return true;
  if (!ssl_) return false;
  readable_ = true;
  return read(&byte, 1).status == Io::kAgain;
}

}  // namespace gatehouse::http
