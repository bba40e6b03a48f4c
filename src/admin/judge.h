// Judge: what requests of tokens with a proposed boundary would have met if they had it already. Counted for `report would-deny`.
//
// On a thread of its own, after the answer has gone out: nothing waits for it and nothing is refused by it. It takes the steps of
// gateway::explain, so the same code decides as for a token that is bounded. What these steps ask of the site is remembered for
// some minutes and bounded in number; a request that would need more is counted as not judged.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "admin/common.h"
#include "gateway/request_log.h"
#include "http/exchange.h"
#include "store/judgements.h"

namespace gatehouse::admin {

class Judge {
 public:
  /// `services` must outlive it. `look_ups`: how many it may ask of sites in a minute.
  explicit Judge(Services& services, int look_ups = 60);
  ~Judge();  ///< stops
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  void start();
  void stop();
  /// Called by the recorder for each request that is to be judged. Never blocks for long: what does not fit is counted.
  void add(const gateway::RequestRecord& record);
  /// Judges all that waits and stores the counts. Any thread but a gateway's.
  Result<void> work();

 private:
  struct Item {
    token::LiveCredentialPtr credential;
    upstream::SiteEntryPtr site;
    std::shared_ptr<const gateway::JudgedRequest> request;
    std::string operation;
    IpAddress address;
    Instant at{};
  };
  struct Remembered {
    http::LookupAnswer answer;
    Instant at{};
  };
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;

  void run();
  void judge(const Item& item);
  void count(const Item& item, const std::string& outcome, const std::string& resource);
  /// Nothing where no more may be asked this minute.
  std::optional<http::LookupAnswer> look_up(const http::UpstreamRequest& request);

  Services& services_;
  const int most_look_ups_;
  std::mutex mutex_;  ///< of the queue
  std::condition_variable wake_;
  std::deque<Item> waiting_;
  bool stopping_ = false;
  std::mutex work_mutex_;  ///< of all below; one judges at a time
  std::map<Key, store::Judgement> counts_;
  std::unordered_map<std::string, Remembered> remembered_;
  Instant minute_{};
  int asked_ = 0;
  std::thread thread_;
};

/// What `report would-deny` answers: {"items","not_judged","tokens"}. `token` empty: all whose requests are judged, or were.
Result<Document> report_would_deny(Services& services, std::string_view token);
/// How many tokens still wait for a boundary that would have refused one of their requests: for monitoring.
Result<std::int64_t> count_would_deny(const store::Repositories& at);

}  // namespace gatehouse::admin
