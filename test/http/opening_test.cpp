// How a connection to an upstream comes to be: the addresses of its name, one after the other, each through the filter.
#include <gtest/gtest.h>

#include <thread>

#include "http/event_loop.h"
#include "http/resolver.h"
#include "http/upstream_call.h"
#include "http/upstream_pool.h"
#include "test/http/support.h"

namespace gatehouse::http {
namespace {

using namespace test;

/// One call over a pool of its own, on this thread, with a resolver that knows what the test says.
class Probe final : public CallOwner {
 public:
  explicit Probe(Resolver::LookUp look_up) : resolver_({}, std::move(look_up)) {
    options_.addresses.allowed_networks.push_back(parse_network("127.0.0.0/8").value());
    timeouts_.connect = 300;
  }
  /// The body of the answer, or the failure.
  std::string ask(std::uint16_t port, const std::string& host = "many.example") {
    SystemClock clock;
    EventLoop loop(clock);
    loop_ = &loop;
    UpstreamPool pool(loop, resolver_, options_, nullptr, timeouts_, limits_);
    UpstreamRequest request;
    request.route = route_to(port, "k", "http", host);
    request.head = "GET / HTTP/1.1\r\n";
    UpstreamCall call;
    said_.clear();
    call.start(pool, *this, request, BodyRest());
    loop.run();
    return said_;
  }

  bool may_send(UpstreamCall&) noexcept override { return true; }
  void on_call_wants_piece(UpstreamCall&) override {}
  void on_call_head(UpstreamCall&, const ResponseHead&) override {}
  void on_call_body(UpstreamCall&, std::string_view piece, bool last) override {
    said_ += piece;
    if (last) loop_->stop();
  }
  void on_call_rest(UpstreamCall&) override {}
  void on_call_failed(UpstreamCall&, UpstreamFailure failure, bool) override {
    said_ = "failure " + std::to_string(static_cast<int>(failure));
    loop_->stop();
  }

 private:
  Resolver resolver_;
  UpstreamOptions options_;
  Timeouts timeouts_;
  Limits limits_;
  EventLoop* loop_ = nullptr;
  std::string said_;
};

std::string failure(UpstreamFailure which) { return "failure " + std::to_string(static_cast<int>(which)); }

Resolver::LookUp leads_to(std::vector<const char*> addresses) {
  return [addresses](const std::string&) {
    Resolver::Addresses out;
    for (const char* address : addresses) out.push_back(parse_ip(address).value());
    return out;
  };
}

void answer_one(Socket& socket, int) {
  socket.read_message();
  socket.send(answer(200, "reached"));
}

TEST(Opening, TriesTheNextAddressWhereOneRefuses) {
  ScriptedServer upstream(answer_one);  // on 127.0.0.1 alone
  EXPECT_EQ(Probe(leads_to({"127.0.0.9", "127.0.0.8", "127.0.0.1"})).ask(upstream.port()), "reached");
  EXPECT_EQ(Probe(leads_to({"127.0.0.9", "127.0.0.8"})).ask(upstream.port()), failure(UpstreamFailure::kConnect));
}

TEST(Opening, EachAddressOfANameGoesThroughTheFilter) {
  ScriptedServer upstream(answer_one);
  EXPECT_EQ(Probe(leads_to({"169.254.169.254", "10.0.0.1", "127.0.0.1"})).ask(upstream.port()), "reached");
  EXPECT_EQ(Probe(leads_to({"169.254.169.254", "10.0.0.1"})).ask(upstream.port()), failure(UpstreamFailure::kAddressRefused));
  EXPECT_EQ(Probe(leads_to({"127.0.0.1"})).ask(upstream.port(), "::1"), failure(UpstreamFailure::kAddressRefused));
}

TEST(Opening, ANameThatIsNotKnownOrNotTold) {
  EXPECT_EQ(Probe(leads_to({})).ask(1), failure(UpstreamFailure::kConnect));
  const auto begin = std::chrono::steady_clock::now();
  Probe slow([](const std::string&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    return Resolver::Addresses();
  });
  EXPECT_EQ(slow.ask(1), failure(UpstreamFailure::kTimeout));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1400));
}

}  // namespace
}  // namespace gatehouse::http
