#include "http/timer_wheel.h"

namespace gatehouse::http {

void Timer::cancel() noexcept {
  if (next_ == nullptr) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

void Timer::link_before(Timer& place) noexcept {
  next_ = &place;
  previous_ = place.previous_;
  previous_->next_ = this;
  place.previous_ = this;
}

TimerWheel::TimerWheel(std::uint64_t now_ms) noexcept : tick_(now_ms / kTickMs) {
  for (Anchor& anchor : slots_) anchor.next_ = anchor.previous_ = &anchor;
}

TimerWheel::~TimerWheel() {
  // Timers that outlive the wheel must not reach back into it.
  for (Anchor& anchor : slots_) {
    while (anchor.next_ != &anchor) anchor.next_->cancel();
    anchor.next_ = anchor.previous_ = nullptr;
  }
}

void TimerWheel::schedule(Timer& timer, std::uint32_t ms) noexcept {
  timer.cancel();
  // One tick more than it divides into, since the present tick has partly gone.
  timer.due_tick_ = tick_ + ms / kTickMs + 1;
  timer.link_before(slots_[timer.due_tick_ % kSlots]);
}

void TimerWheel::advance(std::uint64_t now_ms) {
  const std::uint64_t target = now_ms / kTickMs;
  while (tick_ < target) {
    ++tick_;
    // What is due is moved to a list of its own first: a handler may set timers into this very slot.
    Anchor due;
    due.next_ = due.previous_ = &due;
    Anchor& slot = slots_[tick_ % kSlots];
    for (Timer* timer = slot.next_; timer != &slot;) {
      Timer* next = timer->next_;
      if (timer->due_tick_ <= tick_) {
        timer->cancel();
        timer->link_before(due);
      }
      timer = next;
    }
    while (due.next_ != &due) {
      Timer* timer = due.next_;
      timer->cancel();
      timer->on_timeout();
    }
    due.next_ = nullptr;
  }
}

}  // namespace gatehouse::http
