// Resolver: names to addresses on two threads of its own, with a cache and one look-up at a time for each name.
//
// The upstream connections of every gateway thread and fetch() ask it. getaddrinfo gives no TTL and may block for long: so
// answers are kept for a short fixed time, the caller has its own deadline, and nobody waits for the threads at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"

namespace gatehouse::http {

struct ResolverOptions {
  std::uint32_t keep_ms = 30'000;         ///< of an answer with addresses
  std::uint32_t keep_failure_ms = 2'000;  ///< of an answer without
  std::size_t max_waiting = 1'024;        ///< names in the queue; more are answered with nothing
};

/// Thread-safe.
class Resolver {
 public:
  using Addresses = std::vector<IpAddress>;
  /// The system's look-up; empty where there is none. Called on the resolver's threads.
  using LookUp = std::function<Addresses(const std::string& host)>;
  /// Called once, on a thread of the resolver or at once on the caller's. Empty: no such name, or not to be had.
  using Answer = std::function<void(const Addresses&)>;

  explicit Resolver(ResolverOptions options = {}, LookUp look_up = system_look_up);
  ~Resolver();  ///< lets its threads go; answers that are still to come are dropped
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  void resolve(const std::string& host, Answer answer);

  static Addresses system_look_up(const std::string& host);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse::http
