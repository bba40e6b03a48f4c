#include "gateway/redact.h"

#include <algorithm>

#include "base/text.h"
#include "gateway/budget.h"
#include "gateway/checks.h"
#include "gateway/content_place.h"
#include "gateway/cursor.h"
#include "gateway/refuse.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Operation;
using http::Known;

constexpr std::string_view kJson = "Content-Type: application/json;charset=UTF-8\r\n";
/// Mentions of issues are looked up in so many rounds: what the second did not prove is left out.
constexpr int kMaxProofRounds = 2;

std::string_view field(const http::ResponseHead& head, std::string_view name) noexcept {
  for (const http::Field& one : head.fields.all()) {
    if (same_without_case(one.name, name)) return one.value;
  }
  return {};
}

bool is_json(std::string_view type) noexcept {
  constexpr std::string_view kType = "application/json";
  return type.size() >= kType.size() && same_without_case(type.substr(0, kType.size()), kType);
}

void copy_field(std::string_view name, std::string_view value, std::string& out) {
  if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
}

void copy_known(const http::ResponseHead& head, Known known, std::string_view name, std::string& out) {
  copy_field(name, head.fields.value(known), out);
}

Refusal site_failed(int status, const http::ResponseHead& head, const Matched& matched) {
  Refusal refusal = refuse_because(Reason::kUpstreamUnavailable, matched.site().site.key);
  refusal.status = status == 503 || status == 504 ? status : 502;
  refusal.retry_after = retry_after(head);
  refusal.detail =
      "The site " + matched.site().site.key + " answered " + std::to_string(status) + ". The request had been sent to it.";
  return refusal;
}

/// "https://media.example:443/path?query" → a route and what to ask it for. Nothing where we do not go.
std::optional<http::UpstreamRequest> follow(std::string_view location, const Confined& confined, Request& request) {
  const upstream::SiteEntry& site = confined.matched().site();
  const bool clean =
      std::all_of(location.begin(), location.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '#'; });
  const std::size_t scheme_end = location.find("://");
  if (!clean || scheme_end == std::string_view::npos || location.size() > catalogue::kMaxTargetBytes) return std::nullopt;
  const std::size_t path = std::min(location.find_first_of("/?", scheme_end + 3), location.size());
  const auto origin = http::parse_base_url(location.substr(0, path));
  if (!origin || (path < location.size() && location[path] == '?')) return std::nullopt;
  // Where the credential goes anyway: the site's origin, or Atlassian's for a person.
  const http::UpstreamRoute& route = *confined.route();
  const bool own = origin.value().scheme == route.scheme && origin.value().host == route.host &&
                   origin.value().port == route.port && location.substr(path).starts_with(route.context_path + "/");
  const bool media = origin.value().scheme == "https" &&
                     std::find(site.media_hosts.begin(), site.media_hosts.end(), origin.value().host) != site.media_hosts.end();
  if (!own && !media) return std::nullopt;

  http::UpstreamRequest next;
  if (own) {
    next.route = confined.route();
  } else {
    // To the media host goes no credential: its link is the permission.
    auto media_route = std::make_shared<http::UpstreamRoute>();
    media_route->scheme = origin.value().scheme;
    media_route->host = origin.value().host;
    media_route->port = origin.value().port;
    media_route->pool_key = media_route->scheme + "://" + media_route->host + ":" + std::to_string(media_route->port) + " media";
    next.route = std::move(media_route);
  }
  std::string& head = request.outgoing.head;
  head = "GET " + std::string(path < location.size() ? location.substr(path) : "/") + " HTTP/1.1\r\n";
  const http::FieldTable& fields = request.head->fields;
  copy_field("Accept", fields.value(Known::kAccept), head);
  copy_field("Range", fields.value(Known::kRange), head);
  // Without it a download that goes on would be given the rest of another file.
  copy_field("If-Range", fields.value(Known::kIfRange), head);
  copy_field("If-None-Match", fields.value(Known::kIfNoneMatch), head);
  copy_field("If-Modified-Since", fields.value(Known::kIfModifiedSince), head);
  head += "Accept-Encoding: identity\r\nUser-Agent: Gatehouse\r\n";
  next.method = http::Method::kGet;
  next.head = head;
  next.idempotent = true;
  return next;
}

