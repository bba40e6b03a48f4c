// EventLoop: one thread's Asio io_context, with its sockets in one edge-triggered epoll set, its timer wheel and buffers.
//
// Sockets are registered once and report each change once; their owners read and write until the kernel says EAGAIN, into
// buffers that they hold only while there are bytes. (Asio's own operations need a buffer per waiting read, and its
// buffer-less wait costs an epoll_ctl each.) Asio runs the loop, the ticking timer and what is posted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/buffer.h"
#include "http/exchange.h"
#include "http/timer_wheel.h"

namespace gatehouse::http {

/// Something that owns a socket.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// `events` as of epoll(7). Also called once right after watch() where something is ready already.
  virtual void on_ready(std::uint32_t events) = 0;
};

class EventLoop;

/// Posts to a loop that may be gone by then: for threads that outlive it, such as the resolver's. Thread-safe.
class Mailbox {
 public:
  /// False, and nothing is kept, where the loop is gone.
  bool post(std::function<void()> task);

 private:
  friend class EventLoop;
  std::mutex mutex_;
  EventLoop* loop_ = nullptr;
};

class EventLoop {
 public:
  explicit EventLoop(const Clock& clock);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs until stop(). The thread that calls it is the loop's; everything but post and stop belongs to that thread.
  void run();
  void stop();
  /// Runs `task` on the loop's thread. Thread-safe; tasks left at the end are destroyed unrun.
  void post(std::function<void()> task);
  std::shared_ptr<Mailbox> mailbox() const noexcept { return mailbox_; }
  /// Runs `task` after the events at hand, before what was retired goes: for work that must not recurse into whom it came
  /// from. Dropped where the loop ends first.
  void defer(std::function<void()> task);
  /// Called after each batch of events.
  void set_after_batch(std::function<void()> hook) { after_batch_ = std::move(hook); }

  /// Edge-triggered, for input, output and hang-up. The watcher must stay alive until the end of the batch in which the
  /// descriptor was closed: see retire(). False where the kernel refuses.
  bool watch(int descriptor, Watcher& watcher) noexcept;
  /// Calls on_ready(0) once more after the others had their turn: for who would else go on for as long as its peer does.
  void again(Watcher& watcher) { again_.push_back(&watcher); }
  /// Destroys `watcher` after the events at hand.
  void retire(std::unique_ptr<Watcher> watcher);

  TimerWheel& timers() noexcept { return timers_; }
  BufferPool& buffers() noexcept { return buffers_; }
  /// Read once a batch.
  const Now& now() const noexcept { return now_; }
  /// "Date: Tue, 24 Nov 2026 03:00:00 GMT\r\n", made once a second.
  std::string_view date_line();

 private:
  struct Context;
  void arm();
  void turn();
  void tick();
  void settle();
  void read_clocks() noexcept;

  const Clock& clock_;
  Now now_;
  BufferPool buffers_;
  TimerWheel timers_;
  std::unique_ptr<Context> context_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::function<void()> after_batch_;
  std::vector<std::function<void()>> deferred_;
  std::vector<std::unique_ptr<Watcher>> retired_;
  std::vector<Watcher*> again_;
  std::vector<Watcher*> having_turn_;  ///< of those, in this round; nullptr where it was retired meanwhile
  std::int64_t date_second_ = -1;
  std::string date_line_;
};

}  // namespace gatehouse::http
