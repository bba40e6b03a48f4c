// What a request waits for before anything is decided of it: that the index is brought up to date for a token which it lacks, and
// that the token of the person for whom an app acts is fetched. No thread waits: the driver asks again after a pause.

#include "gateway/gateway_exchange.h"

namespace gatehouse::gateway {
namespace {

using http::Action;

/// A token that the index lacks waits no longer than this for the index to be brought up to date.
constexpr std::uint64_t kMaxRefreshWaitMs = 900;
constexpr std::uint32_t kRefreshPollMs = 50;

Action pause(std::uint32_t milliseconds) {
  Action action;
  action.kind = Action::Kind::kPause;
  action.pause_ms = milliseconds;
  return action;
}

}  // namespace

/// A well-formed token that the index lacks may have been made on another node a moment ago: once for each request the index is
/// brought up to date, then it counts. All such tokens wait alike, whether they ever existed or not.
Action GatewayExchange::refuse_stranger(const Refusal& refusal) {
  token::IndexRefresh* refresh = thread_.shared.refresh;
  if (!request_.unknown_token || refreshed_ || !refresh) return refuse(refusal);
  refresh_ticket_ = refresh->join();
  if (!refresh_ticket_) return refuse(refusal);
  return pause(kRefreshPollMs);
}

/// The credential was matched and waits in `matched_`. What has changed meanwhile is looked at again before anything is sent.
Action GatewayExchange::wait_for_person() {
  if (!person_wait_ends_) person_wait_ends_ = now_.steady_ms + static_cast<std::uint64_t>(kMaxPersonWait.count());
  if (now_.steady_ms > *person_wait_ends_) return refuse(person_not_in_time(site_->site.key));
  return pause(kPersonPoll.count());
}

Action GatewayExchange::on_pause_over(const http::Now& now) {
  now_ = now;
  thread_.now_ms = now.steady_ms + 1;
  if (matched_) return admit_and_go_on();
  const bool waits = refresh_ticket_ && !thread_.shared.refresh->is_done(*refresh_ticket_);
  if (waits && now.steady_ms - request_.began.steady_ms < kMaxRefreshWaitMs) {
    return pause(kRefreshPollMs);
  }
  stop_waiting();
  refreshed_ = true;
  request_.unknown_token = false;
  request_.presented = {};
  request_.secret = {};
  return begin(*request_.head);
}

void GatewayExchange::stop_waiting() noexcept {
  if (refresh_ticket_) thread_.shared.refresh->leave();
  refresh_ticket_.reset();
}

}  // namespace gatehouse::gateway
