#include "api/connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

#include "admin/live_events.h"
#include "api/problem.h"
#include "base/secret.h"

namespace gatehouse::api {
namespace {

using std::chrono::seconds;
constexpr seconds kHeadTime{15};    // for a whole request, body included
constexpr seconds kIdleTime{75};    // between two requests
constexpr seconds kEndTime{2};      // the same, once the server ends
constexpr seconds kAnswerTime{60};  // for the client to take the answer
constexpr seconds kPieceTime{20};   // the same for a piece of a stream
constexpr std::size_t kMostWaiting = 64 * 1024;

bool trusted(const std::vector<Network>& networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(), [&address](const Network& one) { return one.contains(address); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool host_is_ours(std::string_view host, const AdminServerOptions& options) {
  if (!host.empty() && host.front() == '[') {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    host = host.substr(1, end - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  if (same_name(host, "localhost")) return true;
  if (std::any_of(options.hosts.begin(), options.hosts.end(), [host](const std::string& one) { return same_name(host, one); }))
    return true;
  const auto address = parse_ip(host);
  return address && (is_loopback(address.value()) || address.value() == options.listen.address);
}

IpAddress client_address(const Request& request, const IpAddress& peer, const std::vector<Network>& networks) {
  IpAddress address = peer;
  std::string all;
  for (const auto& [name, value] : request.fields) {
    if (same_name(name, "X-Forwarded-For")) all += (all.empty() ? "" : ",") + value;
  }
  std::string_view left = all;
  // From the right: each entry was written by the one who is known already, and counts only where that one is a trusted proxy.
  while (trusted(networks, address) && !left.empty()) {
    const std::size_t comma = left.rfind(',');
    const auto parsed = parse_ip(trim(comma == std::string_view::npos ? left : left.substr(comma + 1)));
    if (!parsed) break;
    address = parsed.value();
    left = comma == std::string_view::npos ? std::string_view() : left.substr(0, comma);
  }
  return address;
}

class StreamWriter : public admin::EventSink {
 public:
  StreamWriter(std::weak_ptr<Connection> connection, boost::asio::any_io_executor executor)
      : connection_(std::move(connection)), executor_(std::move(executor)) {}

  bool push(std::string text) override {
    {
      const std::lock_guard lock(mutex_);
      if (over_) return false;
      if (waiting_.size() + text.size() > kMostWaiting) {
        over_ = true;
      } else {
        waiting_ += text;
      }
    }
    wake();
    return true;
  }
  void finish() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake();
  }
  /// It was finished, or too much waits.
  bool over() {
    const std::lock_guard lock(mutex_);
    return over_;
  }
  /// What waits.
  std::string take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }

 private:
  void wake() {
    boost::asio::post(executor_, [connection = connection_] {
      if (const auto open = connection.lock()) open->pump();
    });
  }

  const std::weak_ptr<Connection> connection_;
  const boost::asio::any_io_executor executor_;
  std::mutex mutex_;
  std::string waiting_;
  bool over_ = false;
};

Connection::Connection(std::unique_ptr<ByteStream> stream, boost::asio::any_io_executor executor, IpAddress peer,
                       const ConnectionShared& shared)
    : stream_(std::move(stream)), executor_(std::move(executor)), timer_(executor_), peer_(peer), shared_(shared) {}

void Connection::close() noexcept {
  timer_.cancel();
  if (writer_) writer_->finish();
  events_.reset();
  stream_->close();
}

void Connection::close_when_idle() {
  // A stream has no end of its own.
  if (!writing_ || writer_) return close();
  ending_ = true;
  arm(kEndTime);
}

void Connection::arm(seconds after) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->stream_->close();
  });
}

void Connection::start() {
  arm(kHeadTime);
  stream_->open([self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
    if (error) return self->close();
    self->reader_ = std::make_unique<RequestReader>();
    self->read();
  });
}

void Connection::read() {
  stream_->read(buffer_.data(), buffer_.size(),
                [self = shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
                  if (error) return self->close();
                  if (self->pending_.empty() && !self->reader_->started()) self->arm(kHeadTime);
                  self->pending_.append(self->buffer_.data(), bytes);
                  self->on_bytes();
                });
}

void Connection::on_bytes() {
  std::size_t used = 0;
  const RequestReader::Status status = reader_->feed(pending_, used);
  pending_.erase(0, used);
  if (status == RequestReader::Status::kRefused)
    return refuse(reader_->status(), "The request is not well formed, or too large.");
  if (status == RequestReader::Status::kDone) return run();
  if (!reader_->wants_continue() || continue_sent_) return read();
  continue_sent_ = true;
  outgoing_ = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_->write(outgoing_, [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
    if (error) return self->close();
    self->read();
  });
}

void Connection::refuse(int status, std::string_view detail) {
  respond(problem(status, "bad_request", detail, random_base62(shared_.random, 16)), false, false);
}

void Connection::run() {
  Request& request = reader_->request();
  request.id = random_base62(shared_.random, 16);
  request.address = format_ip(client_address(request, peer_, shared_.options.trusted_proxies));
  if (!host_is_ours(request.field("Host"), shared_.options)) {
    const auto answer = problem(421, "misdirected_request",
                                "This name is not one of the admin listener's; --public-url names another.", request.id);
    return respond(answer, false, false);
  }
  timer_.cancel();
  boost::asio::post(shared_.workers, [self = shared_from_this()] {
    Response response = self->shared_.handler(self->reader_->request());
    response.fields.emplace_back("Gatehouse-Request-Id", self->reader_->request().id);
    boost::asio::post(self->executor_, [self, response = std::move(response)] {
      self->respond(response, self->reader_->keep_alive(), self->reader_->request().method == "HEAD");
    });
  });
}

/// Whoever reads a stream sends nothing more; that the connection ends shows by reading.
void Connection::watch_for_end() {
  stream_->read(buffer_.data(), buffer_.size(),
                [self = shared_from_this()](const boost::system::error_code&, std::size_t) { self->close(); });
}

void Connection::stream(const Response& response) {
  outgoing_ = serialize(response, false, false);
  arm(kPieceTime);
  writing_ = true;
  events_ = response.stream;
  writer_ = std::make_shared<StreamWriter>(weak_from_this(), executor_);
  stream_->write(outgoing_, [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
    self->writing_ = false;
    self->timer_.cancel();
    if (error || !self->events_) return self->close();
    self->watch_for_end();
    self->events_->open(self->writer_);
  });
}

void Connection::pump() {
  if (!events_) return;
  // Nobody waits for a reader who does not read.
  if (writer_->over()) return close();
  if (writing_) return;
  outgoing_ = writer_->take();
  if (outgoing_.empty()) return;
  arm(kPieceTime);
  writing_ = true;
  stream_->write(outgoing_, [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
    self->writing_ = false;
    self->timer_.cancel();
    if (error) return self->close();
    self->pump();
  });
}

void Connection::respond(const Response& response, bool keep_alive, bool head_only) {
  if (response.stream && !head_only) return stream(response);
  outgoing_ = serialize(response, keep_alive, head_only);
  arm(kAnswerTime);
  writing_ = true;
  stream_->write(outgoing_, [self = shared_from_this(), keep_alive](const boost::system::error_code& error, std::size_t) {
    self->writing_ = false;
    if (error || !keep_alive || self->ending_) return self->close();
    // The answer may have held a secret: its bytes do not wait in a buffer for the next request.
    secure_zero(self->outgoing_.data(), self->outgoing_.size());
    self->outgoing_.clear();
    self->reader_ = std::make_unique<RequestReader>();
    self->continue_sent_ = false;
    self->arm(kIdleTime);
    if (self->pending_.empty()) return self->read();
    self->on_bytes();
  });
}

}  // namespace gatehouse::api
