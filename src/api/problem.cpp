#include "api/problem.h"

#include <boost/json.hpp>

#include "audit/log.h"
#include "base/result.h"

namespace gatehouse::api {
namespace {

Response render(int status, std::string_view code, const Error& error, std::string_view request_id) {
  boost::json::object document;
  document["type"] = "urn:gatehouse:problem:" + std::string(code);
  document["title"] = reason_phrase(status);
  document["status"] = status;
  document["detail"] = error.public_detail;
  document["code"] = code;
  if (!error.field.empty()) document["field"] = error.field;
  if (!error.missing_role.empty()) document["missing_role"] = error.missing_role;
  document["request_id"] = request_id;
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(document);
  // RFC 6750 section 3. Never Basic: a browser would ask the user for a password.
  if (status == 401) response.fields.emplace_back("WWW-Authenticate", "Bearer realm=\"gatehouse admin\"");
  return response;
}

}  // namespace

int status_of(Errc code) noexcept {
  switch (code) {
    case Errc::kInvalidArgument:
    case Errc::kUnsupported: return 400;
    case Errc::kUnauthenticated: return 401;
    case Errc::kNotAllowed: return 403;
    case Errc::kNotFound: return 404;
    case Errc::kConflict:
    case Errc::kLimitExceeded: return 409;
    case Errc::kTimeout: return 504;
    case Errc::kUpstreamFailed: return 502;
    case Errc::kUnavailable:
    case Errc::kCancelled: return 503;
    case Errc::kDataCorrupt:
    case Errc::kInternal: return 500;
  }
  return 500;
}

Response problem(const Error& error, std::string_view request_id) {
  Error told = error;
  if (error.code == Errc::kConflict && error.field == audit::kConditionField) {
    told.field.clear();
    return render(412, "precondition_failed", told, request_id);
  }
  if (told.public_detail.empty())
    told.public_detail = "Gatehouse could not do this; its log has the reason under the request id.";
  return render(status_of(error.code), to_string(error.code), told, request_id);
}

Response problem(int status, std::string_view code, std::string_view detail, std::string_view request_id) {
  return render(status, code, fail(Errc::kInternal, std::string(detail)), request_id);
}

}  // namespace gatehouse::api
