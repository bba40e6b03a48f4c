#include "test/year/receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <stdexcept>

namespace gatehouse::year {

Receiver::Receiver() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::runtime_error("no port for webhooks");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Receiver::~Receiver() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string Receiver::url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }

void Receiver::serve() {
  for (;;) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    talk(socket);
    ::close(socket);
  }
}

void Receiver::talk(int socket) {
  std::string held;
  std::array<char, 8192> piece{};
  const auto field = [&held](std::string_view name) {
    const std::size_t from = held.find(name);
    if (from == std::string::npos) return std::string();
    const std::size_t at = from + name.size();
    return held.substr(at, held.find("\r\n", at) - at);
  };
  for (;;) {
    const ssize_t got = ::recv(socket, piece.data(), piece.size(), 0);
    if (got <= 0) return;
    held.append(piece.data(), static_cast<std::size_t>(got));
    const std::size_t end = held.find("\r\n\r\n");
    const std::string length = field("Content-Length: ");
    if (end != std::string::npos && !length.empty() && held.size() >= end + 4 + std::stoul(length)) break;
  }
  const int status = status_;
  Post post;
  post.id = field("webhook-id: ");
  post.taken = status < 300;
  const auto body = boost::json::parse(held.substr(held.find("\r\n\r\n") + 4)).as_object();
  post.type = body.at("type").as_string();
  post.subject = body.at("data").at("subject").at("id").as_string();
  {
    const std::lock_guard lock(mutex_);
    posts_.push_back(std::move(post));
  }
  const std::string answer = "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  static_cast<void>(::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) == 0);
}

std::vector<Receiver::Post> Receiver::posts() const {
  const std::lock_guard lock(mutex_);
  return posts_;
}

}  // namespace gatehouse::year
