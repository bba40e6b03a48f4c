#include "http/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <ctime>
#include <system_error>

namespace gatehouse::http {
namespace asio = boost::asio;

struct EventLoop::Context {
  using Executor = asio::io_context::executor_type;
  using Steady = std::chrono::steady_clock;
  asio::io_context io{1};
  asio::posix::basic_stream_descriptor<Executor> set{io.get_executor()};
  asio::basic_waitable_timer<Steady, asio::wait_traits<Steady>, Executor> ticker{io.get_executor()};
};

namespace {
std::uint64_t steady_ms() noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}
}  // namespace

EventLoop::EventLoop(const Clock& clock) : clock_(clock), timers_(steady_ms()), context_(std::make_unique<Context>()) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  context_->set.assign(set);
  mailbox_->loop_ = this;
  read_clocks();
}

EventLoop::~EventLoop() {
  {
    const std::lock_guard lock(mailbox_->mutex_);
    mailbox_->loop_ = nullptr;
  }
  // A connection that goes may retire another.
  while (!retired_.empty()) {
    std::vector<std::unique_ptr<Watcher>> gone;
    gone.swap(retired_);
  }
}

bool Mailbox::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (loop_ == nullptr) return false;
  loop_->post(std::move(task));
  return true;
}

void EventLoop::read_clocks() noexcept {
  now_.wall = clock_.now();
  now_.steady_ms = steady_ms();
}

void EventLoop::run() {
  arm();
  tick();
  context_->io.run();
}

void EventLoop::stop() { context_->io.stop(); }

void EventLoop::post(std::function<void()> task) {
  asio::post(context_->io, [this, task = std::move(task)] {
    read_clocks();
    task();
    settle();
  });
}

void EventLoop::defer(std::function<void()> task) { deferred_.push_back(std::move(task)); }

bool EventLoop::watch(int descriptor, Watcher& watcher) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  return ::epoll_ctl(context_->set.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EventLoop::retire(std::unique_ptr<Watcher> watcher) {
  std::erase(again_, watcher.get());
  std::replace(having_turn_.begin(), having_turn_.end(), watcher.get(), static_cast<Watcher*>(nullptr));
  retired_.push_back(std::move(watcher));
}

void EventLoop::arm() {
  context_->set.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    turn();
    arm();
  });
}

void EventLoop::turn() {
  std::array<epoll_event, 256> events;
  // Under load the next batch is ready when this one is done: looking once more is cheaper than going through Asio.
  for (int round = 0; round < 16; ++round) {
    having_turn_.swap(again_);
    const int count = ::epoll_wait(context_->set.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    if (count <= 0 && having_turn_.empty()) return;
    read_clocks();
    for (int at = 0; at < count; ++at) {
      const epoll_event& event = events[static_cast<std::size_t>(at)];
      static_cast<Watcher*>(event.data.ptr)->on_ready(event.events);
    }
    for (std::size_t at = 0; at < having_turn_.size(); ++at) {
      if (having_turn_[at] != nullptr) having_turn_[at]->on_ready(0);
    }
    having_turn_.clear();
    settle();
  }
  if (!again_.empty()) asio::post(context_->io, [this] { turn(); });
}

void EventLoop::settle() {
  // What is deferred may defer again: it then runs at once too, and a loop of it would be a bug of ours.
  while (!deferred_.empty()) {
    std::vector<std::function<void()>> tasks;
    tasks.swap(deferred_);
    for (const auto& task : tasks) task();
  }
  if (!retired_.empty()) {
    std::vector<std::unique_ptr<Watcher>> gone;
    gone.swap(retired_);
  }
  if (after_batch_) after_batch_();
}

void EventLoop::tick() {
  read_clocks();
  timers_.advance(now_.steady_ms);
  settle();
  context_->ticker.expires_after(std::chrono::milliseconds(TimerWheel::kTickMs));
  context_->ticker.async_wait([this](boost::system::error_code error) {
    if (!error) tick();
  });
}

std::string_view EventLoop::date_line() {
  const std::int64_t second = std::chrono::duration_cast<std::chrono::seconds>(now_.wall.time_since_epoch()).count();
  if (second != date_second_) {
    date_second_ = second;
    const auto time = static_cast<std::time_t>(second);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 64> text;
    const std::size_t length = std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line_.assign(text.data(), length);
  }
  return date_line_;
}

}  // namespace gatehouse::http
