// /__sandbox/…, for tests whose sandbox is another process: see the head of sandbox/HAZARDS.md.
#include "sandbox/web.h"

namespace gatehouse::sandbox {
namespace {

void wants_control(const Call& call) {
  if (!call.site.options.control) refuse(404, "Start the sandbox with --control for this.");
}

Reply digest(Call& call) {
  wants_control(call);
  const Project* project = find_project(call.site, call.arg(0));
  if (project == nullptr) refuse(404, "There is no such project.");
  return ok(state_digest(call.site, *project));
}

Reply fault(Call& call) {
  wants_control(call);
  const json::object& body = call.object();
  Fault made;
  made.kind = text_at(body, "kind");
  made.match = text_at(body, "match");
  made.remaining = body.contains("remaining") ? static_cast<int>(number_of(text_at(body, "remaining"), 1)) : 1;
  made.delay_ms = static_cast<int>(id_at(body, "delay_ms"));
  made.lie_issue = id_at(body, "lie_issue");
  if (const std::int64_t size = id_at(body, "size"); size > 0) made.size = static_cast<std::size_t>(size);
  bool known = made.kind.empty();
  for (const char* kind : {"slow", "reset", "truncated", "unauthorized", "error", "lie", "extra-bytes", "huge-body"})
    known |= made.kind == kind;
  if (!known)
    refuse(400, "kind is one of slow, reset, truncated, unauthorized, error, lie, extra-bytes, huge-body, or empty for none.");
  call.site.fault = std::move(made);
  return no_content();
}

Reply recorded(Call& call) {
  wants_control(call);
  json::array out;
  for (const Recorded& one : call.site.recorded) {
    json::object headers;
    for (const auto& [name, value] : one.headers) headers[lower(name)] = value;
    out.push_back(json::object{{"method", one.method},
                               {"target", one.target},
                               {"headers", std::move(headers)},
                               {"body", one.body},
                               {"status", one.status}});
  }
  if (call.flag("clear")) call.site.recorded.clear();
  return ok({{"seen", call.site.requests_seen}, {"requests", std::move(out)}});
}

Reply reset(Call& call) {
  wants_control(call);
  seed(call.site);
  return no_content();
}

}  // namespace

void add_control_routes(Routes& routes) {
  routes.raw("GET", "__sandbox/digest/{}", digest);
  routes.raw("POST", "__sandbox/fault", fault);
  routes.raw("GET", "__sandbox/recorded", recorded);
  routes.raw("POST", "__sandbox/reset", reset);
}

}  // namespace gatehouse::sandbox
