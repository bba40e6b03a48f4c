#include "test/http/path_exchange.h"

#include <cstdlib>

#include "test/http/support.h"

namespace gatehouse::http::test {
namespace {

std::string_view name_of(UpstreamFailure failure) {
  switch (failure) {
    case UpstreamFailure::kConnect: return "connect";
    case UpstreamFailure::kTimeout: return "timeout";
    case UpstreamFailure::kReset: return "reset";
    case UpstreamFailure::kFraming: return "framing";
    case UpstreamFailure::kTls: return "tls";
    case UpstreamFailure::kAddressRefused: return "address_refused";
    case UpstreamFailure::kTooLarge: return "too_large";
    case UpstreamFailure::kBusy: return "busy";
    case UpstreamFailure::kNotPermitted: return "not_permitted";
  }
  return "?";
}

}  // namespace

void Plan::note_failure(UpstreamFailure failure, bool any_byte_sent) {
  const std::lock_guard lock(mutex);
  failures.push_back(std::string(name_of(failure)) + (any_byte_sent ? " sent" : " unsent"));
}

std::vector<std::string> Plan::taken_failures() {
  const std::lock_guard lock(mutex);
  return std::exchange(failures, {});
}

bool PathExchange::does(std::string_view what) const {
  return target_.size() > what.size() && target_.compare(1, what.size(), what) == 0;
}

Action PathExchange::respond(int status, std::string_view body) {
  body_ = std::string(body);
  Action action;
  action.kind = Action::Kind::kRespond;
  action.status = status;
  action.head = "Content-Type: text/plain\r\n";
  action.body = body_;
  action.last = true;
  return action;
}

Action PathExchange::send(bool streams) {
  upstream_head_ = std::string(to_string(method_)) + " " + target_ + " HTTP/1.1\r\nAccept: */*\r\n";
  request_ = UpstreamRequest();
  request_.route = plan_.route;
  request_.method = method_;
  request_.head = upstream_head_;
  request_.streams_body = streams;
  request_.idempotent = method_ == Method::kGet || method_ == Method::kHead;
  Action action;
  action.kind = Action::Kind::kSend;
  action.upstream = &request_;
  return action;
}

Action PathExchange::ask(int count) {
  lookups_.clear();
  for (int at = 0; at < count; ++at) {
    send(false);
    lookups_.push_back(request_);
  }
  upstream_head_ = "GET /lookup HTTP/1.1\r\n";
  for (UpstreamRequest& request : lookups_) request.head = upstream_head_;
  Action action;
  action.kind = Action::Kind::kAsk;
  action.lookups = &lookups_;
  return action;
}

Action PathExchange::on_pause_over(const Now&) { return respond(200, "after the pause"); }

Action PathExchange::on_head(const RequestHead& head, const Peer& peer, const Now&) {
  target_ = std::string(head.target);
  method_ = head.method;
  kept_.clear();
  head_given_ = false;
  Action action;
  const bool has_upstream = plan_.route != nullptr;
  if (has_upstream && (does("forward") || does("whole") || does("between"))) return send(false);
  if (does("pause")) {
    action.kind = Action::Kind::kPause;
    action.pause_ms = static_cast<std::uint32_t>(std::atoi(target_.c_str() + 7));
    return action;
  }
  if (has_upstream && does("upload")) return send(true);
  if (does("echo") || does("prefix")) {
    action.kind = Action::Kind::kNeedBody;
    return action;
  }
  if (does("ask")) return ask(std::atoi(target_.c_str() + 5));
  if (does("refuse")) return respond(403, "no");
  if (does("abort")) return action;
  return respond(200, target_ + " from " + format_ip(peer.address) + (peer.tls ? " by TLS" : ""));
}

Action PathExchange::on_body(std::string_view piece, bool last) {
  Action action;
  if (does("upload") || (does("prefix") && !kept_.empty())) {
    action.kind = Action::Kind::kWait;
    return action;
  }
  kept_.append(piece);
  if (does("prefix")) {
    action = send(true);
    request_.body = kept_;
    request_.has_body = true;
    if (!kept_.empty()) return action;
  }
  if (last) return respond(200, kept_);
  action.kind = Action::Kind::kNeedBody;
  return action;
}

Action PathExchange::on_lookups(std::vector<LookupAnswer>& answers, const Now&) {
  if (does("between")) {
    body_ = std::exchange(kept_, {}) + "|" + answers.at(0).body + "|";
    Action action;
    action.kind = Action::Kind::kRespond;
    action.body = body_;
    action.last = last_piece_;
    return action;
  }
  for (const LookupAnswer& answer : answers)
    kept_ += (answer.failed ? "failed" : std::to_string(answer.status) + " " + answer.body) + "\n";
  return respond(200, kept_);
}

bool PathExchange::may_send(const Now&) noexcept {
  ++plan_.asked_may_send;
  return plan_.permitted;
}

Action PathExchange::on_response_head(const ResponseHead& head, const Now&) {
  status_ = head.status;
  fields_.clear();
  for (const Field& field : head.fields.all()) {
    if (field.known == Known::kOther) fields_.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  Action action;
  action.kind = Action::Kind::kWait;
  if (does("whole")) return action;
  action.kind = Action::Kind::kRespond;
  action.status = status_;
  action.head = fields_;
  if (head.framing.kind == Framing::Kind::kLength) action.content_length = static_cast<std::int64_t>(head.framing.length);
  head_given_ = true;
  return action;
}

Action PathExchange::on_response_body(std::string_view piece, bool last) {
  Action action;
  if (does("whole")) {
    kept_.append(piece);
    if (last) return respond(status_, kept_);
    action.kind = Action::Kind::kWait;
    return action;
  }
  if (does("between")) {
    kept_.append(piece);
    last_piece_ = last;
    return ask(1);
  }
  action.kind = Action::Kind::kRespond;
  action.body = piece;
  action.last = last;
  return action;
}

Action PathExchange::on_upstream_failure(UpstreamFailure failure, bool any_byte_sent) {
  plan_.note_failure(failure, any_byte_sent);
  if (head_given_) return Action();
  switch (failure) {
    case UpstreamFailure::kTimeout: return respond(504, "late");
    case UpstreamFailure::kBusy: return respond(503, "busy");
    case UpstreamFailure::kNotPermitted: return respond(401, "withdrawn");
    default: return respond(502, "failed");
  }
}

void PathExchange::on_finished(bool complete, const Now&) {
  ++plan_.finished;
  if (!complete) ++plan_.finished_incomplete;
}

ServerOptions loopback_options() {
  ServerOptions options;
  options.listen = parse_listen_address("127.0.0.1:0").value();
  options.upstream.addresses.allowed_networks.push_back(parse_network("127.0.0.0/8").value());
  return options;
}

std::string small_ca_file() {
  static const TempFolder folder;
  static const bool written = [] {
    write_certificate(folder.file("ca.pem"), folder.file("ca.key"));
    return true;
  }();
  return written ? folder.file("ca.pem") : std::string();
}

TestServer::TestServer(ServerOptions options, std::shared_ptr<const UpstreamRoute> route) {
  plan.route = std::move(route);
  if (options.listen.address == IpAddress()) options.listen = loopback_options().listen;
  if (options.upstream.addresses.allowed_networks.empty()) options.upstream.addresses = loopback_options().upstream.addresses;
  // The system's bundle takes long to read in a debug build.
  if (options.upstream.ca_file.empty()) options.upstream.ca_file = small_ca_file();
  server = std::make_unique<Server>(
      std::move(options), [this](unsigned) { return std::make_unique<PathFactory>(plan); }, clock);
  const auto started = server->start();
  if (started.has_error()) std::abort();
}

}  // namespace gatehouse::http::test
