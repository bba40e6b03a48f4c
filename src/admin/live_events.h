// LiveEvents: tells open pages of the panel that something has changed, so that they ask again. Never what.
//
// A thread of its own looks at the audit chain, which every change of every node extends, and at the open matters; the recorder
// says when it has stored denials and usage. What a person may not see makes no event for them, and what comes too often to be
// decided for each comes to them at fixed times, whether or not something happened: neither tells of anything of others.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "admin/services.h"
#include "admin/sessions.h"
#include "base/result.h"
#include "model/principal.h"

namespace gatehouse::admin {

/// Where the text of a stream goes. Thread-safe, and never blocks.
class EventSink {
 public:
  virtual ~EventSink() = default;
  /// False: the reader is gone or too slow, and nothing more is wanted.
  virtual bool push(std::string text) = 0;
  virtual void finish() = 0;
};

/// One person's stream: a place among the bounded number, taken when it is asked for and given back with the last reference.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// From now on the sink is written to. Once.
  virtual void open(std::shared_ptr<EventSink> sink) = 0;
};

class LiveEvents {
 public:
  /// Browsers open six connections to one host over HTTP/1.1: two are left for what the pages ask.
  static constexpr std::size_t kMostOfOnePerson = 4;
  static constexpr std::size_t kMost = 256;
  static constexpr std::chrono::seconds kBeat{15};
  /// Beyond so many of one kind at once, one event without id stands for all.
  static constexpr std::size_t kMostIds = 20;

  /// Sets Services::live_events as long as it lives. `services` must outlive it; streams may outlive it.
  explicit LiveEvents(Services& services);
  ~LiveEvents();  ///< stops
  LiveEvents(const LiveEvents&) = delete;
  LiveEvents& operator=(const LiveEvents&) = delete;

  void start();
  /// Finishes all streams at once.
  void stop();
  /// kLimitExceeded where this person, or all together, have too many.
  Result<std::shared_ptr<EventStream>> subscribe(const LiveSession& session);

  struct Denied {
    std::string token;  ///< empty: nobody's
    std::string site;
    std::string resource;  ///< by id; empty: none, or one that the token's owner is not told either
    auto operator<=>(const Denied&) const = default;
  };
  /// Any thread, and cheap: a change was committed; these denials were stored; usage was stored.
  void wake() noexcept;
  void denied(const std::vector<Denied>& denials);
  void used() noexcept;

  /// Looks once, as the thread does. For tests.
  void turn();
  std::size_t streams() const;

 private:
  struct Subscriber;
  class Stream;
  struct News;
  struct Heard;
  void run();
  News look();
  bool tell(Subscriber& to, const News& news, std::map<std::string, Heard>& heard);
  Result<Heard> hear(const User& user, const News& news);
  bool stopping();
  std::vector<std::shared_ptr<Subscriber>> subscribers() const;

  Services& services_;
  std::shared_ptr<std::set<std::shared_ptr<Subscriber>>> all_;  ///< under *all_mutex_; shared with streams that may live longer
  std::shared_ptr<std::mutex> all_mutex_;
  std::int64_t seen_ = -1;  ///< the last audit record that was told
  std::string matters_;     ///< as they were
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  bool used_ = false;
  std::set<Denied> denied_;
  std::thread thread_;
};

}  // namespace gatehouse::admin
