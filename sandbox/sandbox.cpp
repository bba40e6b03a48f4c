// The server of the stand-in: Beast reads requests (leniently, as a real upstream might), one thread, one lock.
//
// Answers are written by hand, so that a fault can cut them, reset them or put bytes behind them.
#include "sandbox/sandbox.h"

#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/encoding.h"
#include "sandbox/seed.h"
#include "sandbox/web.h"

namespace gatehouse::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

constexpr std::size_t kRecordedMost = 20'000;
constexpr std::size_t kChunkedFrom = 4096;
constexpr std::uint64_t kBodyMost = 64U << 20U;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    default: return "Status";
  }
}

struct Wire {
  std::string bytes;
  bool close = false;
  bool reset = false;
  int delay_ms = 0;
};

/// The head and body of an answer, with what Jira adds to every one of them.
std::string to_bytes(const Reply& reply, bool head_only, bool chunked, bool keep_alive, std::uint64_t number) {
  std::string out =
      "HTTP/1.1 " + std::to_string(reply.status) + " " + std::string(reason_of(reply.status)) + "\r\nServer: AtlassianEdge\r\n";
  if (!reply.type.empty()) out += "Content-Type: " + reply.type + "\r\n";
  out += "Atl-Traceid: " + to_hex(as_bytes(std::to_string(100'000'000 + number))) + "\r\n";
  out += "Cache-Control: no-cache, no-store, no-transform\r\nX-Content-Type-Options: nosniff\r\n";
  // A gateway must pass neither of these on.
  out += "Set-Cookie: atlassian.xsrf.token=sandbox; Path=/; Secure\r\nAccess-Control-Allow-Origin: *\r\n";
  for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\r\n";
  out += keep_alive ? "" : "Connection: close\r\n";
  const bool no_body = reply.status == 204;
  if (no_body) return out + "\r\n";
  if (!chunked || head_only) {
    out += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
    return head_only ? out : out + reply.body;
  }
  out += "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < reply.body.size(); at += 8192) {
    const std::string part = reply.body.substr(at, 8192);
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    out += size + part + "\r\n";
  }
  return out + "0\r\n\r\n";
}

/// The fault that this request shall suffer; counts it.
Fault take_fault(Site& site, const std::string& target) {
  Fault& fault = site.fault;
  if (fault.kind.empty() || fault.remaining == 0 || target.starts_with("/__sandbox")) return {};
  if (!fault.match.empty() && target.find(fault.match) == std::string::npos) return {};
  if (fault.kind == "lie") return {};  // counted where an issue is read
  if (fault.remaining > 0) --fault.remaining;
  return fault;
}

Wire serve(Site& site, const Request& request, bool keep_alive, bool may_chunk) {
  const Fault fault = take_fault(site, request.target);
  Reply reply;
  if (fault.kind == "unauthorized") {
    reply = Reply{401,
                  "text/plain;charset=UTF-8",
                  {{"WWW-Authenticate", "OAuth realm=\"sandbox\""}},
                  "Client must be authenticated to access this resource."};
  } else if (fault.kind == "error") {
    reply = Reply{503, "text/html;charset=UTF-8", {{"Retry-After", "1"}}, "<html><body>Service Unavailable</body></html>"};
  } else if (fault.kind == "huge-body") {
    reply = ok(json::object());
    reply.body = "{\"huge\":\"" + std::string(fault.size, 'x') + "\"}";
  } else {
    reply = answer(site, request);
  }
  if (!request.target.starts_with("/__sandbox")) {
    ++site.requests_seen;
    site.recorded.push_back({request.method, request.target, request.headers, request.body, reply.status});
    if (site.recorded.size() > kRecordedMost) site.recorded.pop_front();
  }
  const bool chunked = may_chunk && reply.body.size() >= kChunkedFrom && fault.kind != "truncated";
  Wire wire;
  wire.bytes = to_bytes(reply, request.method == "HEAD", chunked, keep_alive, site.requests_seen);
  wire.close = !keep_alive;
  if (fault.kind == "slow") wire.delay_ms = fault.delay_ms;
  if (fault.kind == "reset") wire.reset = true;
  if (fault.kind == "truncated") {
    const std::size_t lost = std::clamp<std::size_t>(reply.body.size() / 2, 1, wire.bytes.size());
    wire.bytes.erase(wire.bytes.size() - lost);
    wire.close = true;
  }
  if (fault.kind == "extra-bytes")
    wire.bytes += "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"smuggled\":\"yes\"}";
  return wire;
}

