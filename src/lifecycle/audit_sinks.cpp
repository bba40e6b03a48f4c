#include "lifecycle/audit_sinks.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "audit/formats.h"
#include "audit/head.h"
#include "lifecycle/webhook.h"
#include "store/data_folder.h"

namespace gatehouse::lifecycle {
namespace {

namespace json = boost::json;

constexpr int kAuditFacility = 13;
constexpr int kNotice = 5;
constexpr int kInformational = 6;
constexpr long kPatienceSeconds = 5;
constexpr int kRecordsAtOnce = 500;
/// Longer ones are cut: a datagram has an end, and receivers take no more (RFC 5424 section 6.1 asks for 2,048 at least).
constexpr std::size_t kLongestMessage = 8192;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  bool open() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

Error unreachable(const std::string& where, const std::string& why) {
  return fail(Errc::kUpstreamFailed, "The syslog receiver " + where + " can't be reached.", why);
}

/// An end to every wait: a receiver that hangs must not hold the next turn up for ever.
void set_patience(int fd) {
  const timeval patience{kPatienceSeconds, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

/// One connection to the receiver, opened anew after a failure.
class Syslog {
 public:
  explicit Syslog(SyslogTarget target) : target_(std::move(target)) {}

  Result<void> send(std::string message) {
    if (message.size() > kLongestMessage) message.resize(kLongestMessage);
    // RFC 6587 section 3.4.1: octets are counted, since a text may hold line breaks.
    if (target_.way == "tcp") message.insert(0, std::to_string(message.size()) + " ");
    if (!socket_.open() || gone()) {
      GH_TRYV(connect());
    }
    std::string_view rest = message;
    while (!rest.empty()) {
      const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        const std::string why = std::strerror(errno);
        socket_ = Descriptor();
        return unreachable(name(), why);
      }
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return success();
  }

 private:
  std::string name() const { return target_.way == "unix" ? target_.host : target_.host + ":" + target_.port; }

  /// A stream whose other end was closed takes bytes that nobody reads.
  bool gone() const {
    if (target_.way != "tcp") return false;
    char byte = 0;
    const ssize_t read = ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return read == 0 || (read < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
  }

  Result<void> connect() {
    if (target_.way == "unix") return connect_unix();
    addrinfo hints{};
    hints.ai_socktype = target_.way == "udp" ? SOCK_DGRAM : SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int failed = ::getaddrinfo(target_.host.c_str(), target_.port.c_str(), &hints, &found); failed != 0)
      return unreachable(name(), ::gai_strerror(failed));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
    std::string why;
    for (const addrinfo* one = all.get(); one; one = one->ai_next) {
      Descriptor made(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
      if (!made.open()) continue;
      set_patience(made.get());
      if (::connect(made.get(), one->ai_addr, one->ai_addrlen) == 0) {
        socket_ = std::move(made);
        return success();
      }
      why = std::strerror(errno);
    }
    return unreachable(name(), why);
  }

  Result<void> connect_unix() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (target_.host.size() >= sizeof address.sun_path) return unreachable(name(), "the path is too long");
    std::memcpy(address.sun_path, target_.host.data(), target_.host.size());
    Descriptor made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    set_patience(made.get());
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return unreachable(name(), std::strerror(errno));
    socket_ = std::move(made);
    return success();
  }

  const SyslogTarget target_;
  Descriptor socket_;
};

/// How far the sinks have come.
struct Progress {
  std::int64_t streamed = 0;         ///< the last record that syslog was sent
  std::int64_t anchored_syslog = 0;  ///< the sequence of the last head that was sent
  std::int64_t anchored_webhook = 0;
};

Result<Progress> read_progress(const std::string& path) {
  Progress out;
  const auto text = store::read_small_file(path);
  if (!text) return text.error().code == Errc::kNotFound ? Result<Progress>(out) : text.error();
  json::error_code problem;
  const json::value parsed = json::parse(text.value(), problem);
  const json::object* const object = problem ? nullptr : parsed.if_object();
  const auto number = [object](const char* name) -> std::int64_t {
    const json::value* const found = object ? object->if_contains(name) : nullptr;
    return found && found->is_int64() && found->get_int64() > 0 ? found->get_int64() : 0;
  };
  // A file that can't be read begins anew: what is sent twice names its sequence, what is not sent would be missing.
  return Progress{number("streamed"), number("anchored_syslog"), number("anchored_webhook")};
}

Result<void> write_progress(const std::string& path, const Progress& progress) {
  return store::replace_file(path, json::serialize(json::object{{"streamed", progress.streamed},
                                                                {"anchored_syslog", progress.anchored_syslog},
                                                                {"anchored_webhook", progress.anchored_webhook}}) +
                                       "\n");
}

/// Whoever puts back the database and the head beside it does not put back what was told to others.
Result<void> check_not_shorter(const audit::Head& head, std::int64_t anchored) {
  if (head.sequence >= anchored) return success();
  return fail(Errc::kDataCorrupt, "The audit chain ends at record " + std::to_string(head.sequence) + ", and record " +
                                      std::to_string(anchored) +
                                      " was anchored elsewhere: an older state was put back. Run: "
                                      "gatehouse audit verify --head FILE with the anchor");
}

/// For all that goes wrong in one turn: the first is told.
void keep(Result<void>& first, Result<void> result) {
  if (first && !result) first = std::move(result);
}

}  // namespace

Result<SyslogTarget> parse_syslog_target(std::string_view text) {
  const Error wrong =
      fail(Errc::kInvalidArgument, "audit.syslog is udp://host:514, tcp://host:601 or unix:/dev/log.", {}, "audit.syslog");
  if (text.substr(0, 5) == "unix:") {
    if (text.size() < 7 || text[5] != '/') return wrong;
    return SyslogTarget{"unix", std::string(text.substr(5)), {}};
  }
  SyslogTarget target;
  const std::size_t scheme = text.find("://");
  const std::size_t colon = text.rfind(':');
  if (scheme == std::string_view::npos || colon <= scheme + 3) return wrong;
  target.way = text.substr(0, scheme);
  target.host = text.substr(scheme + 3, colon - scheme - 3);
  target.port = text.substr(colon + 1);
  if (target.host.size() > 2 && target.host.front() == '[' && target.host.back() == ']')
    target.host = target.host.substr(1, target.host.size() - 2);
  const bool digits =
      !target.port.empty() && target.port.size() <= 5 && target.port.find_first_not_of("0123456789") == std::string::npos;
  if ((target.way != "udp" && target.way != "tcp") || target.host.empty() || !digits) return wrong;
  return target;
}

std::string syslog_message(int severity, Instant at, std::string_view kind, std::string_view text) {
  std::string out = "<" + std::to_string(kAuditFacility * 8 + severity) + ">1 " + format_instant(at) + " gatehouse gatehouse - ";
  return out.append(kind).append(" - ").append(text);
}

struct AuditSinks::State {
  State(admin::Services& with, AuditSinkSettings given, std::string path)
      : services(with), settings(std::move(given)), progress_path(std::move(path)) {}

  Result<void> stream();
  Result<void> anchor_by_syslog(const audit::Head& head, Instant now);
  Result<void> anchor_by_webhook(const audit::Head& head, Instant now);

  admin::Services& services;
  const AuditSinkSettings settings;
  const std::string progress_path;
  std::unique_ptr<Syslog> syslog;
  WebhookAddress webhook;
  SecretString webhook_secret;
  http::FetchOptions fetch;
  Progress progress;
  std::optional<Instant> anchored_at;
};

AuditSinks::AuditSinks(std::unique_ptr<State> state) : state_(std::move(state)) {}
AuditSinks::~AuditSinks() = default;

Result<std::unique_ptr<AuditSinks>> AuditSinks::make(admin::Services& services, AuditSinkSettings settings,
                                                     std::string progress_path) {
  auto state = std::make_unique<State>(services, std::move(settings), std::move(progress_path));
  const AuditSinkSettings& given = state->settings;
  if (!given.syslog.empty()) {
    GH_TRY(auto target, parse_syslog_target(given.syslog));
    state->syslog = std::make_unique<Syslog>(std::move(target));
  }
  if (!given.webhook_url.empty()) {
    GH_TRY(state->webhook, parse_webhook_url(given.webhook_url));
    GH_TRY(const http::Origin origin, http::parse_base_url(state->webhook.origin));
    const bool here = origin.host == "127.0.0.1" || origin.host == "localhost" || origin.host == "::1";
    if (origin.scheme != "https" && !here)
      return fail(Errc::kInvalidArgument, "audit.webhook_url must begin with https://.", {}, "audit.webhook_url");
    GH_TRY(std::string secret, store::read_small_file(given.webhook_secret_file));
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    state->webhook_secret = SecretString(std::move(secret));
    GH_TRYV(sign_webhook(state->webhook_secret, "probe", 0, "probe"));
    state->fetch = services.fetch;
    // Whoever writes the configuration file means this very host, wherever it lives.
    state->fetch.upstream.addresses.allowed_hosts.push_back(origin.host);
  }
  GH_TRY(state->progress, read_progress(state->progress_path));
  return std::unique_ptr<AuditSinks>(new AuditSinks(std::move(state)));
}

Result<void> AuditSinks::State::stream() {
  store::Page page{std::to_string(progress.streamed), kRecordsAtOnce};
  store::Listed<AuditRecord> listed;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(listed, reader->audit_records.list({}, page));
  }
  Result<void> sent = success();
  const std::int64_t before = progress.streamed;
  for (const AuditRecord& record : listed.items) {
    const int severity = record.event.outcome == "refused" ? kNotice : kInformational;
    sent = syslog->send(syslog_message(severity, record.at, "audit", audit::to_cef_line(record)));
    if (!sent) break;
    progress.streamed = record.sequence;
  }
  if (progress.streamed != before) {
    GH_TRYV(write_progress(progress_path, progress));
  }
  return sent;
}

Result<void> AuditSinks::State::anchor_by_syslog(const audit::Head& head, Instant now) {
  GH_TRYV(check_not_shorter(head, progress.anchored_syslog));
  if (!syslog || head.sequence == progress.anchored_syslog) return success();
  std::string line = audit::format_head(head, services.keys);
  while (!line.empty() && line.back() == '\n') line.pop_back();
  GH_TRYV(syslog->send(syslog_message(kNotice, now, "anchor", line)));
  progress.anchored_syslog = head.sequence;
  return write_progress(progress_path, progress);
}

Result<void> AuditSinks::State::anchor_by_webhook(const audit::Head& head, Instant now) {
  GH_TRYV(check_not_shorter(head, progress.anchored_webhook));
  if (settings.webhook_url.empty() || head.sequence == progress.anchored_webhook) return success();
  const json::value line = json::parse(audit::format_head(head, services.keys));
  const std::string body = json::serialize(
      json::object{{"type", "audit.anchor"}, {"timestamp", format_instant(now)}, {"data", json::object{{"head", line}}}});
  const std::string id = "anchor-" + std::to_string(head.sequence);
  GH_TRY(const WebhookAnswer answer, post_webhook(fetch, webhook, webhook_secret, id, now, body));
  if (answer.status < 200 || answer.status >= 300)
    return fail(Errc::kUpstreamFailed, "The receiver of the audit anchors answered " + std::to_string(answer.status) + ".");
  progress.anchored_webhook = head.sequence;
  return write_progress(progress_path, progress);
}

Result<void> AuditSinks::run(Instant now) {
  State& state = *state_;
  Result<void> first = success();
  if (state.syslog && state.settings.stream) keep(first, state.stream());
  if (state.anchored_at && now < *state.anchored_at + state.settings.anchor_every) return first;
  const auto head = audit::read_head_file(state.services.head_path, state.services.keys);
  if (!head) return head.error();
  keep(first, state.anchor_by_syslog(head.value(), now));
  keep(first, state.anchor_by_webhook(head.value(), now));
  state.anchored_at = now;
  return first;
}

}  // namespace gatehouse::lifecycle
