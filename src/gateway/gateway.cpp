// The way of a request, step by step: authenticate, match, locate, decide, confine, forward, redact, record.
// Each step has a file of its own; docs/life_of_a_request.md walks through them.

#include "gateway/gateway.h"

#include <algorithm>

#include "base/secret.h"
#include "catalogue/kinds.h"
#include "gateway/budget.h"
#include "gateway/content_place.h"
#include "gateway/fill.h"
#include "gateway/gateway_exchange.h"
#include "gateway/gather.h"
#include "gateway/lookup_routes.h"
#include "gateway/record.h"
#include "gateway/refuse.h"

namespace gatehouse::gateway {
namespace {

using http::Action;

/// A body that has to be read before it is known what it touches.
constexpr std::size_t kMaxBody = 8 * 1024 * 1024;
/// An answer whose links alone are rewritten is streamed from this length on.
constexpr std::size_t kStreamFrom = 256 * 1024;
/// After a write so many of its issues are looked at again.
constexpr std::size_t kMaxRechecked = 5;

Action action(Action::Kind kind) {
  Action result;
  result.kind = kind;
  return result;
}

std::string_view object_name(const Request& request) {
  if (!request.match.operation) return {};
  for (const catalogue::Parameter& row : request.match.operation->path_parameters()) {
    switch (row.kind) {
      case catalogue::Kind::kProject: return "Project";
      case catalogue::Kind::kComponent: return "Component";
      case catalogue::Kind::kVersion: return "Version";
      case catalogue::Kind::kIssueLink: return "Link";
      case catalogue::Kind::kTask: return "Task";
      case catalogue::Kind::kComment: return "Comment";
      case catalogue::Kind::kAttachment: return "Attachment";
      case catalogue::Kind::kBoard: return "Board";
      case catalogue::Kind::kSprint: return "Sprint";
      case catalogue::Kind::kServiceDesk: return "Service desk";
      case catalogue::Kind::kIssue: return "Issue";
      case catalogue::Kind::kSpace: return "Space";
      case catalogue::Kind::kContent: return "Content";
      default: break;
    }
  }
  return {};
}

std::string_view type_word(const Reference& reference) noexcept {
  return catalogue::to_string(reference.parameter->content_type);
}

/// An issue, or a page or blog post: what somebody can move to another project or space.
bool may_have_moved(const Reference& reference) noexcept {
  if (reference.id.empty()) return false;
  if (reference.kind == catalogue::Kind::kIssue) return true;
  if (reference.kind != catalogue::Kind::kContent || !reference.parameter) return false;
  const catalogue::ContentType type = reference.parameter->content_type;
  return type == catalogue::ContentType::kPage || type == catalogue::ContentType::kBlogPost;
}

}  // namespace

Action GatewayExchange::on_head(const http::RequestHead& head, const http::Peer& peer, const http::Now& now) {
  request_.clear();
  request_.head = &head;
  request_.peer = peer;
  request_.began = now;
  now_ = now;
  thread_.now_ms = now.steady_ms + 1;
  thread_.make_id(request_.id);
  credential_.reset();
  site_.reset();
  matched_.reset();
  asking_ = Asking::kNothing;
  head_sent_ = out_given_ = refreshed_ = body_read_ = false;
  person_wait_ends_.reset();
  started_over_ = 0;
  return begin(head);
}

Action GatewayExchange::begin(const http::RequestHead& head) {
  const bool reads = head.method == http::Method::kGet || head.method == http::Method::kHead;
  if (reads && head.target.starts_with("/browse/")) {
    const std::string_view host = head.host.substr(0, head.host.rfind(':'));
    const upstream::SiteEntryPtr* site = thread_.sites.get().find_host(host, head.target);
    if (site && (*site)->site.product != Product::kOpenApi) return redirect_browse((*site)->site.base_url);
  }
  if (is_for_authorization_server(head, thread_)) return begin_at_door();
  if (is_about_itself(head, thread_)) return begin_about_itself(head);
  Step<Authenticated> authenticated = authenticate(head, now_, thread_, request_);
  if (!authenticated) return refuse_stranger(authenticated.error());
  credential_ = authenticated.value().shared_credential();

  Step<Matched> matched = match(std::move(authenticated).value(), thread_, request_);
  if (!matched) return refuse(matched.error());
  site_ = matched.value().shared_site();
  matched_.emplace(std::move(matched).value());
  return admit_and_go_on();
}

Action GatewayExchange::admit_and_go_on() {
  Step<std::optional<Admitted>> admitted = admit(matched_, now_, thread_, request_);
  if (!admitted) return refuse(admitted.error());
  if (!admitted.value()) return wait_for_person();
  person_wait_ends_.reset();
  admitted_ = std::move(admitted).value();
  route_ = admitted_->route();
  if (const auto spent = over_budget(*credential_, *site_, *route_, now_.wall)) return refuse(*spent);

  const bool reads_body = request_.has_body && request_.bounded && request_.json_body;
  return reads_body && !body_read_ ? action(Action::Kind::kNeedBody) : locate_and_decide();
}

/// A token asks about itself, or for its own successor: nothing of it goes to a site.
Action GatewayExchange::begin_about_itself(const http::RequestHead& head) {
  request_.about_itself = true;
  const Step<Authenticated> authenticated = authenticate(head, now_, thread_, request_);
  if (!authenticated) return refuse_stranger(authenticated.error());
  credential_ = authenticated.value().shared_credential();
  Step<SelfRequest> asked = read_self_request(*credential_, request_);
  if (!asked) return refuse(asked.error());
  elsewhere_ = [service = thread_.shared.self, asked = std::move(asked).value()](http::ElsewhereDone done) {
    service->submit(asked, std::move(done));
  };
  Action result = action(Action::Kind::kElsewhere);
  result.elsewhere = &elsewhere_;
  return result;
}

/// For the authorization server: nothing of it goes to a site, and nothing of it is recorded here.
Action GatewayExchange::begin_at_door() {
  at_door_.emplace(read_authorization_request(request_));
  const http::Framing& framing = request_.head->framing;
  if (framing.kind == http::Framing::Kind::kLength && framing.length > AuthorizationServer::kMaxBody)
    return refuse(refuse_because(Reason::kTooLarge, "body"));
  const bool body = framing.kind == http::Framing::Kind::kChunked || framing.length > 0;
  return body ? action(Action::Kind::kNeedBody) : pass_through_door();
}

Action GatewayExchange::pass_through_door() {
  at_door_->body = SecretString(std::move(request_.body));
  request_.body.clear();
  // Called once.
  elsewhere_ = [server = thread_.shared.authorization, asked = std::move(*at_door_)](http::ElsewhereDone done) mutable {
    server->submit(std::move(asked), std::move(done));
  };
  Action result = action(Action::Kind::kElsewhere);
  result.elsewhere = &elsewhere_;
  return result;
}

Action GatewayExchange::on_elsewhere(http::ElsewhereAnswer& answer, const http::Now& now) {
  now_ = now;
  if (at_door_) {
    request_.status = answer.status;
    request_.answer_head = std::move(answer.head);
    request_.answer_head.append("Gatehouse-Request-Id: ").append(request_.id_text()).append("\r\n");
    request_.out = answer.body.expose();
    return respond_whole();
  }
  const bool done = answer.status < 300;
  request_.effect = done ? Effect::kPermit : Effect::kDeny;
  request_.reason = done ? Reason::kPermitted : Reason::kOperationRefused;
  request_.status = answer.status;
  request_.answer_head = std::move(answer.head);
  append_common_fields(request_.id_text(), request_.answer_head);
  append_expiry(*credential_, now_.wall, request_.answer_head);
  request_.out = answer.body.expose();
  return respond_whole();
}

Action GatewayExchange::on_body(std::string_view piece, bool last) {
  if (at_door_) {
    if (request_.body.size() + piece.size() > AuthorizationServer::kMaxBody)
      return refuse(refuse_because(Reason::kTooLarge, "body"));
    request_.body.append(piece);
    return last ? pass_through_door() : action(Action::Kind::kNeedBody);
  }
  if (confined_) {
    // It streams upstream. What is to be judged afterwards is kept, one byte beyond the bound at most.
    const std::size_t room = JudgedRequest::kMaxBody + 1 - std::min(request_.body.size(), JudgedRequest::kMaxBody + 1);
    if (credential_->judged(now_.wall)) request_.body.append(piece.substr(0, room));
    return action(Action::Kind::kWait);
  }
  if (request_.body.size() + piece.size() > kMaxBody) return refuse(refuse_because(Reason::kTooLarge, "body"));
  request_.body.append(piece);
  body_read_ = last;
  return last ? locate_and_decide() : action(Action::Kind::kNeedBody);
}

Action GatewayExchange::locate_and_decide() {
  Step<std::optional<Located>> located = locate(admitted_, thread_, request_);
  if (!located) return refuse(located.error());
  if (!located.value()) return ask(Asking::kLocate);

  Step<Permitted> permitted = decide(std::move(*located.value()), now_, request_);
  if (!permitted) return refuse(permitted.error());
  permitted_.emplace(std::move(permitted).value());
  return confine_and_forward();
}

Action GatewayExchange::confine_and_forward() {
  Step<std::optional<Confined>> confined = confine(permitted_, thread_, request_);
  if (!confined) return refuse(confined.error());
  if (!confined.value()) return ask(Asking::kConfine);
  confined_.emplace(std::move(*confined.value()));

  Step<http::UpstreamRequest> upstream = forward(*confined_, request_);
  if (!upstream) return refuse(upstream.error());
  // Its body was read because it was bounded when it was decided first; it can't stream any more.
  if (body_read_ && request_.outgoing.streams_body) return refuse(not_live());
  request_.upstream = std::move(upstream).value();
  request_.effect = Effect::kPermit;
  request_.reason = Reason::kPermitted;
  Action send = action(Action::Kind::kSend);
  send.upstream = &request_.upstream;
  return send;
}

Action GatewayExchange::ask(Asking what) {
  asking_ = what;
  if (request_.asks_fields) {
    request_.outgoing.head = "GET " + route_->context_path +
                             "/rest/api/3/field HTTP/1.1\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n"
                             "User-Agent: Gatehouse\r\n";
    http::UpstreamRequest fields;
    fields.route = route_;
    fields.head = request_.outgoing.head;
    fields.idempotent = true;
    request_.lookups.assign(1, std::move(fields));
  } else if (what == Asking::kGather) {
    Step<http::UpstreamRequest> page =
        request_.filling.wanted ? next_fill(*confined_, request_) : next_page(*confined_, request_);
    if (!page) return refuse(page.error());
    request_.lookups.assign(1, std::move(page).value());
  } else {
    (what == Asking::kRecheck ? recheck_ : request_.questions).write(route_, request_.lookups);
  }
  charge_lookups(*credential_, *site_, request_.lookups.size(), now_.wall);
  const Step<bool> chosen =
      choose_lookup_routes(*site_, credential_->account->account.id.value, *thread_.shared.catalogue_of(*site_), request_);
  if (!chosen) {
    // The write is done: without the second look, its answer goes out.
    return what == Asking::kRecheck ? respond_whole() : refuse(chosen.error());
  }
  Action result = action(Action::Kind::kAsk);
  result.lookups = &request_.lookups;
  return result;
}

Action GatewayExchange::on_lookups(std::vector<http::LookupAnswer>& answers, const http::Now& now) {
  now_ = now;
  thread_.now_ms = now.steady_ms + 1;
  const Asking asked = std::exchange(asking_, Asking::kNothing);
  learn_limits(*site_, request_.lookups, answers, now.wall);
  if (asked == Asking::kRecheck) {
    // The write is done: whatever the second look says, its answer goes out.
    if (recheck_.take(answers, {})) take_recheck();
    return respond_whole();
  }
  if (!credential_->live(now.wall) || !site_->live(now.wall) || person_is_gone()) return start_over();
  for (std::size_t i = 0; i < answers.size() && i < request_.lookups.size(); ++i) {
    if (!answers[i].failed && answers[i].status == 401) note_refused(request_.lookups[i].route);
  }
  if (asked == Asking::kGather) return take_next_page(answers.at(0));
  const Step<bool> taken =
      request_.asks_fields && answers.size() == 1 ? take_fields(answers[0]) : request_.questions.take(answers, site_->site.key);
  if (!taken) return refuse(taken.error());
  switch (asked) {
    case Asking::kLocate: return locate_and_decide();
    case Asking::kConfine: return confine_and_forward();
    case Asking::kProve:
      if (take_proofs(request_) == Proofs::kAsk) return ask(Asking::kProve);
      return request_.list ? stream_list(answer_over_) : release();
    case Asking::kGather:
    case Asking::kRecheck:
    case Asking::kNothing: break;
  }
  return refuse(refuse_because(Reason::kInternal));
}

/// Where the metadata can't be read, what is known goes on: system fields at least, and what is not known is refused or left out.
Step<bool> GatewayExchange::take_fields(const http::LookupAnswer& answer) {
  request_.asks_fields = false;
  SiteContext& site = *request_.site;
  site.fields_at = thread_.now_ms;
  if (!answer.failed && answer.status == 401) return refuse_because(Reason::kUpstreamCredential, site_->site.key);
  if (answer.failed || answer.status != 200) return true;
  auto fields = upstream::FieldTypes::parse(answer.body);
  if (fields) site.fields = std::make_shared<const upstream::FieldTypes>(std::move(fields).value());
  return true;
}

bool GatewayExchange::may_send(const http::Now& now) noexcept {
  if (!credential_ || !site_) return false;
  const ServiceAccount& account = credential_->account->account;
  const bool fresh = thread_.shared.index->fresh() + thread_.shared.settings.stale_limit >= now.wall;
  const bool live = fresh && credential_->live(now.wall) && !credential_->has_ended(request_.secret) &&
                    !thread_.shared.index->ended(*credential_) && is_live(account.state, account.pause, now.wall) &&
                    site_->live(now.wall) && !person_is_gone();
  if (live && asking_ == Asking::kNothing) request_.sent = true;
  return live;
}

Action GatewayExchange::on_response_head(const http::ResponseHead& head, const http::Now& now) {
  now_ = now;
  if (head.status == 429) learn_limit(*site_, *request_.upstream.route, head, now.wall);
  const Step<AnswerMode> mode = begin_answer(*confined_, head, now, thread_, request_);
  if (!mode && mode.error().reason == Reason::kUpstreamCredential) note_refused(request_.upstream.route);
  if (!mode) return refuse(mode.error());
  mode_ = mode.value();
  if (mode_ == AnswerMode::kFollow) {
    Action next = action(Action::Kind::kSend);
    next.upstream = &request_.upstream;
    return next;
  }
  request_.answer_length =
      head.framing.kind == http::Framing::Kind::kLength ? static_cast<std::int64_t>(head.framing.length) : -1;
  return action(Action::Kind::kWait);
}

Action GatewayExchange::on_response_body(std::string_view piece, bool last) {
  if (mode_ == AnswerMode::kPass) {
    Action pass = action(Action::Kind::kRespond);
    if (!head_sent_) {
      pass.status = request_.status;
      pass.head = request_.answer_head;
      pass.content_length = request_.answer_length;
      head_sent_ = true;
    }
    pass.body = piece;
    pass.last = last || request_.head->method == http::Method::kHead;
    return pass;
  }
  if (mode_ == AnswerMode::kRewrite && (head_sent_ || request_.answer.size() + piece.size() > kStreamFrom)) {
    request_.answer.append(piece);
    return stream_rewritten(last);
  }
  if (mode_ != AnswerMode::kDrop) {
    const bool long_answer = request_.answer.size() + piece.size() > kMaxWholeAnswer;
    if (request_.list || (long_answer && mode_ == AnswerMode::kRedact && begin_list(*confined_, thread_, request_))) {
      if (std::exchange(out_given_, false)) request_.out.clear();
      request_.answer.append(piece);
      return stream_list(last);
    }
    if (long_answer) {
      return refuse(
          refuse_because(Reason::kUpstreamAnswer, site_->site.key, "It is longer than 4 MiB: ask for fewer items at once."));
    }
    request_.answer.append(piece);
  }
  return last ? release() : action(Action::Kind::kWait);
}

/// An answer of which only links are rewritten need not be held whole.
Action GatewayExchange::stream_rewritten(bool last) {
  rewrite_piece(last, request_);
  return request_.out.empty() && !last ? action(Action::Kind::kWait) : respond_piece(last);
}

/// A list that is too long to be held whole goes out item by item: each is proven before any of it leaves.
Action GatewayExchange::stream_list(bool last) {
  answer_over_ = last;
  const Step<Release> released = redact_list(last, *confined_, thread_, request_);
  if (!released) return refuse(released.error());
  if (released.value() == Release::kAsk) return ask(Asking::kProve);
  // Until the first item is whole the answer can still be refused in words.
  const bool sendable = !request_.out.empty() && (head_sent_ || request_.list->any_item());
  if (!sendable && !last) return action(Action::Kind::kWait);
  out_given_ = true;
  return respond_piece(last);
}

Action GatewayExchange::respond_piece(bool last) {
  Action respond = action(Action::Kind::kRespond);
  if (!head_sent_) {
    respond.status = request_.status;
    respond.head = request_.answer_head;
    head_sent_ = true;
  }
  respond.body = request_.out;
  // Where the client asked for the head alone, the rest of upstream's answer is not waited for.
  respond.last = last || request_.head->method == http::Method::kHead;
  return respond;
}

/// The next page of a list that is gathered: what upstream says of it is no answer for the client.
Action GatewayExchange::take_next_page(http::LookupAnswer& answer) {
  if (!answer.failed && answer.status == 200) {
    request_.answer = std::move(answer.body);
    return release();
  }
  if (!answer.failed && answer.status == 401) return refuse(refuse_because(Reason::kUpstreamCredential, site_->site.key));
  if (!answer.failed && answer.status == 429)
    return refuse(
        refuse_because(Reason::kRateLimited, {}, "The site itself limits requests now. Nothing is wrong with this token."));
  return refuse(not_answered(answer, site_->site.key));
}

Action GatewayExchange::release() {
  const bool gathers = mode_ == AnswerMode::kRedact && request_.gathering.wanted;
  if (gathers && !request_.gathering.done) {
    const Step<bool> whole = gather_page(confined_->matched().operation(), site_->site.key, request_);
    if (!whole) return refuse(whole.error());
    if (!whole.value()) return ask(Asking::kGather);
  }
  const Step<Release> released = finish_answer(mode_, *confined_, thread_, request_);
  if (!released) return refuse(released.error());
  if (released.value() == Release::kAsk) return ask(Asking::kProve);
  if (gathers) write_gathered(confined_->matched().operation(), request_);
  if (mode_ == AnswerMode::kRedact && request_.filling.wanted) {
    const Step<bool> full = fill_page(confined_->matched(), thread_.shared.cursors, request_);
    if (!full) return refuse(full.error());
    if (!full.value()) return ask(Asking::kGather);
  }
  return wants_recheck() ? recheck() : respond_whole();
}

Action GatewayExchange::respond_whole() {
  Action respond = action(Action::Kind::kRespond);
  respond.status = request_.status;
  respond.head = request_.answer_head;
  respond.body = request_.out;
  respond.content_length = static_cast<std::int64_t>(request_.out.size());
  respond.last = true;
  return respond;
}

/// Someone may have moved the issue between our look and the write: then that is recorded.
bool GatewayExchange::wants_recheck() const noexcept {
  if (!request_.bounded || request_.status >= 300) return false;
  if (request_.match.operation->access != catalogue::Access::kWrite) return false;
  return std::any_of(request_.references.begin(), request_.references.end(), may_have_moved);
}

Action GatewayExchange::recheck() {
  recheck_.clear();
  std::size_t left = kMaxRechecked;
  for (const Reference& reference : request_.references) {
    if (may_have_moved(reference) && left-- > 0) {
      const bool issue = reference.kind == catalogue::Kind::kIssue;
      recheck_.find(issue ? Ask::kIssue : Ask::kContent, reference.id, issue ? std::string_view() : type_word(reference));
    }
    if (left == 0) break;
  }
  return recheck_.pending() ? ask(Asking::kRecheck) : respond_whole();
}

void GatewayExchange::take_recheck() {
  for (const Reference& reference : request_.references) {
    const bool content = reference.kind == catalogue::Kind::kContent;
    const Fact* fact =
        content ? recheck_.known(Ask::kContent, reference.id, type_word(reference)) : recheck_.known(Ask::kIssue, reference.id);
    if (fact && fact->found && !request_.permitted.permits(fact->project, false)) request_.moved_out = true;
  }
}

Action GatewayExchange::on_upstream_failure(http::UpstreamFailure failure, bool any_byte_sent) {
  if (head_sent_) return action(Action::Kind::kAbort);
  if (failure == http::UpstreamFailure::kNotPermitted) return start_over();
  if (failure == http::UpstreamFailure::kBusy) return refuse(refuse_because(Reason::kOverloaded));
  Refusal refusal = refuse_because(Reason::kUpstreamUnavailable, site_->site.key);
  refusal.status = failure == http::UpstreamFailure::kTimeout ? 504 : 502;
  const std::string_view how = failure == http::UpstreamFailure::kTimeout ? " did not answer in time. " : " could not be asked. ";
  refusal.detail = "The site " + site_->site.key + std::string(how) +
                   (any_byte_sent ? "The request had been sent to it: it may have been carried out."
                                  : "Nothing of the request had been sent to it.");
  return refuse(refusal);
}

Action GatewayExchange::refuse(const Refusal& refusal) {
  if (refusal.reason == Reason::kUpstreamCredential && request_.person && !refusal.of_person) {
    Refusal of_person = refusal;
    of_person.of_person = true;
    return refuse(of_person);
  }
  request_.effect = refusal.reason == Reason::kUpstreamUnavailable || refusal.reason == Reason::kUpstreamCredential ||
                            refusal.reason == Reason::kUpstreamAnswer
                        ? Effect::kCouldNotDecide
                        : Effect::kDeny;
  request_.reason = refusal.reason;
  if (head_sent_) return action(Action::Kind::kAbort);
  const Product product = site_ ? site_->site.product : Product::kJira;
  const RefusalContext context{error_form(product, request_.site_path), request_.id_text(), object_name(request_)};
  RefusalAnswer answer = refusal_answer(refusal, context);
  if (credential_) append_expiry(*credential_, now_.wall, answer.head);
  request_.status = answer.status;
  request_.answer_head = std::move(answer.head);
  request_.out = std::move(answer.body);
  Action respond = respond_whole();
  respond.close = refusal.close;
  return respond;
}

/// People follow links to issues in their browser: to the site itself, without asking it.
Action GatewayExchange::redirect_browse(std::string_view base_url) {
  const std::string_view key = request_.head->target.substr(std::string_view("/browse/").size());
  const bool plain = !key.empty() && key.size() <= 255 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!plain) return refuse(refuse_because(Reason::kUnknownOperation, "GET"));
  request_.status = 302;
  request_.effect = Effect::kPermit;
  request_.reason = Reason::kPermitted;
  request_.answer_head = "Location: " + std::string(base_url) + "/browse/" + std::string(key) + "\r\n";
  append_common_fields(request_.id_text(), request_.answer_head);
  return respond_whole();
}

void GatewayExchange::on_finished(bool complete, const http::Now& now) {
  stop_waiting();
  if (request_.about_itself || at_door_) secure_zero(request_.out.data(), request_.out.size());
  if (at_door_) secure_zero(request_.body.data(), request_.body.size());
  // An agent that looks at its token, or asks for another too early, does not use it.
  if (!at_door_ && (!request_.about_itself || !credential_))
    record(credential_ ? credential_ : request_.refused, site_, complete, now, thread_, request_);
  at_door_.reset();
  elsewhere_ = nullptr;
  request_.clear();
  credential_.reset();
  site_.reset();
  route_.reset();
  matched_.reset();
  admitted_.reset();
  permitted_.reset();
  confined_.reset();
}

GatewayFactory::GatewayFactory(const GatewayShared& shared, unsigned thread)
    : state_(std::make_unique<ThreadState>(shared, shared.log ? &shared.log->queue(thread) : nullptr)) {}
GatewayFactory::~GatewayFactory() = default;
std::unique_ptr<http::Exchange> GatewayFactory::make() { return std::make_unique<GatewayExchange>(*state_); }

}  // namespace gatehouse::gateway
