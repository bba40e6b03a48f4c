// A route of the REST API as data: its path, the role that it needs, its input and its answer.
//
// The router checks every request against it, and the OpenAPI document is generated from it, so that neither can differ from
// the other. Routes stand in api/routes_*.cpp, one file a noun.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/services.h"
#include "api/message.h"
#include "base/result.h"
#include "model/audit_event.h"
#include "model/principal.h"
#include "policy/authority.h"

namespace gatehouse::api {

/// What the caller must be: a row of the one table of policy/authority.h.
using policy::Need;

enum class Type { kText, kTexts, kInteger, kBoolean, kInstant, kDuration, kSecret };

/// One member of a JSON body, or one query parameter. A member that is not listed is refused.
struct Field {
  std::string_view name;
  Type type = Type::kText;
  bool required = false;
  std::string_view about;
  std::vector<std::string_view> one_of = {};  ///< of kText: the only values; empty: any
};

/// What a handler sees: everything has been checked against the route.
class Call {
 public:
  admin::Services& services;
  Caller caller;
  Principal principal;  ///< as it was at the door; a change reads it again in its unit of work
  const Request& request;
  std::vector<std::pair<std::string_view, std::string>> path;  ///< parameters by name, decoded
  std::vector<std::pair<std::string, std::string>> query;      ///< decoded
  boost::json::object body;

  /// Of the path; the route's template names it, so it is always there.
  const std::string& at(std::string_view name) const;

  /// Of the query or the body, whichever the route declares. Missing: empty, or nothing.
  bool has(std::string_view name) const noexcept;
  std::string text(std::string_view name) const;
  std::optional<std::string> maybe_text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  /// Errors name the field.
  Result<std::optional<Instant>> instant(std::string_view name) const;
  Result<std::optional<Duration>> duration(std::string_view name) const;
};

struct Reply {
  int status = 200;
  boost::json::value body;              ///< null with 204
  std::optional<std::string> raw = {};  ///< instead of `body`, with its own type: JSON Lines, metrics
  std::string content_type = "application/json";
};

using Handler = std::function<Result<Reply>(Call&)>;

struct Route {
  std::string_view method;
  std::string_view path;          ///< "/api/v1/accounts/{account}/pause"
  std::string_view operation_id;  ///< "pauseAccount"
  std::string_view tag;           ///< the noun
  std::string_view summary;
  Need need = Need::kNotDeclared;
  std::vector<Field> query = {};
  std::vector<Field> body = {};  ///< empty: the route takes none
  std::string_view answer;       ///< name of a schema (api/schemas.h); "X[]" for a page of X; empty for 204
  int status = 200;
  Handler handler;
};

}  // namespace gatehouse::api
