// An Exchange for the tests of the driver: what it does stands in the first segment of the request's path.
//
//   /forward/…  sends the request upstream without its body, and passes the answer on as it comes
//   /upload/…   the same, with the client's body streamed
//   /prefix/…   reads the first piece of the body, sends it on as `body`, streams the rest
//   /whole/…    reads upstream's answer whole before it answers
//   /between/…  the same, and asks a look-up before it passes on each piece
//   /pause/N    pauses N milliseconds, then answers
//   /ask/N      N look-ups at once; answers with their bodies, one a line
//   /echo       reads the body whole and answers with it
//   /pieces     answers "piece" in chunks that upstream's pieces decide
//   /refuse     403 without reading the body;  /abort  aborts
//   else        200 and who asked
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/exchange.h"
#include "http/server.h"

namespace gatehouse::http::test {

/// What the exchanges of one server share with the test.
struct Plan {
  std::shared_ptr<const UpstreamRoute> route;
  std::atomic<bool> permitted{true};
  std::atomic<int> asked_may_send{0};
  std::atomic<int> finished{0};
  std::atomic<int> finished_incomplete{0};
  std::atomic<int> made{0};
  std::mutex mutex;
  std::vector<std::string> failures;  ///< "kReset sent" and the like
  void note_failure(UpstreamFailure failure, bool any_byte_sent);
  std::vector<std::string> taken_failures();
};

class PathExchange final : public Exchange {
 public:
  explicit PathExchange(Plan& plan) : plan_(plan) { ++plan_.made; }
  Action on_head(const RequestHead& head, const Peer& peer, const Now& now) override;
  Action on_body(std::string_view piece, bool last) override;
  Action on_lookups(std::vector<LookupAnswer>& answers, const Now& now) override;
  Action on_pause_over(const Now& now) override;
  bool may_send(const Now& now) noexcept override;
  Action on_response_head(const ResponseHead& head, const Now& now) override;
  Action on_response_body(std::string_view piece, bool last) override;
  Action on_upstream_failure(UpstreamFailure failure, bool any_byte_sent) override;
  void on_finished(bool complete, const Now& now) override;

 private:
  Action respond(int status, std::string_view body);
  Action send(bool streams);
  Action ask(int count);
  bool does(std::string_view what) const;

  Plan& plan_;
  std::string target_;
  std::string kept_;
  std::string fields_;
  std::string upstream_head_;
  std::string body_;
  int status_ = 0;
  bool head_given_ = false;
  bool last_piece_ = false;
  Method method_ = Method::kGet;
  UpstreamRequest request_;
  std::vector<UpstreamRequest> lookups_;
};

class PathFactory final : public ExchangeFactory {
 public:
  explicit PathFactory(Plan& plan) : plan_(plan) {}
  std::unique_ptr<Exchange> make() override { return std::make_unique<PathExchange>(plan_); }

 private:
  Plan& plan_;
};

/// A server on a free port of loopback, answering with PathExchange; stopped at the end.
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, std::shared_ptr<const UpstreamRoute> route = nullptr);
  std::uint16_t port() const { return server->address().port; }
  Plan plan;
  SystemClock clock;
  std::unique_ptr<Server> server;
};

ServerOptions loopback_options();
/// A bundle of one certificate.
std::string small_ca_file();

}  // namespace gatehouse::http::test