void write_head(AnswerMode mode, const Matched& matched, const http::ResponseHead& head, Instant now, Request& request) {
  std::string& out = request.answer_head;
  out.clear();
  const bool json = mode == AnswerMode::kRedact || mode == AnswerMode::kError || is_json(head.fields.value(Known::kContentType));
  if (mode == AnswerMode::kPass) {
    copy_known(head, Known::kContentType, "Content-Type", out);
    copy_known(head, Known::kContentDisposition, "Content-Disposition", out);
    copy_known(head, Known::kContentRange, "Content-Range", out);
    copy_known(head, Known::kAcceptRanges, "Accept-Ranges", out);
    copy_known(head, Known::kETag, "ETag", out);
    copy_known(head, Known::kLastModified, "Last-Modified", out);
  } else if (mode != AnswerMode::kDrop) {
    if (mode == AnswerMode::kError && matched.operation().product == Product::kOpenApi)
      out += "Content-Type: application/problem+json\r\n";
    else if (json)
      out += kJson;
    else
      copy_known(head, Known::kContentType, "Content-Type", out);
  }
  if (!request.bounded && mode != AnswerMode::kPass) copy_known(head, Known::kETag, "ETag", out);
  if (request.bounded) out += request.facts->redacts;
  const Operation& operation = matched.operation();
  if (operation.caller_dependent && !matched.site().has_own_route(matched.account_id())) {
    out += "Gatehouse-Acts-As: shared-account\r\n";
  }
  append_expiry(matched.credential(), now, out);
  append_common_fields(request.id_text(), out);
}

/// Seals what upstream keeps under its one account.
class RequestSeal final : public OpaqueSeal {
 public:
  RequestSeal(const CursorSeal& seal, const Matched& matched, const Request& request)
      : seal_(seal), matched_(matched), request_(request) {}
  std::string page_token(std::string_view token) const override {
    const CursorOwner owner{token::as_view(matched_.credential().id), matched_.operation().id, request_.cursor_query};
    return seal_.seal(owner, token);
  }
  std::string task(std::string_view id) const override {
    return seal_.seal(CursorOwner{token::as_view(matched_.credential().id), "task", {}}, id);
  }

 private:
  const CursorSeal& seal_;
  const Matched& matched_;
  const Request& request_;
};

/// 303 with the address of a task: which belongs to the token that started it.
Step<AnswerMode> see_task(const Confined& confined, const http::ResponseHead& head, const http::Now& now,
                          const ThreadState& thread, Request& request) {
  const Matched& matched = confined.matched();
  const std::string_view location = head.fields.value(Known::kLocation);
  const std::string_view id = location.substr(location.rfind('/') + 1);
  const bool task = location.find("/task/") != std::string_view::npos && !id.empty() &&
                    id.find_first_not_of("0123456789") == std::string_view::npos;
  if (!task || (request.bounded && !thread.shared.cursors))
    return refuse_because(Reason::kUpstreamAnswer, matched.site().site.key, "It redirects to where Gatehouse does not go.");
  const CursorOwner owner{token::as_view(matched.credential().id), "task", {}};
  write_head(AnswerMode::kDrop, matched, head, now.wall, request);
  request.answer_head += "Location: " + request.links->gateway_base() + "/rest/api/3/task/";
  request.answer_head += request.bounded ? thread.shared.cursors->seal(owner, id) : std::string(id);
  request.answer_head += "\r\n";
  return AnswerMode::kDrop;
}

/// The issues that the request was located by are proven already.
void prove_located(Request& request) {
  for (const Reference& reference : request.references) {
    if (reference.state != Reference::State::kInside) continue;
    if (reference.kind == catalogue::Kind::kContent) {
      const catalogue::ContentType type = reference.parameter->content_type;
      request.proof.set(content_name(type, reference.id), true);
      request.proof.set(content_name(catalogue::ContentType::kAny, reference.id), true);
      if (type == catalogue::ContentType::kFooterComment || type == catalogue::ContentType::kInlineComment)
        request.proof.set(content_name(catalogue::ContentType::kComment, reference.id), true);
    }
    if (reference.kind != catalogue::Kind::kIssue) continue;
    request.proof.set(reference.id, true);
    if (!reference.key.empty()) request.proof.set(reference.key, true);
  }
}

/// What redaction is told, for as long as it is used: it borrows from the request.
struct Redacting {
  Redacting(const Confined& confined, const ThreadState& thread, const Request& request)
      : context{request.permitted, request.site->field_types(), *request.links, request.proof, request.hidden_fields} {
    const Matched& matched = confined.matched();
    if (thread.shared.cursors) seal.emplace(*thread.shared.cursors, matched, request);
    context.parent_inside = request.parent_inside;
    for (const Reference& reference : request.references) {
      if (reference.state != Reference::State::kInside || !context.parent_issue.empty()) continue;
      if (reference.kind == catalogue::Kind::kIssue) context.parent_issue = reference.id;
      if (reference.kind == catalogue::Kind::kAttachment) context.parent_issue = request.hint;
    }
    context.root_inside = (matched.operation().access != catalogue::Access::kRead && request.parent_inside) ||
                          (request.by_answer && !check_enabled("read_verified"));
    context.seal = seal ? &*seal : nullptr;
  }
  Redacting(const Redacting&) = delete;
  Redacting& operator=(const Redacting&) = delete;

