// Every bound and time-out of the gateway's HTTP side in one place. Plain values, set before the server starts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gatehouse::http {

inline constexpr std::size_t kMaxHeadBytes = 32 * 1024;      ///< start line and fields; more is 431
inline constexpr std::size_t kMaxFields = 128;               ///< more is 431
inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;     ///< more is 414
inline constexpr std::size_t kMaxChunkExtensionBytes = 256;  ///< in all, per message
inline constexpr std::size_t kMaxTrailerBytes = 8 * 1024;    ///< read and dropped

/// Milliseconds, as the timer wheel counts them.
struct Timeouts {
  std::uint32_t head = 10'000;           ///< from a request's first byte to the end of its head; also TLS and PROXY hand-shakes
  std::uint32_t body_stall = 30'000;     ///< between two pieces of a request's body
  std::uint32_t keep_alive = 75'000;     ///< idle client connection
  std::uint32_t client_stall = 60'000;   ///< a client that reads nothing of its answer
  std::uint32_t connect = 5'000;         ///< look-up of the name, TCP, CONNECT and TLS together
  std::uint32_t pool_wait = 5'000;       ///< in the queue for a free upstream connection
  std::uint32_t answer_head = 60'000;    ///< from the request's last byte to the end of the answer's head
  std::uint32_t answer_stall = 60'000;   ///< between two pieces of the answer's body
  std::uint32_t upstream_idle = 55'000;  ///< idle upstream connection in the pool
  std::uint32_t idle_trim = 2'000;       ///< an idle client connection gives back its Exchange and buffers
  std::uint32_t drain = 30'000;          ///< for what is in flight at shutdown
};

struct Limits {
  std::size_t body_in_memory = 8 * 1024 * 1024;   ///< of one request, where the exchange asks for it; more is 413
  std::size_t memory_budget = 256 * 1024 * 1024;  ///< of all such bodies and look-up answers in the process; more is 503
  std::size_t client_connections = 8'192;         ///< per thread; more wait in the kernel's queue
  std::size_t upstream_connections = 512;         ///< per thread, in all
  std::size_t upstream_connections_per_key = 64;  ///< per thread, origin and credential
  std::size_t upstream_queue_per_key = 1'024;     ///< requests waiting for a connection; more is 503
  std::size_t requests_per_connection = 1'000'000;
  std::size_t drained_body = 64 * 1024;  ///< unread rest of a refused request's body that is worth reading
};

}  // namespace gatehouse::http
