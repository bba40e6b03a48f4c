#include "store/change_feed.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

namespace gatehouse::store {
namespace {

class LocalFeed final : public ChangeFeed {
 public:
  explicit LocalFeed(std::int64_t latest) : latest_(latest) {}

  void announce(std::int64_t number) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      latest_ = std::max(latest_, number);
    }
    changed_.notify_all();
  }

  Result<std::int64_t> wait(std::int64_t after, Duration timeout) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] { return stopped_ || latest_ > after; });
    return latest_;
  }

  void stop() noexcept override {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t latest_;
  bool stopped_ = false;
};

/// The notice only wakes: what counts is the number that is then read, so that a lost notice costs time and not a change.
class PostgresFeed final : public ChangeFeed {
 public:
  explicit PostgresFeed(Target target) : target_(std::move(target)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~PostgresFeed() override { ::close(wake_); }

  void announce(std::int64_t) noexcept override { wake(); }

  void stop() noexcept override {
    stopped_ = true;
    wake();
  }

  Result<std::int64_t> wait(std::int64_t after, Duration timeout) override {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
      GH_TRY(const auto latest, read_latest());
      const auto left = std::chrono::ceil<Duration>(deadline - std::chrono::steady_clock::now());
      if (latest > after || stopped_ || left <= Duration::zero()) return latest;
      std::array<pollfd, 2> waited{{{PQsocket(connection_.get()), POLLIN, 0}, {wake_, POLLIN, 0}}};
      // Behind a lost notice there is still a look once a second.
      const auto next = std::min(left, Duration(std::chrono::seconds(1)));
      if (::poll(waited.data(), waited.size(), static_cast<int>(next.count())) < 0 && errno != EINTR) return away();
      std::uint64_t count = 0;
      if ((waited[1].revents & POLLIN) != 0 && ::read(wake_, &count, sizeof count) < 0 && errno != EAGAIN) return away();
      if (PQconsumeInput(connection_.get()) == 0) return away();
      while (PGnotify* const notice = PQnotifies(connection_.get())) PQfreemem(notice);
    }
  }

 private:
  void wake() noexcept {
    const std::uint64_t one = 1;
    // The counter can only be full when a wake is pending already.
    if (::write(wake_, &one, sizeof one) < 0) return;
  }

  Error away() {
    const std::string detail = connection_ ? PQerrorMessage(connection_.get()) : "";
    connection_.reset();
    return fail(Errc::kUnavailable, "The database " + target_.name + " can't be reached for the change feed.", detail);
  }

  Result<void> connect() {
    if (connection_) return success();
    connection_.reset(PQconnectdb(target_.connect.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK) return away();
    const Answer listening(PQexec(connection_.get(), "LISTEN gatehouse_change"), PQclear);
    if (PQresultStatus(listening.get()) != PGRES_COMMAND_OK) return away();
    return success();
  }

  Result<std::int64_t> read_latest() {
    GH_TRYV(connect());
    const Answer answer(PQexec(connection_.get(), "SELECT change_number FROM chain_head WHERE id = 1"), PQclear);
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1) return away();
    const std::string_view text = PQgetvalue(answer.get(), 0, 0);
    std::int64_t latest = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), latest).ec != std::errc()) return away();
    return latest;
  }

  using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;
  const Target target_;
  const int wake_;
  std::atomic<bool> stopped_{false};
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, PQfinish};
};

}  // namespace

std::unique_ptr<ChangeFeed> make_local_feed(std::int64_t latest) { return std::make_unique<LocalFeed>(latest); }
std::unique_ptr<ChangeFeed> make_postgres_feed(const Target& target) { return std::make_unique<PostgresFeed>(target); }

}  // namespace gatehouse::store
