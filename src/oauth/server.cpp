#include "oauth/server.h"

#include <algorithm>
#include <array>

#include "oauth/endpoints.h"
#include "oauth/gate_session.h"

namespace gatehouse::oauth {
namespace {

using http::Method;

/// Each address has one method (OAuth's forms are posted, documents are read).
struct Endpoint {
  std::string_view path;
  Method method = Method::kGet;
  http::ElsewhereAnswer (*answer)(Context& context, const gateway::AuthorizationRequest& request);
};

const std::array<Endpoint, 11> kEndpoints{{
    {"/authorize", Method::kGet, authorization_endpoint},
    {"/authorize", Method::kPost, decision_endpoint},
    {"/authorize/arrive", Method::kGet, arrival_endpoint},
    {"/device", Method::kGet, verification_endpoint},
    {"/oauth/device_authorization", Method::kPost, device_authorization_endpoint},
    {"/oauth/token/accessible-resources", Method::kGet, accessible_resources_endpoint},
    {"/oauth/token", Method::kPost, token_endpoint},
    {"/oauth/revoke", Method::kPost, revocation_endpoint},
    {"/oauth/introspect", Method::kPost, introspection_endpoint},
    {"/.well-known/oauth-authorization-server", Method::kGet,
     [](Context& context, const gateway::AuthorizationRequest&) { return metadata_endpoint(context); }},
    {"/.well-known/jwks.json", Method::kGet,
     [](Context& context, const gateway::AuthorizationRequest&) { return key_set_endpoint(context); }},
}};

http::ElsewhereAnswer overloaded() {
  return error_answer({"temporarily_unavailable", "Gatehouse has too much to do just now. Nothing was done.", 503, 5});
}

}  // namespace

Server::Server(admin::Services& services) : context_(services) {}
Server::~Server() { stop(); }

void Server::start(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

void Server::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  threads_.clear();
}

bool Server::serves(std::string_view path) const noexcept {
  return std::any_of(kEndpoints.begin(), kEndpoints.end(), [path](const Endpoint& one) { return one.path == path; });
}

/// Whether a resting thread is to be woken, now that something waits. One at a time: who finds more when it comes calls the next.
/// Waking one for each request cost more than answering it (a look-up is over before the woken thread runs). Under mutex_.
bool Server::calls_one() noexcept {
  if (called_ || resting_ == 0 || waiting_.empty()) return false;
  called_ = true;
  return true;
}

void Server::submit(gateway::AuthorizationRequest request, http::ElsewhereDone done) {
  std::unique_lock lock(mutex_);
  if (stopping_ || waiting_.size() >= kMostWaiting) {
    lock.unlock();
    return done(overloaded());
  }
  waiting_.push_back({std::move(request), std::move(done)});
  const bool calls = calls_one();
  lock.unlock();
  // Without the lock, or the woken thread would only wait for that.
  if (calls) wake_.notify_one();
}

http::ElsewhereAnswer Server::answer(const gateway::AuthorizationRequest& request) {
  const bool reads = request.method == Method::kGet;
  std::string allowed;
  for (const Endpoint& one : kEndpoints) {
    if (one.path != request.path) continue;
    if (one.method == request.method && (!reads || request.body.empty())) return one.answer(context_, request);
    allowed += (allowed.empty() ? "" : ", ") + std::string(http::to_string(one.method));
  }
  if (allowed.empty()) return error_answer({"invalid_request", "There is nothing here.", 404, 0});
  http::ElsewhereAnswer refused = error_answer({"invalid_request", "This address does not take that method.", 405, 0});
  refused.head += "Allow: " + allowed + "\r\n";
  return refused;
}

void Server::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!stopping_ && waiting_.empty()) {
      ++resting_;
      wake_.wait(lock);
      --resting_;
      called_ = false;
    }
    if (waiting_.empty()) return;
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    const bool stopping = stopping_;
    const bool calls = calls_one();
    lock.unlock();
    if (calls) wake_.notify_one();
    next.done(stopping ? overloaded() : answer(next.request));
    lock.lock();
  }
}

}  // namespace gatehouse::oauth
