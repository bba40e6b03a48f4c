// GET /session/events: text/event-stream of what has changed, for an open page (admin/live_events.h). A cookie's and not a
// bearer's, since EventSource sends nothing else; so it stands here and not under /api. It tells a page of another origin
// nothing: such a page can neither read it nor, by Sec-Fetch-Site, open it.
#include "admin/live_events.h"
#include "web/visit.h"

namespace gatehouse::web {
namespace {

api::Response events(Visit& visit) {
  const std::string_view from = visit.request.field("Sec-Fetch-Site");
  if (!from.empty() && from != "same-origin")
    return json_problem(visit, fail(Errc::kNotAllowed, "This was not asked by a page of this address."));
  admin::LiveEvents* const live = visit.services.live_events.load();
  if (!live) return json_problem(visit, fail(Errc::kUnavailable, "Nothing is told by itself here; ask instead."));
  auto stream = live->subscribe(*visit.session);
  if (!stream) return json_problem(visit, stream.error());
  api::Response response;
  response.content_type = "text/event-stream";
  // A proxy in between must not gather it.
  response.fields = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  response.stream = std::move(stream.value());
  return response;
}

}  // namespace

const std::vector<WebRoute>& event_streams() {
  static const std::vector<WebRoute> routes{{"GET", "/session/events", Door::kWatch, events}};
  return routes;
}

}  // namespace gatehouse::web
