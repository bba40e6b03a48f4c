#include "api/router.h"

#include <exception>
#include <iostream>

#include "admin/admin_keys.h"
#include "admin/index_feed.h"
#include "api/entity_tag.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/metrics.h"
#include "api/openapi.h"
#include "api/problem.h"
#include "api/routes.h"
#include "catalogue/target.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr int kMostLooks = 20;

struct Segments {
  std::string_view rest;
  bool next(std::string_view& segment) {
    if (rest.empty()) return false;
    rest.remove_prefix(1);
    const std::size_t slash = rest.find('/');
    segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    return true;
  }
};

using PathParameters = std::vector<std::pair<std::string_view, std::string>>;

bool matches(std::string_view path_template, std::string_view path, PathParameters& parameters) {
  Segments wanted{path_template};
  Segments given{path};
  std::string_view pattern;
  std::string_view segment;
  parameters.clear();
  while (wanted.next(pattern)) {
    if (!given.next(segment)) return false;
    if (pattern.front() == '{') {
      std::string buffer;
      parameters.emplace_back(pattern.substr(1, pattern.size() - 2), std::string(catalogue::decode_segment(segment, buffer)));
    } else if (pattern != segment) {
      return false;
    }
  }
  return given.rest.empty();
}

/// A route of exactly one parameter less wins: /credentials/rotate is no credential of the id "rotate".
const Route* find_route(const std::vector<Route>& routes, std::string_view method, std::string_view path,
                        PathParameters& parameters, std::string& allowed) {
  const Route* best = nullptr;
  PathParameters found;
  for (const Route& route : routes) {
    if (!matches(route.path, path, found)) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    if (best && found.size() >= parameters.size()) continue;
    best = &route;
    parameters = found;
  }
  return best;
}

std::string_view bearer_of(const Request& request) {
  const std::string_view field = request.field("Authorization");
  if (field.size() <= kBearer.size() || !same_name(field.substr(0, kBearer.size()), kBearer)) return {};
  return field.substr(kBearer.size());
}

/// What went wrong on our side is told to operators under the request id, and only that.
Response refuse(const Error& error, const Request& request) {
  if (status_of(error.code) >= 500) {
    std::clog << "admin request " << request.id << ": " << to_string(error.code) << ": " << error.public_detail << " "
              << error.log_detail << std::endl;
  }
  return problem(error, request.id);
}

Response text_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

/// RFC 9110 section 8.8.3: what was answered, by its bytes. Whoever has it already is told so (304).
Response with_tag(const Route& route, const Request& request, Response response) {
  if (route.method != "GET" || response.status != 200 || route.need == Need::kNothing) return response;
  const std::string tag = entity_tag(response.body);
  if (lists_tag(request.field("If-None-Match"), tag)) {
    response.status = 304;
    response.body.clear();
  }
  response.fields.emplace_back("ETag", tag);
  response.fields.emplace_back("Cache-Control", "private, no-cache");
  return response;
}

/// The record that a change of it is about: the longest address that can be read and leads to it.
const Route* record_of(const std::vector<Route>& routes, const Route& change) {
  const Route* best = nullptr;
  for (const Route& route : routes) {
    const std::size_t size = route.path.size();
    const bool leads = change.path.substr(0, size) == route.path && (change.path.size() == size || change.path[size] == '/');
    const bool list = route.answer.empty() || route.answer == "text" || route.answer.back() == ']';
    if (route.method == "GET" && leads && !list && route.need != Need::kNothing && (!best || size > best->path.size()))
      best = &route;
  }
  return best;
}

}  // namespace

Api::Api(admin::Services& services, Fallback fallback)
    : services_(services), fallback_(std::move(fallback)), routes_(all_routes()), openapi_(make_openapi(routes_)) {}

Response Api::handle(const Request& request) const {
  const catalogue::Target target = catalogue::check_target(request.target);
  if (!target.ok()) return problem(400, "invalid_argument", catalogue::explain(target.fault), request.id);
  if (target.path == "/livez") return text_response(200, "ok\n");
  if (target.path == "/readyz") return readiness(services_);
  if (target.path == "/metrics") return metrics(services_, report_counts_);
  if (target.path == "/api/v1/openapi.json" && request.method == "GET") {
    Response response;
    response.body = openapi_;
    return response;
  }
  const bool ours = target.path == "/api" || target.path.rfind("/api/", 0) == 0;
  if (!ours && fallback_) return fallback_(request);
  PathParameters parameters;
  std::string allowed;
  const Route* route = find_route(routes_, request.method, target.path, parameters, allowed);
  if (!route && !allowed.empty()) {
    Response response =
        problem(405, "method_not_allowed", "That address does not take this method; it takes " + allowed + ".", request.id);
    response.fields.emplace_back("Allow", allowed);
    return response;
  }
  if (!route) return problem(404, "not_found", "There is no such address; /api/v1/openapi.json describes all.", request.id);
  Call call{services_, {}, {}, request, std::move(parameters), {}, {}};
  try {
    return run(*route, call, target.query);
  } catch (const std::exception& caught) {
    return refuse(fail(Errc::kInternal, {}, caught.what()), request);
  }
}

