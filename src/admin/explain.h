// Use cases that answer "why?" and "who did it?": explain, trace.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/common.h"

namespace gatehouse::admin {

struct ExplainToken {
  std::string token;
  std::string method;
  std::string target;  ///< with the site's prefix (/ex/jira/acme/rest/…), or without where the token's boundary names one site
  std::string body;
  std::string address;  ///< the client's; empty: 127.0.0.1
};

/// Carries out one look-up of gateway::explain, blocking: an answer with `failed` where the site could not be asked.
http::LookupAnswer look_up(const http::FetchOptions& options, const http::UpstreamRequest& request);

/// The decision that was kept of a refused request, with its steps taken again (look-ups are carried out) where they still lead
/// to the same end. kNotFound where it never was, has been dropped since, or is not the caller's to explain.
/// "changes" and "changes_suffice" (admin/remedy.h) are of now, and stand there where today's end is the same.
Result<Document> explain_request(Services& services, const Caller& caller, std::string_view request_id);
/// Who answers for the token, or reads everything; for anybody else it is not there.
Result<void> check_may_explain(Services& services, const Caller& caller, std::string_view token);
/// What the gateway would do, by its own code; look-ups are carried out, the request itself is not. With "changes": what would
/// permit it. What lies outside of the boundary is named to who reads everything alone.
Result<Document> explain_token(Services& services, const Caller& caller, const ExplainToken& request);
/// Which automation wrote to this object (id or key), newest first; up to `until`.
Result<Documents> trace(Services& services, std::string_view site, const std::string& object, std::optional<Instant> until,
                        int limit);

}  // namespace gatehouse::admin
