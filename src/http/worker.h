// Worker: one gateway thread's loop, listening socket, upstream pool and client connections. Made and run by the Server on
// the thread that it serves.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "http/driver.h"
#include "http/event_loop.h"
#include "http/resolver.h"
#include "http/server.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {

struct WorkerParts {
  const ServerOptions& options;
  const Clock& clock;
  Resolver& resolver;
  MemoryBudget& budget;
  ThreadStatistics& statistics;
  TlsContext listener_tls;
  TlsContext upstream_tls;
  std::unique_ptr<ExchangeFactory> factory;
  std::function<void()> quiescent;
  int listener = -1;  ///< taken over
};

class Worker final : public ConnectionKeeper {
 public:
  explicit Worker(WorkerParts parts);
  ~Worker() override;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  std::shared_ptr<Mailbox> mailbox() const noexcept { return loop_.mailbox(); }
  /// Serves until stopped, or drained.
  void run();
  // On the worker's thread, by its mailbox.
  void drain();
  void stop();
  void forget_upstream(const std::string& pool_key_prefix) { pool_.forget(pool_key_prefix); }
  void set_listener_tls(TlsContext tls) { context_.tls = std::move(tls); }

 private:
  /// The listening socket. Its timer is for when the process has no descriptor left.
  class Acceptor final : public Watcher, public Timer {
   public:
    Acceptor(Worker& worker, int descriptor) : worker_(worker), descriptor_(descriptor) {}
    ~Acceptor() override { close(); }
    int descriptor() const noexcept { return descriptor_; }
    void close() noexcept;
    void on_ready(std::uint32_t) override { worker_.accept_all(); }

   private:
    void on_timeout() override { worker_.accept_all(); }
    Worker& worker_;
    int descriptor_;
  };
  class DrainTimer final : public Timer {
   public:
    explicit DrainTimer(Worker& worker) : worker_(worker) {}

   private:
    void on_timeout() override { worker_.stop(); }
    Worker& worker_;
  };

  void accept_all();
  void adopt(int descriptor, const IpAddress& peer);
  void on_closed(ClientConnection& connection) override;
  void count_open() noexcept;

  const ServerOptions options_;
  std::size_t works_ = 0;  ///< the last connections go with the loop
  EventLoop loop_;
  UpstreamPool pool_;
  std::unique_ptr<ExchangeFactory> factory_;
  DriverContext context_;
  Acceptor acceptor_;
  DrainTimer drain_timer_;
  std::list<std::unique_ptr<ClientConnection>> connections_;
  bool full_ = false;  ///< more clients may be waiting in the kernel's queue
};

}  // namespace gatehouse::http
