#include "test/year/mail_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "base/encoding.h"

namespace gatehouse::year {
namespace {

int bound_socket(std::uint16_t port, std::uint16_t& got) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  // Two sockets may hold one port as long as neither listens: so the port stays ours while the server is away.
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::runtime_error("no port for the mail server");
  got = ntohs(address.sin_port);
  return socket;
}

void say(int socket, std::string_view line) {
  const std::string whole = std::string(line) + "\r\n";
  static_cast<void>(::send(socket, whole.data(), whole.size(), MSG_NOSIGNAL) == 0);
}

/// Lines of one connection.
class Lines {
 public:
  explicit Lines(int socket) : socket_(socket) {}
  bool next(std::string& line) {
    for (;;) {
      const std::size_t end = held_.find("\r\n");
      if (end != std::string::npos) {
        line = held_.substr(0, end);
        held_.erase(0, end + 2);
        return true;
      }
      std::array<char, 8192> piece{};
      const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
      if (got <= 0) return false;
      held_.append(piece.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_;
  std::string held_;
};

std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  const std::size_t at = from + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

/// A mail's title says what happened; the words are those of docs/operate/notifications.md.
std::string kind_of(const std::string& title) {
  static const std::vector<std::pair<std::string_view, std::string_view>> kWords{
      {" ends in ", "expiring"},
      {" ends soon", "expiring"},
      {" has ended", "expired"},
      {" ends later now", "extended"},
      {" was rotated", "rotated"},
      {" rotated itself", "self_rotated"},
      {" is paused", "paused"},
      {" is resumed", "resumed"},
      {" is revoked", "revoked"},
      {" is used from a new place", "new_place"},
      {" was rolled back", "rolled_back"},
      {"A retired secret of", "reuse"},
      {"The dead ", "dead_used"},
      {"Nobody answers for", "orphaned"},
      {" has an owner again", "adopted"},
      {" is failing", "failing"},
      {" has gone silent", "silent"},
      {" is well again", "recovered"},
      {"Nobody is there to be told", "nobody"},
      {"The old secret of", "old_secret_used"},
  };
  for (const auto& [words, kind] : kWords) {
    if (title.find(words) != std::string::npos) return std::string(kind);
  }
  return {};
}

}  // namespace

std::string_view to_string(MailWeather weather) {
  switch (weather) {
    case MailWeather::kFair: return "fair";
    case MailWeather::kAway: return "away";
    case MailWeather::kRefuses: return "refuses";
    case MailWeather::kGreylists: return "greylists";
    case MailWeather::kBreaks: return "breaks the connection";
    case MailWeather::kForgets: return "takes mail and does not say so";
  }
  return "?";
}

MailServer::MailServer(const Clock& clock) : clock_(clock) {
  reserved_ = bound_socket(0, port_);
  open();
}

MailServer::~MailServer() {
  close_listener();
  ::close(reserved_);
}

void MailServer::open() {
  std::uint16_t same = 0;
  listener_ = bound_socket(port_, same);
  if (::listen(listener_, 16) != 0) throw std::runtime_error("the mail server can't listen");
  thread_ = std::thread([this] { serve(); });
}

void MailServer::close_listener() {
  if (listener_ < 0) return;
  ::shutdown(listener_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  ::close(listener_);
  listener_ = -1;
}

void MailServer::set(MailWeather weather) {
  if (weather == weather_) return;
  weather_ = weather;
  if (weather == MailWeather::kAway) {
    close_listener();
  } else if (listener_ < 0) {
    open();
  }
  const std::lock_guard lock(mutex_);
  greylist_.clear();
}

void MailServer::refuse_for_good(const std::string& address) {
  const std::lock_guard lock(mutex_);
  refused_.push_back(address);
}

void MailServer::serve() {
  for (;;) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    ++connections_;
    talk(socket);
    ::close(socket);
  }
}

bool MailServer::greylisted(const std::string& to) {
  const std::lock_guard lock(mutex_);
  const Instant first = greylist_.try_emplace(to, clock_.now()).first->second;
  return clock_.now() < first + std::chrono::minutes(5);
}

void MailServer::talk(int socket) {
  const MailWeather weather = weather_;
  if (weather == MailWeather::kRefuses) return say(socket, "421 4.3.2 down for maintenance");
  say(socket, "220 year.test ESMTP");
  Lines lines(socket);
  std::string line, to;
  while (lines.next(line)) {
    const std::string verb = line.substr(0, 4);
    if (verb == "EHLO" || verb == "HELO" || verb == "RSET" || verb == "NOOP") {
      say(socket, "250 year.test");
    } else if (verb == "MAIL") {
      say(socket, "250 2.1.0 so be it");
    } else if (verb == "RCPT") {
      to = between(line, "<", ">");
      bool unknown = false;
      {
        const std::lock_guard lock(mutex_);
        unknown = std::find(refused_.begin(), refused_.end(), to) != refused_.end();
      }
      const bool later = weather == MailWeather::kGreylists && greylisted(to);
      say(socket, unknown ? "550 5.1.1 no such mailbox" : later ? "451 4.7.1 greylisted, come again" : "250 2.1.5 known");
    } else if (verb == "DATA") {
      say(socket, "354 go on");
      std::string text;
      for (int count = 0; lines.next(line) && line != "."; ++count) {
        if (weather == MailWeather::kBreaks && count == 20) return;
        text.append(line.starts_with("..") ? std::string_view(line).substr(1) : std::string_view(line)).append("\r\n");
      }
      take(to, text, weather == MailWeather::kForgets);
      if (weather == MailWeather::kForgets) return;
      say(socket, "250 2.0.0 taken");
    } else if (verb == "QUIT") {
      return say(socket, "221 2.0.0 bye");
    } else {
      say(socket, "502 5.5.1 what?");
    }
  }
}

void MailServer::take(const std::string& to, const std::string& text, bool forgotten) {
  const std::string id = between(text, "Message-ID: <", ">");
  const std::size_t plain = text.find("Content-Type: text/plain");
  std::string base64 = plain == std::string::npos ? std::string() : between(text.substr(plain), "\r\n\r\n", "\r\n--");
  std::erase_if(base64, [](char c) { return c == '\r' || c == '\n'; });
  const auto bytes = from_base64(base64);
  const std::lock_guard lock(mutex_);
  mails_.push_back({clock_.now(), to, id, forgotten});
  if (id.empty() || !bytes) return problems_.push_back("a mail to " + to + " without id or text");
  const std::string body(as_text(bytes.value()));
  const std::string rule(70, '-');
  std::vector<std::string> items;
  for (std::size_t at = body.find(rule); at != std::string::npos;) {
    const std::size_t next = body.find(rule, at + rule.size());
    items.push_back(body.substr(at + rule.size() + 1, next == std::string::npos ? next : next - at - rule.size() - 1));
    at = next;
  }
  if (items.empty()) items.push_back(body);
  for (const std::string& item : items) {
    Told told;
    told.at = clock_.now();
    told.to = to;
    told.title = item.substr(0, item.find('\n'));
    told.text = between(item, "\n\n", "\n");
    told.kind = kind_of(told.title);
    told.ends = between(item, "\nEnds: ", "\n");
    told.subject = between(item, "\nId: ", "\n");
    told.link = between(item, "I take care of it:\n", "\n");
    told.forgotten = forgotten;
    if (told.kind.empty() || told.subject.empty()) problems_.push_back("not understood: " + item);
    told_.push_back(std::move(told));
  }
}

std::vector<Told> MailServer::told(std::size_t from) const {
  const std::lock_guard lock(mutex_);
  return {told_.begin() + static_cast<std::ptrdiff_t>(std::min(from, told_.size())), told_.end()};
}

std::vector<Mail> MailServer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

std::vector<std::string> MailServer::problems() const {
  const std::lock_guard lock(mutex_);
  return problems_;
}

}  // namespace gatehouse::year
