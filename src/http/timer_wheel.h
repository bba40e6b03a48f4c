// TimerWheel: coarse deadlines of one thread, without a system call or allocation per operation.
//
// A deadline fires up to one tick late, never early. Each EventLoop has one and turns it; connections hold their Timer.
#pragma once

#include <array>
#include <cstdint>

namespace gatehouse::http {

class TimerWheel;

/// A deadline that can be set anew for nothing. Cancels itself on destruction. Not copyable: the wheel points to it.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { cancel(); }
  void cancel() noexcept;
  bool pending() const noexcept { return next_ != nullptr; }

 protected:
  virtual void on_timeout() = 0;

 private:
  friend class TimerWheel;
  void link_before(Timer& place) noexcept;

  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;
  std::uint64_t due_tick_ = 0;
};

class TimerWheel {
 public:
  static constexpr std::uint32_t kTickMs = 100;
  explicit TimerWheel(std::uint64_t now_ms) noexcept;
  ~TimerWheel();
  /// (Re)sets `timer` to fire `ms` after the wheel's present time.
  void schedule(Timer& timer, std::uint32_t ms) noexcept;
  /// Moves the wheel to `now_ms` (of a steady clock) and fires what is due. A timer may be set or destroyed from on_timeout.
  void advance(std::uint64_t now_ms);

 private:
  struct Anchor final : Timer {
    void on_timeout() override {}
  };
  static constexpr std::size_t kSlots = 1024;  // 102 s: deadlines beyond that go round more than once

  std::array<Anchor, kSlots> slots_;
  std::uint64_t tick_;
};

}  // namespace gatehouse::http