  std::optional<RequestSeal> seal;
  RedactionContext context;
};

/// What is asked to prove a mention: an issue by id or key, a board or a service desk.
struct Subject {
  Ask ask = Ask::kIssue;
  std::string_view id;
};
Subject subject_of(std::string_view name) noexcept {
  constexpr std::string_view kBoard = "board ";
  constexpr std::string_view kDesk = "desk ";
  if (name.starts_with(kBoard)) return {Ask::kBoard, name.substr(kBoard.size())};
  if (name.starts_with(kDesk)) return {Ask::kServiceDesk, name.substr(kDesk.size())};
  return {Ask::kIssue, name};
}

/// Where the attachments lie that the client learns of now.
void remember_attachments(const Redaction& redaction, const Confined& confined, const ThreadState& thread) {
  for (const auto& [attachment, issue] : redaction.attachments)
    thread.shared.attachments->remember(memory_of(confined.matched()), attachment, issue);
}

/// What a redaction left open. Zero: look-ups must be answered first.
enum class Settled : std::uint8_t { kAsk = 0, kAgain, kDone };

/// Takes what a redaction has proved, and asks for what it could not.
Step<Settled> settle(Redaction& redaction, const Operation& operation, Request& request) {
  for (const std::string& id : redaction.contained) request.proof.set(id, true);
  request.unproven.clear();
  bool proven_meanwhile = false;
  for (std::string& id : redaction.unproven) {
    if (request.proof.find(id))
      proven_meanwhile = true;
    else
      request.unproven.push_back(std::move(id));
  }
  if (request.proof_rounds < kMaxProofRounds && !request.unproven.empty()) {
    ++request.proof_rounds;
    for (const std::string& name : request.unproven) {
      if (const auto content = parse_content_name(name)) {
        find_content(content->type, content->id, request);
        continue;
      }
      const Subject subject = subject_of(name);
      request.questions.find(subject.ask, subject.id);
    }
    if (request.questions.too_many()) return refuse_because(Reason::kTooLarge, operation.id);
    if (request.questions.pending()) return Settled::kAsk;
    take_proofs(request);
    proven_meanwhile = true;
  }
  return proven_meanwhile ? Settled::kAgain : Settled::kDone;
}

Step<Release> redact_by_shape(const Confined& confined, ThreadState& thread, Request& request) {
  const Matched& matched = confined.matched();
  const Operation& operation = matched.operation();
  if (request.proof_rounds == 0) prove_located(request);
  const Redacting redacting(confined, thread, request);
  for (;;) {
    request.out.clear();
    Redaction redaction = redact(request.answer, *operation.shape, operation.answer_list, redacting.context, request.out);
    if (redaction.outcome == Redaction::Outcome::kMalformed)
      return refuse_because(Reason::kUpstreamAnswer, matched.site().site.key);
    // What is outside by its own word is not looked into: else it would take longer than what is not there.
    const bool by_own_word = operation.shape->inside.by != catalogue::Inside::By::kIssue &&
                             operation.shape->inside.by != catalogue::Inside::By::kBoard &&
                             operation.shape->inside.by != catalogue::Inside::By::kServiceDesk &&
                             operation.shape->inside.by != catalogue::Inside::By::kContentOfSpace &&
                             operation.shape->inside.by != catalogue::Inside::By::kContent &&
                             operation.shape->inside.by != catalogue::Inside::By::kContainer &&
                             operation.shape->inside.by != catalogue::Inside::By::kIssueLink;
    if (request.by_answer && !redaction.place.empty())
      request.touches.assign(1, {request.keep(redaction.place), policy::End::kOnly, redaction.place_restricted});
    if (redaction.outcome == Redaction::Outcome::kOutside && by_own_word) return refuse_answer(matched, request);
    request.redacted = redaction.left_out > 0;
    GH_TRY(const Settled settled, settle(redaction, operation, request));
    if (settled == Settled::kAsk) return Release::kAsk;
    if (settled == Settled::kAgain) continue;
    if (redaction.outcome == Redaction::Outcome::kOutside) return refuse_because(Reason::kOutsideBoundary, operation.id);
    remember_attachments(redaction, confined, thread);
    return Release::kReady;
  }
}

