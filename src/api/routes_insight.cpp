#include "admin/explain.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

Result<Reply> explain(Call& call) {
  const std::optional<std::string> request_id = call.maybe_text("request_id");
  const std::optional<std::string> token = call.maybe_text("token");
  if (request_id.has_value() == token.has_value()) {
    return fail(Errc::kInvalidArgument, "Give either request_id, or token with method and path.", {}, "request_id");
  }
  if (request_id) return reply(admin::explain_request(call.services, call.caller, *request_id));
  if (!call.has("method") || !call.has("path")) {
    return fail(Errc::kInvalidArgument, "With token also stand method and path.", {}, "path");
  }
  GH_TRYV(admin::check_may_explain(call.services, call.caller, *token));
  return reply(admin::explain_token(call.services, call.caller,
                                    {*token, call.text("method"), call.text("path"), call.text("body"), call.text("address")}));
}

Result<Reply> trace(Call& call) {
  GH_TRY(const std::optional<Instant> until, call.instant("at"));
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::trace(call.services, call.text("site"), call.text("object"), until, page.limit));
}

}  // namespace

std::vector<Route> insight_routes() {
  const std::vector<Field> explained{
      {"request_id", Type::kText, false, "Of a request that was refused: the Gatehouse-Request-Id of its answer."},
      {"token", Type::kText, false, "Or: what would be decided for this token, by id …"},
      {"method", Type::kText, false, "… with this method …"},
      {"path", Type::kText, false, "… and this path, such as /ex/jira/acme/rest/api/3/issue/A-1"},
      {"body", Type::kText, false, "… and this body."},
      {"address", Type::kText, false, "The client's address; 127.0.0.1 by default."}};
  const std::vector<Field> traced{{"site", Type::kText, true, "The site, by key."},
                                  {"object", Type::kText, true, "The object, by key or id, such as PROJ-123."},
                                  {"at", Type::kInstant, false, "Up to this instant; now by default."},
                                  {"limit", Type::kInteger, false, "How many at most, 1 to 1000; 100 by default."}};
  return {
      {"POST",
       "/api/v1/explain",
       "explain",
       "explain",
       "The decision, step by step.",
       Need::kSee,
       {},
       explained,
       "Decision",
       200,
       explain},
      {"GET",
       "/api/v1/trace",
       "trace",
       "trace",
       "Which automation wrote to an object, newest first.",
       Need::kAuditor,
       traced,
       {},
       "Write[]",
       200,
       trace},
  };
}

}  // namespace gatehouse::api
