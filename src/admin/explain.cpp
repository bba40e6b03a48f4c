#include "admin/explain.h"

#include <map>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/recorder.h"
#include "admin/remedy.h"
#include "gateway/explain.h"

namespace gatehouse::admin {
namespace {

Result<http::Method> parse_method(std::string_view text) {
  using http::Method;
  for (const Method method :
       {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kDelete, Method::kPatch, Method::kOptions}) {
    if (http::to_string(method) == text) return method;
  }
  return fail(Errc::kInvalidArgument,
              "Not a method that the gateway takes; write GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS.", {}, "method");
}

}  // namespace

http::LookupAnswer look_up(const http::FetchOptions& options, const http::UpstreamRequest& request) {
  http::FetchRequest wanted;
  wanted.route = request.route;
  wanted.method = request.method;
  // The head is a request line and fields, each ended by CRLF.
  std::string_view head = request.head;
  const std::size_t line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  const std::size_t space = line.find(' ');
  http::LookupAnswer answer;
  answer.failed = true;
  if (line_end == std::string_view::npos || space == std::string_view::npos) return answer;
  std::string_view target = line.substr(space + 1);
  target = target.substr(0, target.find(' '));
  // fetch() puts the route's context path before the target; the gateway's heads have it already.
  const std::string& context = request.route->context_path;
  if (!context.empty() && target.rfind(context, 0) == 0) target.remove_prefix(context.size());
  wanted.target = target;
  for (head.remove_prefix(line_end + 2); !head.empty();) {
    const std::size_t end = head.find("\r\n");
    const std::string_view field = head.substr(0, end);
    if (const std::size_t colon = field.find(": "); colon != std::string_view::npos) {
      wanted.fields.emplace_back(std::string(field.substr(0, colon)), std::string(field.substr(colon + 2)));
    }
    if (end == std::string_view::npos) break;
    head.remove_prefix(end + 2);
  }
  wanted.body = request.body;
  wanted.has_body = request.has_body;
  auto response = http::fetch(options, wanted);
  if (!response) return answer;
  answer.failed = false;
  answer.status = response.value().status;
  answer.body = std::move(response.value().body);
  return answer;
}

namespace {

Document describe(const Decision& decision) {
  Document document;
  document["permitted"] = decision.permitted();
  document["effect"] = decision.permitted() ? "permit" : decision.effect == Effect::kDeny ? "deny" : "could not decide";
  document["reason"] = to_string(decision.reason);
  document["resource"] = decision.resource.empty() ? boost::json::value(nullptr) : boost::json::value(decision.resource);
  boost::json::array missing;
  for (const std::string& name : scope_names(decision.missing_scopes)) missing.emplace_back(name);
  document["missing_scopes"] = std::move(missing);
  boost::json::array steps;
  for (const DecisionStep& step : decision.steps) {
    steps.push_back(boost::json::object{{"step", step.name}, {"passed", step.passed}, {"detail", step.detail}});
  }
  document["steps"] = std::move(steps);
  return document;
}

void add(Document& document, Remedy remedy) {
  document["changes"] = std::move(remedy.changes);
  document["changes_suffice"] = remedy.suffice ? boost::json::value(*remedy.suffice) : boost::json::value(nullptr);
}

/// The index has no credential that is revoked or long expired: there is nothing to run the request with.
Error not_live(const Document& token) {
  const std::string state(token.at("state").as_string());
  return fail(Errc::kConflict, "That token is " + state + ", so every request with it is answered 401.", {}, "token");
}

Error no_record() {
  return fail(Errc::kNotFound, "There is no record of that request: only refused ones are kept, and of these the newest.", {},
              "request_id");
}

/// What was kept of a refused request, without the steps that led to it: the way of a request takes no time to write them down.
Result<Document> kept_decision(Services& services, std::string_view request_id) {
  GH_TRY(const store::Reader reader, services.database.read());
  const auto kept = reader->usage.decision(std::string(request_id));
  if (!kept) {
    if (kept.error().code != Errc::kNotFound) return kept.error();
    return no_record();
  }
  boost::json::error_code problem;
  boost::json::value parsed = boost::json::parse(kept.value().json, problem);
  if (problem || !parsed.is_object()) return fail(Errc::kDataCorrupt, "The record of that request can't be read.");
  Document document = std::move(parsed.get_object());
  document["request_id"] = kept.value().request_id;
  document["at"] = format_instant(kept.value().at);
  const std::string& token = kept.value().credential.value;
  document["token_id"] = token.empty() ? boost::json::value(nullptr) : boost::json::value(token);
  return document;
}

std::string text_of(const Document& document, std::string_view name) {
  const auto* value = document.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// To who does not read everything it ends as what is not there does (gateway::ExplainRequest::hide_found).
void hide_found(Document& document) {
  const auto* const status = document.if_contains("status");
  const int code = status && status->is_int64() ? static_cast<int>(status->get_int64()) : 0;
  const std::optional<Reason> reason = parse_reason(text_of(document, "reason"));
  if (!reason || !gateway::hides_what_was_found(*reason, code)) return;
  const std::string_view outside = to_string(Reason::kOutsideBoundary);
  document["reason"] = outside;
  document["resource"] = nullptr;
  document["steps"] = boost::json::array{boost::json::object{{"step", "outcome"}, {"passed", false}, {"detail", outside}}};
}

}  // namespace

Result<Document> explain_token(Services& services, const Caller& caller, const ExplainToken& request) {
  gateway::ExplainRequest wanted;
  GH_TRY(wanted.method, parse_method(request.method));
  wanted.target = request.target;
  wanted.body = request.body;
  GH_TRY(wanted.address, parse_ip(request.address.empty() ? std::string("127.0.0.1") : request.address));
  Credential token;
  bool reads_all = false;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto found, find_token(*reader.operator->(), request.token));
    token = found.value;
    GH_TRY(const Principal who, authority_of(services, *reader.operator->(), caller));
    reads_all = who.reads_all();
    wanted.hide_found = !reads_all;
    for (const SecretRecord& secret : found.value.secrets) {
      if (!wanted.credential) wanted.credential = services.index.find_locked(secret.id.value).credential;
    }
    if (!wanted.credential) {
      GH_TRY(const Document shown, Describer(*reader.operator->(), services.clock.now()).token(found.value));
      return not_live(shown);
    }
  }
  const auto lookup = [&services](const http::UpstreamRequest& one) { return look_up(services.fetch, one); };
  const Decision decision = gateway::explain(services.gateway, wanted, lookup, services.clock.now());
  Document document = describe(decision);
  document["token_id"] = token.id.value;
  document["method"] = request.method;
  document["path"] = request.target;
  Remedy remedy;
  if (!decision.permitted()) {
    wanted.name_outside = reads_all;
    GH_TRY(remedy, find_remedy(services, wanted, token, lookup));
  }
  add(document, std::move(remedy));
  return document;
}