/// Nothing of one window of a list is asked for in the next: what is remembered stays small however long the list is.
void begin_window(Request& request) {
  constexpr std::size_t kManyProofs = 10'000;
  request.proof_rounds = 0;
  request.questions.clear();
  if (request.proof.size() < kManyProofs) return;
  request.proof.clear();
  prove_located(request);
}

}  // namespace

void append_expiry(const token::LiveCredential& credential, Instant now, std::string& head) {
  constexpr Duration kNear = std::chrono::hours(24 * 14);
  if (credential.expires_at == Instant::max() || credential.expires_at - now > kNear) return;
  head += "Gatehouse-Token-Expires: " + format_instant(credential.expires_at) + "\r\n";
}

void rewrite_piece(bool last, Request& request) {
  request.out.clear();
  // A link begins at the quote of its string: what stands before the last of them holds no half of one.
  std::size_t cut = request.answer.size();
  if (!last) {
    for (cut = request.answer.rfind('"'); cut != std::string::npos && cut > 0 && request.answer[cut - 1] == '\\';) {
      cut = request.answer.rfind('"', cut - 1);
    }
    // A member's name and its link belong together.
    if (cut != std::string::npos && std::string_view(request.answer).substr(0, cut).ends_with(LinkRewriter::kNext))
      cut -= LinkRewriter::kNext.size();
    // A string this long is no link.
    if (cut == std::string::npos || request.answer.size() - cut > catalogue::kMaxTargetBytes) cut = request.answer.size();
  }
  const std::string_view ready = std::string_view(request.answer).substr(0, cut);
  if constexpr (check_enabled("links_rewritten"))
    request.links->append_rewritten(ready, request.out);
  else
    request.out = ready;
  request.answer.erase(0, cut);
}

bool begin_list(const Confined& confined, ThreadState& thread, Request& request) {
  const Operation& operation = confined.matched().operation();
  if (operation.access != catalogue::Access::kRead || request.by_answer || request.gathering.wanted || request.filling.wanted)
    return false;
  const Redacting redacting(confined, thread, request);
  if (!ListRedaction::suits(*operation.shape, operation.answer_list, redacting.context)) return false;
  request.list = std::make_unique<ListRedaction>(*operation.shape, operation.answer_list, kMaxWholeAnswer);
  request.out.clear();
  prove_located(request);
  return true;
}

Step<Release> redact_list(bool last, const Confined& confined, ThreadState& thread, Request& request) {
  using Gathered = ListRedaction::Gathered;
  const std::string& site = confined.matched().site().site.key;
  const Redacting redacting(confined, thread, request);
  ListRedaction& list = *request.list;
  for (;;) {
    if (!list.ready()) {
      switch (list.gather(request.answer, last)) {
        case Gathered::kMalformed: return refuse_because(Reason::kUpstreamAnswer, site);
        case Gathered::kTooLong:
          return refuse_because(Reason::kUpstreamAnswer, site, "One item of it is longer than 4 MiB: ask for fewer fields.");
        case Gathered::kNothing: request.answer.erase(0, list.forget()); return Release::kReady;
        case Gathered::kReady: begin_window(request); break;
      }
    }
    const std::size_t start = request.out.size();
    Redaction redaction = list.redact(request.answer, redacting.context, request.out);
    if (redaction.outcome != Redaction::Outcome::kReleased) return refuse_because(Reason::kUpstreamAnswer, site);
    GH_TRY(const Settled settled, settle(redaction, confined.matched().operation(), request));
    if (settled != Settled::kDone) request.out.resize(start);
    if (settled == Settled::kAsk) return Release::kAsk;
    if (settled == Settled::kAgain) continue;
    request.redacted = request.redacted || redaction.left_out > 0;
    remember_attachments(redaction, confined, thread);
    list.accept();
    if (list.ready()) begin_window(request);
  }
}

Proofs take_proofs(Request& request) {
  bool open = false;
  for (const std::string& id : request.unproven) {
    if (const auto content = parse_content_name(id)) {
      const ContentPlace place = find_content(content->type, content->id, request);
      open = open || !place.known;
      if (place.known) request.proof.set(id, request.permitted.permits(place.space, place.restricted));
      continue;
    }
    const Subject subject = subject_of(id);
    const Fact* fact = request.questions.known(subject.ask, subject.id);
    const bool restricted = check_enabled("restricted_level") && fact && fact->restricted;
    request.proof.set(id, fact && fact->found && request.permitted.permits(fact->project, restricted));
  }
  // Where content lies takes several rounds; more than it may ask for proves nothing.
  if (open && !request.questions.too_many() && request.questions.pending()) return Proofs::kAsk;
  for (const std::string& id : request.unproven) {
    if (open && !request.proof.find(id)) request.proof.set(id, false);
  }
  request.unproven.clear();
  return Proofs::kDone;
}

