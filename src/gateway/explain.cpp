#include "gateway/explain.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "catalogue/kinds.h"
#include "gateway/lookup_routes.h"
#include "gateway/refuse.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

/// The same steps as gateway.cpp's, with look-ups that block.
class Explanation {
 public:
  Explanation(const GatewayShared& shared, const ExplainRequest& wanted, const LookupFunction& lookup, Instant now)
      : thread_(shared, nullptr), wanted_(wanted), lookup_(lookup), now_{now, 0} {}

  Decision run() {
    prepare();
    const Step<bool> done = walk();
    if (!done) note_refusal(wanted_.hide_found && admitted_ ? hide(done.error()) : done.error());
    if (!done && wanted_.name_outside && decision_.resource.empty()) name_outside();
    for (DecisionStep& step : after_) decision_.steps.push_back(std::move(step));
    decision_.steps.insert(decision_.steps.begin(), std::make_move_iterator(before_.begin()),
                           std::make_move_iterator(before_.end()));
    return std::move(decision_);
  }

 private:
  void prepare() {
    target_ = wanted_.target;
    if (!target_.starts_with("/ex/")) target_ = site_prefix() + target_;
    head_.method = wanted_.method;
    head_.target = target_;
    head_.host = "localhost";
    if (!wanted_.body.empty()) {
      head_.framing = {http::Framing::Kind::kLength, wanted_.body.size()};
      head_.fields.add({"Content-Type", wanted_.content_type, http::Known::kContentType});
    }
    request_.head = &head_;
    request_.peer.address = wanted_.address;
    request_.began = now_;
    request_.explanation = &decision_;
    request_.body = wanted_.body;
    thread_.now_ms = 1;
    thread_.make_id(request_.id);
  }

  std::string site_prefix() {
    std::string prefix;
    for (const BoundaryEntry& entry : *wanted_.credential->boundary_at(now_.wall)) {
      const upstream::SiteEntryPtr* site = thread_.sites.get().find_id(entry.resource.site.value);
      if (!site) continue;
      const std::string one = gateway_prefix((*site)->site);
      if (!prefix.empty() && prefix != one) return {};
      prefix = one;
    }
    return prefix;
  }

  Step<bool> walk() {
    GH_TRY(auto matched, match(authenticate_for_explanation(wanted_.credential), thread_, request_));
    before_.push_back({"operation", true, matched.operation().id + " on site " + matched.site().site.key});
    site_ = matched.site().site.key;
    if (wanted_.found) *wanted_.found = {&matched.operation(), matched.shared_site(), {}};
    GH_TRY(auto waiting, wait_for_admission(std::move(matched)));
    admitted_ = decision_;
    route_ = waiting->route();
    std::optional<Located> located;
    while (!located) {
      GH_TRY(located, locate(waiting, thread_, request_));
      if (!located) {
        GH_TRYV(answer_questions());
      }
    }
    note_references();
    GH_TRY(auto permitted, decide(std::move(*located), now_, request_));
    std::optional<Permitted> narrowing(std::move(permitted));
    std::optional<Confined> confined;
    while (!confined) {
      GH_TRY(confined, confine(narrowing, thread_, request_));
      if (!confined) {
        GH_TRYV(answer_questions());
      }
    }
    GH_TRY(auto upstream, forward(*confined, request_));
    const std::string_view line = upstream.head.substr(0, upstream.head.find(" HTTP/1.1"));
    after_.push_back({"forward", true, "would be sent as " + std::string(line)});
    if (request_.bounded) {
      after_.push_back({"redact", true,
                        request_.facts->redacts.empty() ? "links in the answer lead to the gateway"
                                                        : "the answer is searched for what lies outside, and verified"});
    }
    return true;
  }

  /// Where an app acts for a person, that person's own token may have to be fetched first.
  Step<std::optional<Admitted>> wait_for_admission(Matched matched) {
    std::optional<Matched> waiting(std::move(matched));
    const auto until = std::chrono::steady_clock::now() + kMaxPersonWait;
    for (;;) {
      GH_TRY(auto admitted, admit(waiting, now_, thread_, request_));
      if (admitted) return admitted;
      if (std::chrono::steady_clock::now() > until) return person_not_in_time(waiting->site().site.key);
      std::this_thread::sleep_for(kPersonPoll);
    }
  }

