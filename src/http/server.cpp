#include "http/server.h"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "http/worker.h"

namespace gatehouse::http {
namespace {

constexpr std::chrono::seconds kLookAtCertificate{2};

/// When and which file: enough to see that it was replaced.
struct FileMark {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileMark&) const = default;
};

FileMark mark_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ino};
}

}  // namespace

struct Server::State {
  /// One thread and the way to its worker.
  struct Thread {
    std::thread thread;
    std::shared_ptr<Mailbox> mailbox;
    Worker* worker = nullptr;  ///< used by tasks in its mailbox only
    ThreadStatistics statistics;
  };

  State(ServerOptions with, FactoryMaker maker, const Clock& time, QuiescentHook hook)
      : options(std::move(with)),
        factories(std::move(maker)),
        clock(time),
        quiescent(std::move(hook)),
        budget(options.limits.memory_budget) {}

  bool has_tls() const { return !options.tls_certificate_file.empty(); }

  void post_to_all(const std::function<void(Worker&)>& task) {
    for (const auto& thread : threads) {
      thread->mailbox->post([task, worker = thread->worker] { task(*worker); });
    }
  }

  void run_thread(unsigned number, int listener, TlsContext listener_tls, TlsContext upstream_tls, std::promise<void> ready) {
    Thread& self = *threads[number];
    std::function<void()> hook;
    if (quiescent) hook = [this, number] { quiescent(number); };
    Worker worker(WorkerParts{options, clock, resolver, budget, self.statistics, std::move(listener_tls), std::move(upstream_tls),
                              factories(number), std::move(hook), listener});
    self.worker = &worker;
    self.mailbox = worker.mailbox();
    ready.set_value();
    worker.run();
  }

  Result<void> reload() {
    GH_TRY(TlsContext made, make_listener_context(options.tls_certificate_file, options.tls_key_file));
    post_to_all([made](Worker& worker) { worker.set_listener_tls(made); });
    return success();
  }

  void watch_certificate() {
    FileMark certificate = mark_of(options.tls_certificate_file);
    FileMark key = mark_of(options.tls_key_file);
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, kLookAtCertificate, [this] { return ended; })) {
      const FileMark new_certificate = mark_of(options.tls_certificate_file);
      const FileMark new_key = mark_of(options.tls_key_file);
      if (new_certificate == certificate && new_key == key) continue;
      // Half-written, or the key is still the old one: looked at again next time, and the old certificate goes on.
      if (reload().has_error()) continue;
      certificate = new_certificate;
      key = new_key;
    }
  }

  void join() {
    for (const auto& thread : threads) {
      if (thread->thread.joinable()) thread->thread.join();
    }
    {
      const std::lock_guard lock(mutex);
      ended = true;
    }
    wake.notify_all();
    if (certificate_watcher.joinable()) certificate_watcher.join();
  }

  const ServerOptions options;
  const FactoryMaker factories;
  const Clock& clock;
  const QuiescentHook quiescent;
  MemoryBudget budget;
  Resolver resolver;
  ListenAddress bound;
  std::vector<std::unique_ptr<Thread>> threads;
  std::thread certificate_watcher;
  std::mutex mutex;
  std::condition_variable wake;
  bool ended = false;
};

Server::Server(ServerOptions options, FactoryMaker factories, const Clock& clock, QuiescentHook quiescent)
    : state_(std::make_unique<State>(std::move(options), std::move(factories), clock, std::move(quiescent))) {}

Server::~Server() {
  state_->post_to_all([](Worker& worker) { worker.stop(); });
  state_->join();
}

Result<void> Server::start() {
  State& state = *state_;
  if (!state.threads.empty()) return fail(Errc::kInternal, "The server was started already.");
  if (state.options.threads == 0 || state.options.threads > 1'024) {
    return fail(Errc::kInvalidArgument, "The number of gateway threads must be from 1 to 1024.", {}, "--threads");
  }
  GH_TRYV(check_listen_address(state.options.listen, state.has_tls(), state.options.trusted_proxies));
  TlsContext listener_tls;
  if (state.has_tls()) {
    GH_TRY(listener_tls, make_listener_context(state.options.tls_certificate_file, state.options.tls_key_file));
  }
  GH_TRY(TlsContext upstream_tls, make_upstream_context(state.options.upstream.ca_file));
  GH_TRY(ListenSockets sockets, open_listener(state.options.listen, state.options.threads));
  state.bound = sockets.bound;
  const std::vector<int> descriptors = std::exchange(sockets.descriptors, {});
  for (std::size_t at = 0; at < descriptors.size(); ++at) state.threads.push_back(std::make_unique<State::Thread>());
  for (std::size_t at = 0; at < descriptors.size(); ++at) {
    std::promise<void> ready;
    std::future<void> is_ready = ready.get_future();
    state.threads[at]->thread =
        std::thread([&state, at, descriptor = descriptors[at], listener_tls, upstream_tls, ready = std::move(ready)]() mutable {
          state.run_thread(static_cast<unsigned>(at), descriptor, listener_tls, upstream_tls, std::move(ready));
        });
    is_ready.wait();
  }
  if (state.has_tls()) state.certificate_watcher = std::thread([&state] { state.watch_certificate(); });
  return success();
}

const ListenAddress& Server::address() const noexcept { return state_->bound; }

void Server::stop() {
  state_->post_to_all([](Worker& worker) { worker.drain(); });
  state_->join();
}

Result<void> Server::reload_certificate() {
  if (!state_->has_tls()) return fail(Errc::kInvalidArgument, "The gateway's listener has no TLS certificate.", {}, "--tls-cert");
  return state_->reload();
}

void Server::forget_upstream(std::string pool_key_prefix) {
  state_->post_to_all([prefix = std::move(pool_key_prefix)](Worker& worker) { worker.forget_upstream(prefix); });
}

ServerStatistics Server::statistics() const noexcept {
  ServerStatistics out;
  for (const auto& thread : state_->threads) {
    const ThreadStatistics& from = thread->statistics;
    out.connections += from.connections.load(std::memory_order_relaxed);
    out.open_connections += from.open_connections.load(std::memory_order_relaxed);
    out.requests += from.requests.load(std::memory_order_relaxed);
    out.refused_by_scanner += from.refused_by_scanner.load(std::memory_order_relaxed);
    out.upstream_connections += from.upstream_connections.load(std::memory_order_relaxed);
  }
  return out;
}

}  // namespace gatehouse::http
