// The parameters of a request to the authorization server: a form or JSON body (Atlassian's own takes both), or a query.
//
// RFC 6749 sections 3.1 and 3.2: one that stands twice is an error, one without a value counts as left out, and unknown ones are
// ignored. `resource` (RFC 8707) and `audience` (RFC 8693) may be repeated.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/authorization_door.h"
#include "oauth/answer.h"

namespace gatehouse::oauth {

class Parameters {
 public:
  ~Parameters();
  Parameters() = default;
  Parameters(Parameters&&) = default;
  Parameters& operator=(Parameters&&) = default;

  /// application/x-www-form-urlencoded.
  static Answered<Parameters> from_form(std::string_view text);
  static Answered<Parameters> from_body(const gateway::AuthorizationRequest& request);

  /// Empty where it was left out.
  const std::string& text(std::string_view name) const;
  bool has(std::string_view name) const { return !text(name).empty(); }
  void forget(std::string_view name);
  const std::vector<std::string>& all(std::string_view name) const;

 private:
  static Answered<Parameters> from_json(std::string_view text);
  Answered<bool> add(std::string name, std::string value);
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// As a form wants it: all but unreserved characters escaped.
void append_form(std::string_view name, std::string_view value, std::string& out);
/// One part of a form, or of a Basic header (RFC 6749 section 2.3.1). False where the escapes are not whole, or hold a control
/// character or something that is not UTF-8.
bool decode_form(std::string_view text, std::string& out);

}  // namespace gatehouse::oauth