  Step<bool> answer_questions() {
    if (request_.asks_fields) {
      request_.asks_fields = false;
      const std::string head = "GET " + route_->context_path +
                               "/rest/api/3/field HTTP/1.1\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n";
      http::UpstreamRequest fields;
      fields.route = route_;
      fields.head = head;
      request_.lookups.assign(1, std::move(fields));
      GH_TRYV(choose_routes());
      const http::LookupAnswer answer = lookup_(request_.lookups.front());
      request_.site->fields_at = thread_.now_ms;
      auto parsed = upstream::FieldTypes::parse(answer.status == 200 ? std::string_view(answer.body) : std::string_view());
      if (parsed) request_.site->fields = std::make_shared<const upstream::FieldTypes>(std::move(parsed).value());
      return true;
    }
    request_.questions.write(route_, request_.lookups);
    GH_TRYV(choose_routes());
    std::vector<http::LookupAnswer> answers;
    for (const http::UpstreamRequest& one : request_.lookups) answers.push_back(lookup_(one));
    return request_.questions.take(answers, site_);
  }

  Step<bool> choose_routes() {
    const upstream::SiteEntry& site = *request_.site->entry;
    return choose_lookup_routes(site, wanted_.credential->account->account.id.value, *thread_.shared.catalogue_of(site),
                                request_);
  }

  void note_references() {
    for (const Reference& reference : request_.references) {
      const bool inside = reference.state == Reference::State::kInside;
      const policy::PermittedResource* resource = request_.permitted.find(reference.project);
      std::string detail = std::string(catalogue::to_string(reference.kind)) + " " + std::string(reference.text);
      detail +=
          inside ? " lies in " + std::string(resource ? resource->key : reference.project) : " lies outside, or is not there";
      before_.push_back({"locate", inside, std::move(detail)});
    }
  }

  /// The first thing that lies outside, by the key of its project as the site tells it; of an issue that is in its key.
  void name_outside() {
    for (const Reference& reference : request_.references) {
      if (reference.state == Reference::State::kInside || reference.project.empty()) continue;
      const bool issue = reference.kind == catalogue::Kind::kIssue && reference.key.find('-') != std::string::npos;
      std::string key = issue ? reference.key.substr(0, reference.key.rfind('-')) : "#" + reference.project;
      if (reference.kind == catalogue::Kind::kProject && !reference.key.empty()) key = reference.key;
      if (request_.site && request_.site->entry->site.product == Product::kOpenApi) key = reference.project;
      decision_.resource = format_resource_name(site_, key);
      if (wanted_.found) wanted_.found->outside_id = reference.project;
      return;
    }
  }

  /// One end for all that the gateway answers with one 404.
  Refusal hide(const Refusal& refusal) {
    if (!hides_what_was_found(refusal.reason, refusal.status)) return refusal;
    decision_ = std::move(*admitted_);
    decision_.resource.clear();
    decision_.missing_scopes = {};
    return refuse_because(Reason::kOutsideBoundary, request_.match.operation ? request_.match.operation->id : std::string());
  }

  void note_refusal(const Refusal& refusal) {
    decision_.effect = refusal.reason == Reason::kUpstreamUnavailable || refusal.reason == Reason::kUpstreamCredential
                           ? Effect::kCouldNotDecide
                           : Effect::kDeny;
    decision_.reason = refusal.reason;
    decision_.missing_scopes = refusal.missing_scopes;
    const Product product = request_.site ? request_.site->entry->site.product : Product::kJira;
    const RefusalContext context{error_form(product, request_.site_path), {}, {}};
    after_.push_back({std::string(to_string(refusal.reason)), false, refusal_text(refusal, context)});
  }

  ThreadState thread_;
  const ExplainRequest& wanted_;
  const LookupFunction& lookup_;
  http::Now now_;
  std::string target_;
  http::RequestHead head_;
  Request request_;
  upstream::RoutePtr route_;
  std::string site_;
  Decision decision_;
  std::optional<Decision> admitted_;  ///< before anything was looked up
  std::vector<DecisionStep> before_;
  std::vector<DecisionStep> after_;
};

}  // namespace

bool hides_what_was_found(Reason reason, int status) noexcept {
  switch (reason) {
    case Reason::kOutsideBoundary:
    case Reason::kRestrictedContent: return true;
    case Reason::kWaitingForGrant:
    case Reason::kGrantPaused:
    case Reason::kGrantUnbacked:
    case Reason::kResourcePaused: return status != 403;  // 403: about the token alone, before anything was looked up
    default: return false;
  }
}

Decision explain(const GatewayShared& shared, const ExplainRequest& request, const LookupFunction& lookup, Instant now) {
  return Explanation(shared, request, lookup, now).run();
}

}  // namespace gatehouse::gateway