struct State {
  std::mutex mutex;
  Site site;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, State& state) : stream_(std::move(socket)), timer_(stream_.get_executor()), state_(state) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(kBodyMost);
    parser_->header_limit(65536);
    beast::http::async_read_header(stream_, buffer_, *parser_,
                                   [self = shared_from_this()](beast::error_code failed, std::size_t) {
                                     if (!failed) self->read_body();
                                   });
  }

 private:
  void read_body() {
    if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) {
      out_.bytes = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(out_.bytes), [self = shared_from_this()](beast::error_code failed, std::size_t) {
        if (!failed) self->read_rest();
      });
      return;
    }
    read_rest();
  }

  void read_rest() {
    beast::http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (!failed) self->respond();
    });
  }

  void respond() {
    auto& message = parser_->get();
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message) request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    request.body = std::move(message.body());
    {
      const std::lock_guard lock(state_.mutex);
      out_ = serve(state_.site, request, message.keep_alive(), message.version() == 11);
    }
    if (out_.delay_ms == 0) return write();
    timer_.expires_after(std::chrono::milliseconds(out_.delay_ms));
    timer_.async_wait([self = shared_from_this()](beast::error_code failed) {
      if (!failed) self->write();
    });
  }

  void write() {
    if (out_.reset) {
      beast::error_code ignored;
      stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
      stream_.socket().close(ignored);
      return;
    }
    asio::async_write(stream_, asio::buffer(out_.bytes), [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (failed) return;
      if (!self->out_.close) return self->read();
      beast::error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  asio::steady_timer timer_;
  State& state_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  Wire out_;
};

void accept_next(tcp::acceptor& acceptor, State& state) {
  acceptor.async_accept([&acceptor, &state](beast::error_code failed, tcp::socket socket) {
    if (failed == asio::error::operation_aborted) return;
    if (!failed) {
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<Session>(std::move(socket), state)->read();
    }
    accept_next(acceptor, state);
  });
}

}  // namespace

struct Sandbox::Impl {
  State state;
  std::unique_ptr<asio::io_context> loop;
  std::unique_ptr<tcp::acceptor> acceptor;
  std::thread thread;
  std::uint16_t port = 0;
};

Sandbox::Sandbox(Options options) : impl_(std::make_unique<Impl>()) {
  if (options.logins.empty()) {
    options.logins = {{kUsername, kToken, kBot}, {"alice@example.com", "alice-token", kAlice}};
  }
  Site& site = impl_->state.site;
  site.options = std::move(options);
  site.base = site.options.base_url;
  site.media = site.options.media_origin;
  seed(site);
}

Sandbox::~Sandbox() { stop(); }

Result<std::uint16_t> Sandbox::start(std::uint16_t port) {
  stop();
  impl_->loop = std::make_unique<asio::io_context>(1);
  impl_->acceptor = std::make_unique<tcp::acceptor>(*impl_->loop);
  beast::error_code failed;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  impl_->acceptor->open(endpoint.protocol(), failed);
  if (!failed) impl_->acceptor->set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) impl_->acceptor->bind(endpoint, failed);
  if (!failed) impl_->acceptor->listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return fail(Errc::kUnavailable,
                "The sandbox can't listen on 127.0.0.1:" + std::to_string(port) + ": " + failed.message() + ". Try --port 0.");
  }
  impl_->port = impl_->acceptor->local_endpoint().port();
  {
    const std::lock_guard lock(impl_->state.mutex);
    Site& site = impl_->state.site;
    site.base = site.options.base_url.empty() ? "http://127.0.0.1:" + std::to_string(impl_->port) : site.options.base_url;
    site.media =
        site.options.media_origin.empty() ? "http://127.0.0.1:" + std::to_string(impl_->port) : site.options.media_origin;
  }
  accept_next(*impl_->acceptor, impl_->state);
  impl_->thread = std::thread([loop = impl_->loop.get()] { loop->run(); });
  return impl_->port;
}

void Sandbox::stop() {
  if (!impl_->loop) return;
  impl_->loop->stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->acceptor.reset();
  impl_->loop.reset();  // with it every session, and so every connection
}

std::uint16_t Sandbox::port() const noexcept { return impl_->port; }

std::string Sandbox::base_url() const {
  const std::lock_guard lock(impl_->state.mutex);
  return impl_->state.site.base;
}

void Sandbox::with_site(const std::function<void(Site&)>& use) {
  const std::lock_guard lock(impl_->state.mutex);
  use(impl_->state.site);
}

void Sandbox::reset() {
  const std::lock_guard lock(impl_->state.mutex);
  seed(impl_->state.site);
}

std::string Sandbox::canary(const std::string& project_key) {
  std::uint32_t hash = 2166136261U;
  for (const char c : "canary " + project_key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  char text[16];
  std::snprintf(text, sizeof text, "%08x", hash);
  return "canary-" + project_key + "-" + text;
}

int run_sandbox(std::uint16_t port, bool control) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Options options;
  options.control = control;
  Sandbox sandbox(options);
  const auto started = sandbox.start(port);
  if (started.has_error()) {
    std::fprintf(stderr, "%s\n", started.error().public_detail.c_str());
    return 1;
  }
  std::printf("A stand-in for Jira Cloud on %s\n", sandbox.base_url().c_str());
  sandbox.with_site([](const Site& site) {
    for (const Login& login : site.options.logins) std::printf("  login  %s : %s\n", login.username.c_str(), login.token.c_str());
  });
  std::printf("  try    curl -u %s:%s %s/rest/api/3/issue/A-2\n", kUsername, kToken, sandbox.base_url().c_str());
  std::fflush(stdout);
  int caught = 0;
  sigwait(&signals, &caught);
  return 0;
}

}  // namespace gatehouse::sandbox