Response Api::not_allowed(const Route& route, const Call& call, const Error& error) const {
  // Nobody signed in is nobody's lack of authority; that is a matter of the sign-in.
  if (!call.caller.actor_id.empty()) refusals_.note(services_, call.caller, route.operation_id, call.request.target, error);
  return problem(error, call.request.id);
}

/// Who calls, and whether not too often. A stranger's failures count for the address, so that nobody can lock others out by them.
std::optional<Response> Api::enter(const Route& route, Call& call, RateLimit::Standing& standing) const {
  const Request& request = call.request;
  const Instant now = services_.clock.now();
  Error stranger = fail(Errc::kUnauthenticated, {});
  if (route.need != Need::kNothing) {
    const auto who = admin::authenticate(services_, bearer_of(request), request.address, request.field("User-Agent"));
    if (who) {
      call.caller = who.value().caller;
      call.principal = who.value().principal;
      call.caller.need = static_cast<std::uint8_t>(route.need);
    } else {
      stranger = who.error();
    }
  }
  const bool known = !call.caller.actor_id.empty();
  standing = known ? rate_.count("person " + call.caller.actor_id, RateLimit::kSignedIn, now)
                   : rate_.count("address " + request.address, RateLimit::kStrangers, now);
  if (standing.exceeded())
    return problem(429, "too_many_requests", "Too many requests within a minute; Retry-After says when to go on.", request.id);
  if (route.need != Need::kNothing && !known) return refuse(stranger, request);
  if (const auto may = policy::check(route.need, call.principal, now); !may) return not_allowed(route, call, may.error());
  return std::nullopt;
}

Response Api::run(const Route& route, Call& call, std::string_view query) const {
  RateLimit::Standing standing;
  std::optional<Response> refused = enter(route, call, standing);
  Response response = refused ? std::move(*refused) : proceed(route, call, query);
  add_rate_fields(response, standing);
  return response;
}

Response Api::proceed(const Route& route, Call& call, std::string_view query) const {
  const Request& request = call.request;
  if (const auto read = read_query(route, query, call); !read) return problem(read.error(), request.id);
  if (const auto read = read_body(route, request, call); !read) return problem(read.error(), request.id);
  const std::string_view key = request.field("Idempotency-Key");
  if (key.empty() || route.method == "GET" || call.caller.actor_id.empty()) return with_tag(route, request, act(route, call));
  return once(services_, call.caller.actor_id, key, request, [&] { return act(route, call); });
}

/// RFC 9110 section 13.1.1. The tag is of the record that the address names, as the caller sees it. Nobody holds the store still
/// between the look and the change; so the change is made to follow upon the very record of the chain that the look did, and
/// where something came between, it is looked at again.
Result<Reply> Api::carry_out(const Route& route, Call& call) const {
  const std::string_view wanted = call.request.field("If-Match");
  if (wanted.empty() || route.method == "GET") return route.handler(call);
  const Error differs = fail(Errc::kConflict, "The record is not as you have read it (If-Match); read it again.", {},
                             std::string(audit::kConditionField));
  const Route* const record = record_of(routes_, route);
  if (!record) return differs;
  GH_TRYV(policy::check(record->need, call.principal, services_.clock.now()));
  for (int look = 0; look < kMostLooks; ++look) {
    std::int64_t sequence = 0;
    {
      GH_TRY(const store::Reader reader, services_.database.read());
      GH_TRY(const auto end, reader->audit_records.end());
      sequence = end.sequence;
    }
    Call looking{services_, call.caller, call.principal, call.request, call.path, {}, {}};
    GH_TRY(const Reply shown, record->handler(looking));
    if (!lists_tag(wanted, entity_tag(boost::json::serialize(shown.body)))) return differs;
    call.caller.only_after = std::make_shared<std::int64_t>(sequence);
    auto answer = route.handler(call);
    call.caller.only_after = nullptr;
    if (answer || answer.error().field != audit::kConditionField) return answer;
  }
  return fail(Errc::kTimeout, "Too much was changed by others meanwhile; try again.");
}

Response Api::act(const Route& route, Call& call) const {
  const Request& request = call.request;
  auto answer = carry_out(route, call);
  if (!answer && !answer.error().missing_role.empty()) return not_allowed(route, call, answer.error());
  if (!answer) return refuse(answer.error(), request);
  Reply& given = answer.value();
  Response response;
  response.status = given.status;
  response.content_type = given.status == 204 ? "" : given.content_type;
  if (given.raw) {
    response.body = std::move(*given.raw);
  } else if (given.status != 204) {
    response.body = boost::json::serialize(given.body);
  }
  return response;
}

}  // namespace gatehouse::api
