// RequestLog: what gateway threads hand over about each request, and admin's recorder takes in batches.
//
// One bounded ring for each gateway thread, written by that thread alone and drained by one other thread: no lock and, once
// the strings in it have grown, no allocation in the way of a request. Never a token, a body or a query value.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "catalogue/operation.h"
#include "crypto/token_hash.h"
#include "http/message.h"
#include "model/decision.h"
#include "token/live_index.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

/// What a request of a token with a proposed boundary is judged by afterwards, on a thread that no request waits for. In memory
/// alone, and gone when it was judged: the one place beside the request itself where a query and a body are held.
struct JudgedRequest {
  http::Method method = http::Method::kGet;
  std::string target;  ///< with the site's prefix and the query
  std::string body;
  std::string content_type;
  std::string request_id;
  bool whole = true;  ///< the body is all there
  static constexpr std::size_t kMaxBody = 64 * 1024;
  /// So many wait at most, over all threads: 32 MiB of bodies.
  static constexpr int kMostWaiting = 512;
  static inline std::atomic<int> waiting{0};

  JudgedRequest() { waiting.fetch_add(1, std::memory_order_relaxed); }
  ~JudgedRequest() { waiting.fetch_sub(1, std::memory_order_relaxed); }
  JudgedRequest(const JudgedRequest&) = delete;
  JudgedRequest& operator=(const JudgedRequest&) = delete;
};

/// One request, after its answer. Strings are bounded (kMaxText) and hold only what the request's head and our own decision
/// say; `path` is without query. Of a permitted read only the user agent and the resources are told.
struct RequestRecord {
  Instant at{};  ///< when its head came
  std::uint32_t took_ms = 0;
  token::LiveCredentialPtr credential;              ///< null: none was recognized
  token::Key secret{};                              ///< which of its secrets, or which the index lacks
  crypto::TokenHash presented;                      ///< of a well-formed token that the index lacks; epoch 0: none
  upstream::SiteEntryPtr site;                      ///< null: none was recognized
  const catalogue::Operation* operation = nullptr;  ///< null: none was matched; lives as long as the catalogue
  Effect effect = Effect::kDeny;
  Reason reason = Reason::kNone;  ///< kPermitted, or why not
  int status = 0;                 ///< of the answer to the client
  bool write = false;             ///< permitted and sent upstream, and not a read: one audit line
  bool complete = false;          ///< the answer went out whole
  bool redacted = false;          ///< something was removed from the answer
  bool moved_out = false;         ///< a write whose object lay outside when it was looked at again afterwards
  bool successor_used = false;    ///< first use of a pending secret: the overlap clock starts at `at`
  bool retired_used = false;      ///< a secret whose overlap has ended was presented: reuse
  IpAddress client;
  std::string user_agent;
  std::string method;
  std::string path;          ///< with the site prefix, as sent
  std::string resource;      ///< "A", or "A B": display keys of the granted resources it was decided on
  std::string resource_ids;  ///< the same by id
  std::string object;        ///< keys of the issues (else ids of the objects) that it touched, with spaces between
  std::string object_ids;    ///< the same by id, as far as they were looked up
  std::string request_id;
  std::shared_ptr<const JudgedRequest> judged;  ///< it is to be judged by the proposed boundary; null: not
  bool judge_skipped = false;                   ///< it was to be judged, and too many wait already
  std::string upstream_trace;                   ///< atl-traceid or x-arequestid of upstream's answer
  static constexpr std::size_t kMaxText = 512;
};

/// Written by one thread, drained by one other.
class RecordQueue {
 public:
  RecordQueue();
  /// The slot for the next record, with the strings of an older one to be overwritten; nullptr: the ring is full.
  RequestRecord* begin() noexcept;
  void commit() noexcept;
  /// Where begin() gave nullptr: a write is kept all the same (under a mutex, since it must not be lost), others are counted.
  void overflow(RequestRecord record);
  std::size_t drain(const std::function<void(const RequestRecord&)>& take);
  std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kSlots = 4096;
  std::vector<RequestRecord> slots_;
  alignas(64) std::atomic<std::uint64_t> written_{0};
  alignas(64) std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::mutex overflow_mutex_;
  std::vector<RequestRecord> overflow_;
};

class RequestLog {
 public:
  explicit RequestLog(unsigned threads);
  RecordQueue& queue(unsigned thread) { return *queues_.at(thread); }
  /// Takes what all threads have handed over; called by one thread (admin's recorder), some times a second. The record is
  /// valid only during the call. Returns how many there were.
  std::size_t drain(const std::function<void(const RequestRecord&)>& take);
  std::uint64_t lost() const noexcept;

 private:
  std::vector<std::unique_ptr<RecordQueue>> queues_;
};

}  // namespace gatehouse::gateway
