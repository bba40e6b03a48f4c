#include "api/router.h"

#include <exception>
#include <iostream>

#include "admin/admin_keys.h"
#include "admin/index_feed.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/metrics.h"
#include "api/openapi.h"
#include "api/problem.h"
#include "api/routes.h"
#include "base/encoding.h"
#include "catalogue/target.h"
#include "crypto/digest.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kBearer = "Bearer ";

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
  const auto hash = crypto::sha256(response.body);
  const std::string tag = "\"" + to_base64url(std::span(hash).first(16)) + "\"";
  if (request.field("If-None-Match") == tag) {
    response.status = 304;
    response.body.clear();
  }
  response.fields.emplace_back("ETag", tag);
  response.fields.emplace_back("Cache-Control", "private, no-cache");
  return response;
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

Response Api::run(const Route& route, Call& call, std::string_view query) const {
  const Request& request = call.request;
  if (route.need != Need::kNothing) {
    const auto who = admin::authenticate(services_, bearer_of(request), request.address, request.field("User-Agent"));
    if (!who) return refuse(who.error(), request);
    call.caller = who.value().caller;
    call.principal = who.value().principal;
    call.caller.need = static_cast<std::uint8_t>(route.need);
  }
  if (const auto may = policy::check(route.need, call.principal, services_.clock.now()); !may)
    return not_allowed(route, call, may.error());
  if (const auto read = read_query(route, query, call); !read) return problem(read.error(), request.id);
  if (const auto read = read_body(route, request, call); !read) return problem(read.error(), request.id);
  const std::string_view key = request.field("Idempotency-Key");
  if (key.empty() || route.method == "GET" || call.caller.actor_id.empty()) return with_tag(route, request, act(route, call));
  return once(services_, call.caller.actor_id, key, request, [&] { return act(route, call); });
}

Response Api::act(const Route& route, Call& call) const {
  const Request& request = call.request;
  auto answer = route.handler(call);
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
