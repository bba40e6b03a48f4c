#include "api/admin_server.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>

#include "api/connection.h"
#include "api/router.h"
#include "base/random.h"
#include "http/tls.h"

namespace gatehouse::api {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
constexpr std::size_t kMostConnections = 1024;

IpAddress to_address(const asio::ip::address& from) {
  const auto v6 = from.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, from.to_v4()) : from.to_v6();
  IpAddress address;
  const auto bytes = v6.to_bytes();
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

}  // namespace

struct AdminServer::State {
  State(AdminServerOptions given, RequestHandler to_call)
      : options(std::move(given)),
        handler(std::move(to_call)),
        acceptor(io),
        workers(std::max(1U, options.workers)),
        shared{options, handler, random, workers},
        guard(asio::make_work_guard(io)) {}

  void accept();
  void adopt(Tcp::socket socket);

  AdminServerOptions options;
  RequestHandler handler;
  SystemRandom random;  ///< for request ids
  asio::io_context io{1};
  Tcp::acceptor acceptor;
  /// Goes before `io`: what was queued for a worker and never ran holds a connection.
  asio::thread_pool workers;
  ConnectionShared shared;
  asio::executor_work_guard<asio::io_context::executor_type> guard;
  std::vector<std::weak_ptr<Connection>> connections;  ///< on the listener's thread
  std::mutex tls_mutex;
  http::TlsContext tls;
  http::ListenAddress bound;
  std::thread thread;
};

void AdminServer::State::accept() {
  acceptor.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
    if (!error) adopt(std::move(socket));
    accept();
  });
}

void AdminServer::State::adopt(Tcp::socket socket) {
  boost::system::error_code problem;
  const Tcp::endpoint peer = socket.remote_endpoint(problem);
  std::erase_if(connections, [](const auto& one) { return one.expired(); });
  if (problem || connections.size() >= kMostConnections) return;
  socket.set_option(Tcp::no_delay(true), problem);
  http::TlsContext context;
  {
    const std::lock_guard lock(tls_mutex);
    context = tls;
  }
  auto stream = context ? make_tls_stream(std::move(socket), context) : make_plain_stream(std::move(socket));
  auto connection = std::make_shared<Connection>(std::move(stream), io.get_executor(), to_address(peer.address()), shared);
  connections.push_back(connection);
  connection->start();
}

AdminServer::AdminServer(AdminServerOptions options, RequestHandler handler)
    : state_(std::make_unique<State>(std::move(options), std::move(handler))) {}

AdminServer::AdminServer(AdminServerOptions options, const Api& api)
    : AdminServer(std::move(options), [&api](const Request& request) { return api.handle(request); }) {}

AdminServer::~AdminServer() { stop(); }

Result<void> AdminServer::reload_certificate() {
  if (state_->options.tls_certificate_file.empty()) return success();
  GH_TRY(auto context, http::make_listener_context(state_->options.tls_certificate_file, state_->options.tls_key_file));
  const std::lock_guard lock(state_->tls_mutex);
  state_->tls = std::move(context);
  return success();
}

Result<void> AdminServer::start() {
  State& state = *state_;
  GH_TRYV(http::check_listen_address(state.options.listen, !state.options.tls_certificate_file.empty(),
                                     state.options.trusted_proxies));
  GH_TRYV(reload_certificate());
  GH_TRY(http::ListenSockets sockets, http::open_listener(state.options.listen, 1));
  state.bound = sockets.bound;
  boost::system::error_code problem;
  const auto family = state.bound.address.is_v4() ? Tcp::v4() : Tcp::v6();
  state.acceptor.assign(family, sockets.descriptors.front(), problem);
  if (problem) return fail(Errc::kUnavailable, "The admin listener could not be opened.", problem.message());
  sockets.descriptors.clear();
  state.accept();
  state.thread = std::thread([&state] { state.io.run(); });
  return success();
}

const http::ListenAddress& AdminServer::address() const noexcept { return state_->bound; }

void AdminServer::stop() {
  State& state = *state_;
  if (!state.thread.joinable()) return;
  asio::post(state.io, [&state] {
    boost::system::error_code ignored;
    state.acceptor.close(ignored);
  });
  // Handlers that run end; their answers are written before the loop stops.
  state.workers.join();
  asio::post(state.io, [&state] {
    state.guard.reset();
    for (const auto& one : state.connections) {
      if (const auto connection = one.lock()) connection->close_when_idle();
    }
  });
  state.thread.join();
}

}  // namespace gatehouse::api
