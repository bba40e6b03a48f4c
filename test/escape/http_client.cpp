#include "test/escape/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace gatehouse::escape {
namespace {

constexpr int kTimeoutSeconds = 120;

bool same_without_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

std::string Question::text() const {
  std::string out = method + " " + target;
  if (!host.empty()) out += " [Host: " + host + "]";
  for (const auto& [name, value] : headers) out += " [" + name + ": " + value + "]";
  if (!content_type.empty()) out += " [Content-Type: " + content_type + "]";
  if (!body.empty()) out += "\n    body " + body;
  return out + "\n    token " + std::to_string(bearer);
}

std::string field_of(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && same_without_case(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
      return std::string(value);
    }
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return {};
}

HttpClient::~HttpClient() { close(); }

bool HttpClient::open() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const timeval patience{kTimeoutSeconds, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int at_once = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  close();
  return false;
}

void HttpClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

bool HttpClient::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpClient::read_more() {
  char bytes[16384];
  const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

bool HttpClient::read_chunks(Answer& answer) {
  while (true) {
    std::size_t line = 0;
    while ((line = buffer_.find("\r\n")) == std::string::npos) {
      if (!read_more()) return false;
    }
    const std::size_t size = std::strtoull(buffer_.c_str(), nullptr, 16);
    while (buffer_.size() < line + 2 + size + 2) {
      if (!read_more()) return false;
    }
    answer.body.append(buffer_, line + 2, size);
    buffer_.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

bool HttpClient::read_answer(bool head_only, Answer& answer) {
  do {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return false;
    }
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    answer.status = answer.head.size() > 12 ? std::atoi(answer.head.c_str() + 9) : 0;
  } while (answer.status == 100);
  bool whole = true;
  if (!head_only && answer.status != 204 && answer.status != 304) {
    if (same_without_case(field_of(answer.head, "Transfer-Encoding"), "chunked")) {
      whole = read_chunks(answer);
    } else {
      const std::size_t size = std::strtoull(field_of(answer.head, "Content-Length").c_str(), nullptr, 10);
      while (whole && buffer_.size() < size) whole = read_more();
      answer.body = buffer_.substr(0, size);
      buffer_.erase(0, size);
    }
  }
  if (!whole || same_without_case(field_of(answer.head, "Connection"), "close")) close();
  return whole;
}

Answer HttpClient::ask(const Question& question, std::string_view prefix, std::string_view token) {
  std::string bytes = question.method + " " + (question.host.empty() ? std::string(prefix) : "") + question.target +
                      " HTTP/1.1\r\nHost: " + (question.host.empty() ? kOwnHost : question.host.c_str()) + "\r\n";
  if (!token.empty()) bytes += "Authorization: Bearer " + std::string(token) + "\r\n";
  for (const auto& [name, value] : question.headers) bytes += name + ": " + value + "\r\n";
  if (!question.body.empty()) {
    bytes += "Content-Type: " + (question.content_type.empty() ? "application/json" : question.content_type) + "\r\n";
    bytes += "Content-Length: " + std::to_string(question.body.size()) + "\r\n";
  }
  bytes += "\r\n" + question.body;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool fresh = socket_ < 0;
    if (fresh && !open()) return {};
    Answer answer;
    const bool whole = send_all(bytes) && read_answer(question.method == "HEAD", answer);
    if (whole) return answer;
    // What came of a broken answer is looked at like any other.
    if (answer.status != 0) return answer;
    close();
    if (fresh) return {};
  }
  return {};
}

}  // namespace gatehouse::escape
