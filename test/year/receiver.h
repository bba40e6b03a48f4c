// Receiver: takes webhooks on a port of 127.0.0.1 and answers as it is told to.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::year {

class Receiver {
 public:
  struct Post {
    std::string id;    ///< webhook-id
    std::string type;  ///< "token.expired"
    std::string subject;
    bool taken = false;
  };

  Receiver();
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  std::string url() const;
  void answer(int status) { status_ = status; }
  std::vector<Post> posts() const;

 private:
  void serve();
  void talk(int socket);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> status_{200};
  mutable std::mutex mutex_;
  std::vector<Post> posts_;
  std::thread thread_;
};

}  // namespace gatehouse::year
