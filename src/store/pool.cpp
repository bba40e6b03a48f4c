#include "store/pool.h"

namespace gatehouse::store {

SessionLease::SessionLease(SessionPool& pool, std::unique_ptr<Session> session)
    : pool_(pool), session_(std::move(session)), repositories_(*session_) {}

SessionLease::~SessionLease() {
  session_->rollback();
  session_->rest();
  pool_.give_back(std::move(session_));
}

Result<std::unique_ptr<SessionLease>> SessionPool::take() {
  std::unique_ptr<Session> session;
  {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, wait_, [&] { return free_places_ > 0; })) {
      return fail(Errc::kTimeout, "The database " + target_.name + " is busy; nothing was changed. Try again.");
    }
    --free_places_;
    if (!idle_.empty()) {
      session = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!session) {
    auto opened = Session::open(target_, options_);
    if (!opened) {
      give_back(nullptr);
      return std::move(opened).error();
    }
    session = std::move(opened).value();
  }
  return std::make_unique<SessionLease>(*this, std::move(session));
}

void SessionPool::give_back(std::unique_ptr<Session> session) noexcept {
  {
    const std::lock_guard lock(mutex_);
    ++free_places_;
    if (session && !session->broken()) idle_.push_back(std::move(session));
  }
  freed_.notify_one();
}

}  // namespace gatehouse::store
