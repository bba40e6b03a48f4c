#include "http/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "http/socket_address.h"

namespace gatehouse::http {
namespace {
using Steady = std::chrono::steady_clock;
constexpr std::size_t kThreads = 2;
constexpr std::size_t kMaxNames = 4'096;  // in the cache: sites are configured by people, so this is never reached in earnest
}  // namespace

struct Resolver::State {
  struct Name {
    Addresses addresses;
    Steady::time_point until{};  ///< the epoch: not known yet
    std::vector<Answer> waiting;
    bool in_work = false;
  };

  State(ResolverOptions with, LookUp call) : options(with), look_up(std::move(call)) {}

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return ended || !queue.empty(); });
      if (ended) return;
      const std::string host = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      Addresses addresses = look_up(host);
      lock.lock();
      if (ended) return;
      Name& name = names[host];
      name.addresses = addresses;
      name.until = Steady::now() + std::chrono::milliseconds(addresses.empty() ? options.keep_failure_ms : options.keep_ms);
      name.in_work = false;
      std::vector<Answer> waiting = std::move(name.waiting);
      name.waiting.clear();
      lock.unlock();
      for (const Answer& answer : waiting) answer(addresses);
      lock.lock();
    }
  }

  void forget_old() {
    if (names.size() < kMaxNames) return;
    const auto now = Steady::now();
    std::erase_if(names, [&](const auto& entry) { return !entry.second.in_work && entry.second.until < now; });
  }

  const ResolverOptions options;
  const LookUp look_up;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::string> queue;
  std::unordered_map<std::string, Name> names;
  bool ended = false;
};

Resolver::Resolver(ResolverOptions options, LookUp look_up) : state_(std::make_shared<State>(options, std::move(look_up))) {
  // Detached: getaddrinfo may block for many seconds, and nobody may have to wait for it at the end.
  for (std::size_t at = 0; at < kThreads; ++at) std::thread([state = state_] { state->work(); }).detach();
}

Resolver::~Resolver() {
  const std::lock_guard lock(state_->mutex);
  state_->ended = true;
  for (auto& [host, name] : state_->names) name.waiting.clear();
  state_->wake.notify_all();
}

void Resolver::resolve(const std::string& host, Answer answer) {
  std::unique_lock lock(state_->mutex);
  state_->forget_old();
  State::Name& name = state_->names[host];
  if (name.until > Steady::now()) {
    const Addresses addresses = name.addresses;
    lock.unlock();
    answer(addresses);
    return;
  }
  if (!name.in_work && state_->queue.size() >= state_->options.max_waiting) {
    lock.unlock();
    answer({});
    return;
  }
  name.waiting.push_back(std::move(answer));
  if (name.in_work) return;
  name.in_work = true;
  state_->queue.push_back(host);
  state_->wake.notify_one();
}

Resolver::Addresses Resolver::system_look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  // AI_ADDRCONFIG finds nothing on a machine that has loopback only: then ask without it.
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
    hints.ai_flags = 0;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  }
  Addresses out;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const IpAddress address = to_ip(at->ai_addr);
    if (std::find(out.begin(), out.end(), address) == out.end()) out.push_back(address);
  }
  ::freeaddrinfo(found);
  return out;
}

}  // namespace gatehouse::http
