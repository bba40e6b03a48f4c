// What happens to a request when something that it was decided by has changed while it was under way: a pause, a narrower grant,
// a person who has disconnected, a credential that the site does not take any more.

#include "gateway/gateway_exchange.h"

namespace gatehouse::gateway {
namespace {

using http::Action;

/// How often one request is decided anew because something changed while it was under way.
constexpr unsigned kMostStarts = 2;
}  // namespace

/// The person for whom an app acts has disconnected, say, since the way to the site was found.
bool GatewayExchange::person_is_gone() const noexcept {
  return request_.person && request_.person->withdrawn.load(std::memory_order_acquire);
}

/// The site does not take what was shown to it: whoever fetches it fetches another. Media hosts are shown nothing.
void GatewayExchange::note_refused(const upstream::RoutePtr& route) {
  if (!route || route->authorization.empty()) return;
  if (request_.person)
    thread_.shared.people->refused(request_.person);
  else if (thread_.shared.tokens && !route->credential.empty())
    thread_.shared.tokens->refused(route->credential);
}

/// A read may be sent twice, as long as its body is at hand and nothing of its answer has left; a write never.
bool GatewayExchange::may_begin_again() const noexcept {
  if (head_sent_ || request_.list) return false;
  const catalogue::Operation* const operation = request_.match.operation;
  const bool reads = operation && operation->access == catalogue::Access::kRead && !request_.outgoing.streams_body;
  return reads || !request_.sent;
}

/// Something that it was decided by has changed meanwhile: it is decided anew from its beginning by what holds now, so that a
/// pause or a narrower grant stops what it concerns and costs nobody else a request.
Action GatewayExchange::start_over() {
  if (!may_begin_again() || started_over_++ == kMostStarts) return refuse(not_live());
  const http::RequestHead* const head = request_.head;
  const http::Peer peer = request_.peer;
  const http::Now began = request_.began;
  const auto id = request_.id;
  std::string body = std::move(request_.body);
  const bool successor_used = request_.successor_used;
  request_.clear();
  request_.head = head;
  request_.peer = peer;
  request_.began = began;
  request_.id = id;
  request_.body = std::move(body);
  request_.successor_used = successor_used;
  request_.charged = true;
  credential_.reset();
  site_.reset();
  matched_.reset();
  admitted_.reset();
  permitted_.reset();
  confined_.reset();
  asking_ = Asking::kNothing;
  return begin(*head);
}

Refusal GatewayExchange::not_live() const {
  const Instant now = now_.wall;
  if (thread_.shared.index->fresh() + thread_.shared.settings.stale_limit < now) return refuse_because(Reason::kStale);
  if (site_ && !site_->live(now)) return refuse_because(Reason::kSitePaused);
  if (person_is_gone()) {
    Refusal refusal =
        refuse_because(Reason::kUpstreamCredential, site_ ? site_->site.key : std::string(), "It changed just now; try again.");
    refusal.of_person = true;
    return refusal;
  }
  if (credential_ && now >= credential_->expires_at) return refuse_because(Reason::kExpired);
  return refuse_because(Reason::kRevoked);
}

}  // namespace gatehouse::gateway
