// SelfRotations: answers a token that asks about itself or for its own successor (gateway/self_rotate.h). A thread of its own, so
// that no gateway thread waits for the database. main/ starts it before the gateway and stops it afterwards.
//
// A token with the right to rotate itself may do that and nothing more: its rule says from where and how often, every successor
// is told to its owner, and the old secret asking again after its successor was used is reuse. A lost answer is mended by asking
// again: a successor that was never used is replaced.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "admin/common.h"
#include "admin/services.h"
#include "admin/tokens.h"
#include "gateway/self_rotate.h"

namespace gatehouse::admin {

/// Why not, with the code that stands in the answer; `retry_at`: when asking again makes sense.
struct SelfRefusal {
  Error error;
  std::string_view code;  ///< empty: the error's own word
  std::optional<Instant> retry_at;
};

/// {"id","name","account","secret_id","secret_state","expires_at","rotate_every","rotate_at", …}. For a secret that is live.
Result<Document> show_itself(Services& services, const gateway::SelfRequest& request);
/// The document is {"id","token","secret_id","replaces", …} but for the token itself. On an error `refusal` says more.
Result<CreatedToken> rotate_itself(Services& services, const gateway::SelfRequest& request, SelfRefusal& refusal);

class SelfRotations final : public gateway::SelfService {
 public:
  /// `services` must outlive it.
  explicit SelfRotations(Services& services) : services_(services) {}
  ~SelfRotations() override;  ///< stops
  SelfRotations(const SelfRotations&) = delete;
  SelfRotations& operator=(const SelfRotations&) = delete;

  void start();
  /// Answers what waits with 503, then ends.
  void stop();
  void submit(gateway::SelfRequest request, http::ElsewhereDone done) override;

 private:
  struct Waiting {
    gateway::SelfRequest request;
    http::ElsewhereDone done;
  };
  void run();
  http::ElsewhereAnswer answer(const gateway::SelfRequest& request);
  bool too_often(const gateway::SelfRequest& request);

  Services& services_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  bool stopping_ = false;
  std::map<std::string, std::deque<Instant>> lately_;  ///< by credential; used by the thread alone
  std::thread thread_;
};

}  // namespace gatehouse::admin
