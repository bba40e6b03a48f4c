#include "test/http/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "http/characters.h"

namespace gatehouse::http::test {
namespace {

sockaddr_in loopback(std::uint16_t port, const char* address = "127.0.0.1") {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &place.sin_addr);
  return place;
}

int listen_anywhere(std::uint16_t& port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place = loopback(0);
  socklen_t size = sizeof place;
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&place), size) != 0 || ::listen(descriptor, 128) != 0) std::abort();
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&place), &size);
  port = ntohs(place.sin_port);
  return descriptor;
}

bool wait_readable(int descriptor, int timeout_ms) {
  pollfd entry{descriptor, POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) > 0;
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(rest_, other.rest_);
  return *this;
}

Socket Socket::connect_to(std::uint16_t port, const char* from) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (from != nullptr) {
    const sockaddr_in own = loopback(0, from);
    ::bind(descriptor, reinterpret_cast<const sockaddr*>(&own), sizeof own);
  }
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in place = loopback(port);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0) {
    ::close(descriptor);
    return Socket();
  }
  return Socket(descriptor);
}

void Socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool Socket::fill(int timeout_ms) {
  if (descriptor_ < 0 || !wait_readable(descriptor_, timeout_ms)) return false;
  char bytes[16384];
  const ssize_t count = ::recv(descriptor_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  rest_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string Socket::read_until(std::string_view end) {
  for (;;) {
    const std::size_t at = rest_.find(end);
    if (at != std::string::npos) return read_exactly(at + end.size());
    if (!fill()) return std::exchange(rest_, {});
  }
}

std::string Socket::read_exactly(std::size_t count) {
  while (rest_.size() < count && fill()) {
  }
  std::string out = rest_.substr(0, count);
  rest_.erase(0, count);
  return out;
}

std::string Socket::read_to_end(int timeout_ms) {
  while (fill(timeout_ms)) {
  }
  return std::exchange(rest_, {});
}

std::string Socket::read_message(bool is_head_answer) {
  std::string message = read_until("\r\n\r\n");
  std::string folded = message;
  for (char& byte : folded) byte = ascii_lower(byte);
  const std::size_t length = folded.find("\r\ncontent-length: ");
  if (is_head_answer) return message;
  if (length != std::string::npos) {
    message += read_exactly(static_cast<std::size_t>(std::atoll(folded.c_str() + length + 18)));
  } else if (folded.find("\r\ntransfer-encoding: chunked") != std::string::npos) {
    for (;;) {
      const std::string size = read_until("\r\n");
      message += size;
      const auto count = static_cast<std::size_t>(std::strtoull(size.c_str(), nullptr, 16));
      message += read_exactly(count + 2);
      if (count == 0) break;
    }
  }
  return message;
}

bool Socket::ended_by_peer(int timeout_ms) {
  if (!rest_.empty() || !wait_readable(descriptor_, timeout_ms)) return false;
  char byte;
  return ::recv(descriptor_, &byte, 1, 0) <= 0;
}

void Socket::shut_down() { ::shutdown(descriptor_, SHUT_WR); }

void Socket::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Socket::reset() noexcept {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

ScriptedServer::ScriptedServer(Serve serve) : serve_(std::move(serve)), listener_(listen_anywhere(port_)) {
  acceptor_ = std::thread([this] {
    for (;;) {
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const int number = count_++;
      const std::lock_guard lock(mutex_);
      threads_.emplace_back([this, descriptor, number] {
        Socket socket(descriptor);
        serve_(socket, number);
      });
    }
  });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (std::thread& thread : threads_) thread.join();
}

std::uint16_t free_port() {
  std::uint16_t port = 0;
  ::close(listen_anywhere(port));
  return port;
}

std::shared_ptr<const UpstreamRoute> route_to(std::uint16_t port, std::string key, std::string scheme, std::string host) {
  auto route = std::make_shared<UpstreamRoute>();
  route->scheme = std::move(scheme);
  route->host = std::move(host);
  route->port = port;
  route->pool_key = std::move(key);
  route->authorization = SecretString("Authorization: Basic c2l0ZTpzZWNyZXQ=\r\n");
  return route;
}

std::string answer(int status, std::string_view body, std::string_view fields) {
  return "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

bool eventually(const std::function<bool()>& holds, int timeout_ms) {
  for (int waited = 0; waited < timeout_ms; waited += 10) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return holds();
}

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse_http_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}
TempFolder::~TempFolder() { std::filesystem::remove_all(path_); }

void write_certificate(const std::string& certificate_file, const std::string& key_file, const std::string& common_name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), std::chrono::steady_clock::now().time_since_epoch().count() & 0x7fffffff);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  const std::string names = "DNS:" + common_name + ",IP:127.0.0.1";
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

}  // namespace gatehouse::http::test