Step<AnswerMode> begin_answer(const Confined& confined, const http::ResponseHead& head, const http::Now& now, ThreadState& thread,
                              Request& request) {
  const Matched& matched = confined.matched();
  const Operation& operation = matched.operation();
  const int status = head.status;
  request.upstream_status = status;
  request.status = status;
  request.upstream_trace = field(head, "atl-traceid");
  if (request.upstream_trace.empty()) request.upstream_trace = field(head, "x-arequestid");

  if (status == 401) return refuse_because(Reason::kUpstreamCredential, matched.site().site.key);
  if (status == 403 && same_without_case(field(head, "x-seraph-loginreason"), "AUTHENTICATION_DENIED")) {
    return refuse_because(Reason::kUpstreamCredential, matched.site().site.key);
  }
  if (status == 429) {
    Refusal refusal =
        refuse_because(Reason::kRateLimited, {}, "The site itself limits requests now. Nothing is wrong with this token.");
    refusal.retry_after = retry_after(head);
    return refusal;
  }
  if (status >= 500) return site_failed(status, head, matched);
  const bool blob = operation.answer == "blob";
  if (status == 303 && operation.answer == "task-link") return see_task(confined, head, now, thread, request);
  if (status >= 300 && status < 400 && !(status == 304 && blob)) {
    if (blob && request.redirects++ < 2) {
      if (auto next = follow(head.fields.value(Known::kLocation), confined, request)) {
        request.upstream = std::move(*next);
        return AnswerMode::kFollow;
      }
    }
    return refuse_because(Reason::kUpstreamAnswer, matched.site().site.key, "It redirects to where Gatehouse does not go.");
  }
  if (status == 404 && request.bounded) return refuse_because(Reason::kOutsideBoundary, operation.id);

  AnswerMode mode = AnswerMode::kRewrite;
  if (status >= 400)
    mode = request.bounded ? AnswerMode::kError : AnswerMode::kRewrite;
  else if (blob)
    mode = AnswerMode::kPass;
  else if (!request.bounded)
    mode = AnswerMode::kRewrite;
  else if (operation.answer == "none" || operation.answer == "task-link")
    mode = AnswerMode::kDrop;
  else if (operation.shape)
    mode = AnswerMode::kRedact;
  else if (operation.answer != "links")
    return refuse_because(Reason::kOperationRefused, operation.id);
  // A whole-site token gets whatever an API answers; only JSON can hold links that are looked for.
  const bool other_form =
      operation.product == Product::kOpenApi && !request.bounded && !is_json(head.fields.value(Known::kContentType));
  if (other_form) mode = AnswerMode::kPass;
  const bool no_body = status == 204 || status == 304;
  // Of an API whose answers are not known by heart a token with a boundary gets nothing that can't be read.
  const bool read_here =
      mode == AnswerMode::kRedact || (operation.product == Product::kOpenApi && request.bounded && mode == AnswerMode::kRewrite);
  if (read_here && !no_body && !is_json(head.fields.value(Known::kContentType))) {
    return refuse_because(Reason::kUpstreamAnswer, matched.site().site.key, "It is not JSON.");
  }
  if (no_body) mode = blob ? AnswerMode::kPass : AnswerMode::kDrop;
  write_head(mode, matched, head, now.wall, request);
  return mode;
}

Step<Release> finish_answer(AnswerMode mode, const Confined& confined, ThreadState& thread, Request& request) {
  request.out.clear();
  switch (mode) {
    case AnswerMode::kRedact: return redact_by_shape(confined, thread, request);
    case AnswerMode::kRewrite:
      if constexpr (check_enabled("links_rewritten"))
        request.links->append_rewritten(request.answer, request.out);
      else
        request.out = request.answer;
      return Release::kReady;
    case AnswerMode::kError: {
      const ErrorForm form = error_form(confined.matched().site().site.product, request.site_path);
      if (form != ErrorForm::kJira) {
        request.out = replaced_error(form, request.status);
        return Release::kReady;
      }
      request.out = safe_error_body(request.answer);
      if (request.out.empty()) {
        request.out =
            R"({"errorMessages":["The site refuses the request; its own words are left out, since they may name other projects."],"errors":{}})";
      }
      return Release::kReady;
    }
    case AnswerMode::kDrop:
    case AnswerMode::kPass:
    case AnswerMode::kFollow: break;
  }
  return Release::kReady;
}

}  // namespace gatehouse::gateway
