// Server: the authorization server behind the gateway's listener (gateway/authorization_door.h). main/ starts it before the
// gateway and stops it afterwards.
//
// A few threads of its own, so that no gateway thread waits for the database; requests beyond what they can hold are refused.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/authorization_door.h"
#include "oauth/context.h"

namespace gatehouse::oauth {

class Server final : public gateway::AuthorizationServer {
 public:
  /// `services` must outlive it.
  explicit Server(admin::Services& services);
  ~Server() override;  ///< stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start(unsigned threads = 2);
  /// Where people sign in; once the admin listener is there.
  void set_panel_url(std::string url) { context_.set_panel_url(std::move(url)); }
  /// Answers what waits with 503, then ends.
  void stop();

  bool serves(std::string_view path) const noexcept override;
  void submit(gateway::AuthorizationRequest request, http::ElsewhereDone done) override;
  /// What submit() has one of its threads do.
  http::ElsewhereAnswer answer(const gateway::AuthorizationRequest& request);

 private:
  struct Waiting {
    gateway::AuthorizationRequest request;
    http::ElsewhereDone done;
  };
  static constexpr std::size_t kMostWaiting = 512;
  void run();
  bool calls_one() noexcept;

  Context context_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  std::size_t resting_ = 0;  ///< threads that have nothing to do
  bool called_ = false;      ///< one of them was woken and has not looked yet
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatehouse::oauth