Result<Document> explain_request(Services& services, const Caller& caller, std::string_view request_id) {
  GH_TRYV(flush_records(services));
  GH_TRY(Document document, kept_decision(services, request_id));
  // Before anything is looked up. Another's request is as unknown as none.
  if (const auto may = check_may_explain(services, caller, text_of(document, "token_id")); !may)
    return may.error().code == Errc::kNotFound ? no_record() : may.error();
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const Principal who, authority_of(services, *reader.operator->(), caller));
    if (!who.reads_all()) hide_found(document);
  }
  add(document, {});
  // The steps are taken again, with what is true now. Neither query nor body was kept, so they show only where it is the same
  // end.
  ExplainToken again;
  again.token = text_of(document, "token_id");
  again.method = text_of(document, "method");
  again.target = text_of(document, "path");
  again.address = text_of(document, "address");
  if (again.token.empty() || again.method.empty() || again.target.empty()) return document;
  const auto now = explain_token(services, caller, again);
  if (!now && now.error().code == Errc::kConflict) {
    Credential token;
    {
      GH_TRY(const store::Reader reader, services.database.read());
      GH_TRY(const auto found, find_token(*reader.operator->(), again.token));
      token = found.value;
    }
    GH_TRY(Remedy remedy, replace_token(services, token));
    add(document, std::move(remedy));
    return document;
  }
  if (!now || now.value().at("reason") != document.at("reason")) return document;
  for (const char* member : {"steps", "changes", "changes_suffice"}) document[member] = now.value().at(member);
  return document;
}

Result<Documents> trace(Services& services, std::string_view site, const std::string& object, std::optional<Instant> until,
                        int limit) {
  GH_TRYV(flush_records(services));
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, find_site(*reader.operator->(), site));
  GH_TRY(const auto lines, reader->usage.trace(found.value.id, object, until, limit));
  Describer describer(*reader.operator->(), services.clock.now());
  Documents documents;
  std::map<std::string, std::pair<std::string, std::string>> tokens;  // an object was written by few of them
  for (const store::WriteLine& line : lines) {
    GH_TRY(Document document, describer.write_line(line));
    auto known = tokens.find(line.credential.value);
    if (known == tokens.end()) {
      GH_TRY(const auto token, reader->credentials.get(line.credential));
      GH_TRY(std::string owner, describer.email_of(token.value.owner));
      known = tokens.emplace(line.credential.value, std::pair(token.value.name, std::move(owner))).first;
    }
    document["token_name"] = known->second.first;
    document["owner"] = known->second.second;
    document["address"] = line.address.empty() ? boost::json::value(nullptr) : boost::json::value(line.address);
    documents.items.push_back(std::move(document));
  }
  return documents;
}

Result<void> check_may_explain(Services& services, const Caller& caller, std::string_view token) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  if (who.reads_all()) return success();
  GH_TRY(const auto found, find_token(at, token));
  GH_TRY(const auto account, at.accounts.get(found.value.account));
  return answers_for(who, found.value, account.value) ? Result<void>(success()) : no_token();
}

}  // namespace gatehouse::admin
