// How a ClientConnection answers one request: it carries out what the Exchange says.
#include <algorithm>
#include <utility>

#include "http/driver.h"
#include "http/upstream_pool.h"

namespace gatehouse::http {
namespace {
constexpr unsigned kTurnPieces = 32;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
}  // namespace

/// Carries out `action` and those that follow from it, until something must be waited for or the answer is out.
void ClientConnection::perform(Action action) {
  for (;;) {
    waits_ = Waits::kNothing;
    switch (action.kind) {
      case Action::Kind::kNeedBody:
        if (!get_body(action)) return;
        break;
      case Action::Kind::kAsk:
        if (!ask(action)) return;
        break;
      case Action::Kind::kElsewhere: return do_elsewhere(action);
      case Action::Kind::kPause: waits_ = Waits::kPause; return arm(action.pause_ms);
      case Action::Kind::kSend: return send(action);
      case Action::Kind::kRespond: return respond(action);
      case Action::Kind::kWait:
        // Nothing is to come: an answer would never end.
        if (!work_->call.active()) return abort();
        waits_ = Waits::kUpstream;
        return;
      case Action::Kind::kAbort: return abort();
    }
  }
}

/// Gives the exchange the next piece of the body. False where it has to be waited for, or the request is over.
bool ClientConnection::get_body(Action& action) {
  Work& work = *work_;
  if (work.last_piece_given) return abort(), false;
  std::string_view piece;
  bool last = false;
  switch (next_piece(piece, last)) {
    case Got::kNothing: waits_ = Waits::kBody; return false;
    case Got::kGone: gone(); return false;
    case Got::kBad: refuse(400, "The body is not chunked as HTTP/1.1 says, or its trailer is."); return false;
    case Got::kPiece: break;
  }
  if (!hold_piece(piece)) return false;
  work.last_piece_given = last;
  action = work.exchange->on_body(piece, last);
  return true;
}

/// Counts what the exchange will keep of the body. False where that is too much: the request was refused.
bool ClientConnection::hold_piece(std::string_view piece) {
  Work& work = *work_;
  work.body_held += piece.size();
  if (work.body_held > limits().body_in_memory) {
    refuse(413, "The body is larger than this operation may have.");
    return false;
  }
  if (!work.share.add(piece.size())) {
    refuse(503, "The gateway holds as many bodies as it may at present; try again in a moment.");
    return false;
  }
  return true;
}

void ClientConnection::feed_body() {
  Action action;
  action.kind = Action::Kind::kNeedBody;
  perform(action);
}

/// The next piece of the request's body, read if need be.
ClientConnection::Got ClientConnection::next_piece(std::string_view& piece, bool& last) {
  Work& work = *work_;
  for (;;) {
    const BodyReader::Step step = work.body.next(buffer_.bytes());
    if (step.status == BodyReader::Step::Status::kError) return Got::kBad;
    buffer_.consume(step.consumed);
    if (step.status == BodyReader::Step::Status::kPiece) {
      cancel();
      work.continued = true;
      piece = step.piece;
      last = step.last;
      return Got::kPiece;
    }
    if (!work.continued && !say_continue()) return Got::kGone;
    buffer_.compact(head_size_);
    const IoResult result = transport_.read(buffer_.room(), buffer_.room_size());
    if (result.status == Io::kDone) {
      buffer_.commit(result.bytes);
      continue;
    }
    if (result.status != Io::kAgain) return Got::kGone;
    arm(timeouts().body_stall);
    return Got::kNothing;
  }
}

/// The client holds the body back until it hears that it is wanted.
bool ClientConnection::say_continue() {
  work_->continued = true;
  const iovec part{const_cast<char*>(kContinue.data()), kContinue.size()};
  const IoResult result = transport_.write(&part, 1);
  return result.status == Io::kDone && result.bytes == kContinue.size();
}

/// False where the answers have to be waited for.
bool ClientConnection::ask(Action& action) {
  Work& work = *work_;
  if (action.lookups == nullptr || action.lookups->empty()) {
    work.lookups.answers().clear();
    action = work.exchange->on_lookups(work.lookups.answers(), context_.loop.now());
    return true;
  }
  // What upstream is sending meanwhile waits until the exchange knows what it asked.
  if (work.call.active()) work.call.pause();
  waits_ = Waits::kLookups;
  work.lookups.start(context_.pool, *this, *action.lookups, work.share);
  return false;
}

void ClientConnection::on_looked_up() {
  perform(work_->exchange->on_lookups(work_->lookups.answers(), context_.loop.now()));
  advance();
}

void ClientConnection::do_elsewhere(const Action& action) {
  waits_ = Waits::kElsewhere;
  arm(timeouts().answer_head);
  // Read and emptied on this thread alone, so that it needs no lock.
  const auto waiting = std::make_shared<ClientConnection*>(this);
  work_->elsewhere = waiting;
  (*action.elsewhere)([waiting, mailbox = context_.loop.mailbox()](ElsewhereAnswer answer) {
    const auto kept = std::make_shared<ElsewhereAnswer>(std::move(answer));
    mailbox->post([waiting, kept] {
      if (ClientConnection* const connection = std::exchange(*waiting, nullptr)) connection->on_elsewhere(std::move(*kept));
    });
  });
}

void ClientConnection::on_elsewhere(ElsewhereAnswer answer) {
  cancel();
  forget_elsewhere();
  perform(work_->exchange->on_elsewhere(answer, context_.loop.now()));
  advance();
}

void ClientConnection::forget_elsewhere() noexcept {
  if (work_->elsewhere) *work_->elsewhere = nullptr;
  work_->elsewhere.reset();
}

void ClientConnection::send(const Action& action) {
  Work& work = *work_;
  BodyRest rest;
  rest.streams = action.upstream->streams_body;
  rest.chunked = work.body.kind() == Framing::Kind::kChunked;
  rest.length = work.body.kind() == Framing::Kind::kLength ? work.body.left() : 0;
  waits_ = Waits::kUpstream;
  work.call.start(context_.pool, *this, *action.upstream, rest);
  if (work.call.wants_piece()) stream_body();
}

/// Forwards the client's body piece by piece: the next is read when the last is out.
void ClientConnection::stream_body() {
  Work& work = *work_;
  while (work.call.wants_piece()) {
    if (++turn_ > kTurnPieces) return context_.loop.again(*this);
    std::string_view piece;
    bool last = false;
    switch (next_piece(piece, last)) {
      case Got::kNothing: return;
      case Got::kGone: return gone();
      case Got::kBad: return refuse(400, "The body is not chunked as HTTP/1.1 says, or its trailer is.");
      case Got::kPiece: break;
    }
    work.last_piece_given = last;
    const Action action = work.exchange->on_body(piece, last);
    if (action.kind != Action::Kind::kWait) {
      work.call.cancel();
      return perform(action);
    }
    work.call.send_piece(piece, last);
  }
}

void ClientConnection::respond(const Action& action) {
  Work& work = *work_;
  if (!work.answer.head_given() && ends_with_this()) work.answer.end_connection();
  if (work.last || !work.answer.add(action, context_.loop.date_line())) return abort();
  work.last = action.last;
  if (!action.last && !work.call.active()) return abort();
  waits_ = Waits::kUpstream;
  // The head alone waits for the first piece of the body, so that both go in one write.
  if (!action.last && work.answer.only_head()) return;
  if (write_answer()) {
    if (work.last) finish();
  }
}

/// False where the client takes no more now, or is gone.
bool ClientConnection::write_answer() {
  Work& work = *work_;
  switch (work.answer.write(transport_)) {
    case Io::kDone:
      if (waits_ == Waits::kOutput) cancel();
      return true;
    case Io::kAgain:
      waits_ = Waits::kOutput;
      if (work.call.active()) work.call.pause();
      arm(timeouts().client_stall);
      return false;
    default: gone(); return false;
  }
}

/// What had to wait for the client is out.
void ClientConnection::output_is_out() {
  waits_ = Waits::kUpstream;
  if (work_->last) finish();
}

/// A client that waits for 100 may or may not send its body now: what comes next could be either. Nor is the long rest of a body
/// read that nobody wants.
bool ClientConnection::ends_with_this() const noexcept {
  const Work& work = *work_;
  if (context_.draining) return true;
  if (work.body.ended()) return false;
  return !work.continued || (work.body.kind() == Framing::Kind::kLength && work.body.left() > limits().drained_body);
}

void ClientConnection::finish() {
  Work& work = *work_;
  work.call.cancel();
  work.lookups.cancel();
  const bool keep = !work.answer.closes() && !work.refused && !ends_with_this();
  const bool unread = !work.body.ended();
  end_exchange(true);
  if (!keep) return start_lingering();
  if (!unread) return next_request();
  state_ = State::kDraining;
  waits_ = Waits::kNothing;
  dropped_ = 0;
  arm(timeouts().body_stall);
}

bool ClientConnection::may_send(UpstreamCall&) noexcept { return work_->exchange->may_send(context_.loop.now()); }
bool ClientConnection::may_look_up() noexcept { return work_->exchange->may_send(context_.loop.now()); }

void ClientConnection::on_call_wants_piece(UpstreamCall&) {
  stream_body();
  advance();
}

void ClientConnection::on_call_head(UpstreamCall&, const ResponseHead& head) {
  cancel();  // a body that the upstream no longer waits for may be as late as it likes
  perform(work_->exchange->on_response_head(head, context_.loop.now()));
  if (state_ != State::kRunning) advance();
}

void ClientConnection::on_call_body(UpstreamCall&, std::string_view piece, bool last) {
  Work& work = *work_;
  const Action action = work.exchange->on_response_body(piece, last);
  const bool kept = action.kind == Action::Kind::kWait && !work.answer.head_given();
  if (kept && !work.share.add(piece.size())) {
    work.call.cancel();
    perform(work.exchange->on_upstream_failure(UpstreamFailure::kBusy, true));
  } else {
    perform(action);
  }
  // The upstream connection goes on to serve others, with the buffer that the piece lies in.
  if (last && state_ == State::kRunning) work.answer.keep(piece);
  if (state_ != State::kRunning) advance();
}

void ClientConnection::on_call_rest(UpstreamCall&) {
  Work& work = *work_;
  if (state_ != State::kRunning || waits_ != Waits::kUpstream || work.answer.empty()) return;
  if (write_answer()) output_is_out();
}

void ClientConnection::on_call_failed(UpstreamCall&, UpstreamFailure failure, bool any_byte_sent) {
  cancel();
  perform(work_->exchange->on_upstream_failure(failure, any_byte_sent));
  if (state_ != State::kRunning) advance();
}

}  // namespace gatehouse::http
