#include "http/client.h"

#include <optional>
#include <utility>

#include "http/characters.h"
#include "http/event_loop.h"
#include "http/field_names.h"
#include "http/resolver.h"
#include "http/tls.h"
#include "http/upstream_call.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {
namespace {

/// One for all of fetch(): made when first asked for, never destroyed, since its threads may be in the middle of a look-up.
Resolver& shared_resolver() {
  static Resolver& resolver = *new Resolver;
  return resolver;
}

Result<std::string> compose_head(const FetchRequest& request) {
  if (!request.route) return fail(Errc::kInvalidArgument, "There is no upstream to ask.");
  if (request.target.empty() || request.target.front() != '/' || !all(request.target, kTargetClass)) {
    return fail(Errc::kInvalidArgument,
                "The target of an upstream request must begin with '/' and hold no space or control character.");
  }
  std::string head(to_string(request.method));
  head.append(" ").append(request.route->context_path).append(request.target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : request.fields) {
    switch (find_field_name(name).known) {
      case Known::kHost:
      case Known::kAuthorization:
      case Known::kContentLength:
      case Known::kTransferEncoding:
      case Known::kConnection:
      case Known::kExpect:
      case Known::kUpgrade:
      case Known::kTrailer:
        return fail(Errc::kInvalidArgument, "A header field of an upstream request is one that the connection sets itself.",
                    name);
      default: break;
    }
    if (name.empty() || !all(name, kTokenClass) || !all(value, kValueClass)) {
      return fail(Errc::kInvalidArgument, "A header field of an upstream request holds a control character.");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  return head;
}

/// What one call of fetch() waits for.
class Fetch final : public CallOwner, private Timer {
 public:
  Fetch(EventLoop& loop, std::size_t max_body) : loop_(loop), max_body_(max_body) {}

  Result<FetchResponse> run(UpstreamPool& pool, const UpstreamRequest& request, std::uint32_t deadline_ms) {
    loop_.timers().schedule(*this, deadline_ms);
    call_.start(pool, *this, request, BodyRest(), false);
    loop_.run();
    call_.cancel();
    if (error_) return *std::move(error_);
    return std::move(response_);
  }

  bool may_send(UpstreamCall&) noexcept override { return true; }
  void on_call_wants_piece(UpstreamCall&) override {}
  void on_call_head(UpstreamCall&, const ResponseHead& head) override {
    response_.status = head.status;
    for (const Field& field : head.fields.all()) response_.fields.emplace_back(field.name, field.value);
    step_ = "reading the answer";
  }
  void on_call_body(UpstreamCall&, std::string_view piece, bool last) override {
    if (piece.size() > max_body_ - response_.body.size()) {
      return end(fail(Errc::kLimitExceeded, "The upstream's answer is larger than is read here.", step_));
    }
    response_.body.append(piece);
    if (last) end(std::nullopt);
  }
  void on_call_rest(UpstreamCall&) override {}
  void on_call_failed(UpstreamCall&, UpstreamFailure failure, bool any_byte_sent) override {
    end(to_error(failure, any_byte_sent));
  }

 private:
  static Error to_error(UpstreamFailure failure, bool any_byte_sent) {
    const std::string sent = any_byte_sent ? "; the request had been sent" : "; nothing had been sent";
    switch (failure) {
      case UpstreamFailure::kTimeout: return fail(Errc::kTimeout, "The upstream did not answer in time.", "time-out" + sent);
      case UpstreamFailure::kAddressRefused:
        return fail(Errc::kNotAllowed, "The upstream's name leads to a private or special address that is not allowed here.",
                    "address refused");
      case UpstreamFailure::kTls:
        return fail(Errc::kUpstreamFailed, "No trusted TLS connection to the upstream could be made.",
                    "TLS: certificate, name or protocol");
      case UpstreamFailure::kFraming:
        return fail(Errc::kUpstreamFailed, "The upstream's answer is not valid HTTP/1.1.", "framing" + sent);
      case UpstreamFailure::kReset: return fail(Errc::kUpstreamFailed, "The upstream closed the connection.", "reset" + sent);
      default: return fail(Errc::kUpstreamFailed, "The upstream could not be reached.", "connect" + sent);
    }
  }
  void end(std::optional<Error> error) {
    error_ = std::move(error);
    Timer::cancel();
    loop_.stop();
  }
  void on_timeout() override { end(fail(Errc::kTimeout, "The upstream did not answer in time.", step_)); }

  EventLoop& loop_;
  const std::size_t max_body_;
  UpstreamCall call_;
  FetchResponse response_;
  std::optional<Error> error_;
  std::string step_ = "connecting, or waiting for the answer's head";
};

}  // namespace

std::string_view FetchResponse::field(std::string_view name) const noexcept {
  for (const auto& [field, value] : fields) {
    if (field.size() != name.size()) continue;
    bool same = true;
    for (std::size_t at = 0; same && at < name.size(); ++at) same = ascii_lower(field[at]) == ascii_lower(name[at]);
    if (same) return value;
  }
  return {};
}

Result<FetchResponse> fetch(const FetchOptions& options, const FetchRequest& request) {
  GH_TRY(const std::string head, compose_head(request));
  TlsContext tls;
  if (request.route->scheme == "https") {
    GH_TRY(tls, make_upstream_context(options.upstream.ca_file));
  }
  Timeouts timeouts;
  timeouts.connect = timeouts.pool_wait = timeouts.answer_head = timeouts.answer_stall = options.deadline_ms;
  const Limits limits;
  const SystemClock clock;
  EventLoop loop(clock);
  UpstreamPool pool(loop, shared_resolver(), options.upstream, tls, timeouts, limits);
  UpstreamRequest upstream;
  upstream.route = request.route;
  upstream.method = request.method;
  upstream.head = head;
  upstream.body = request.body;
  upstream.has_body = request.has_body;
  Fetch fetch(loop, options.max_body);
  return fetch.run(pool, upstream, options.deadline_ms);
}

}  // namespace gatehouse::http
