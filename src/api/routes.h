// All routes of the REST API, one file a noun.
#pragma once

#include <vector>

#include "api/route.h"

namespace gatehouse::api {

std::vector<Route> site_routes();
std::vector<Route> user_routes();
std::vector<Route> account_routes();
std::vector<Route> grant_routes();
std::vector<Route> register_routes();  ///< the register, its files and imports
std::vector<Route> token_routes();
std::vector<Route> app_routes();  ///< apps that act for people, and consents
std::vector<Route> federation_routes();
std::vector<Route> client_routes();  ///< OAuth clients, and the keys of access tokens
std::vector<Route> rotation_routes();
std::vector<Route> insight_routes();  ///< explain, trace
std::vector<Route> report_routes();
std::vector<Route> usage_routes();  ///< days of use, denials
std::vector<Route> audit_routes();
std::vector<Route> policy_routes();
std::vector<Route> notify_routes();     ///< delivery log, acknowledging, webhooks, calendars
std::vector<Route> propose_routes();    ///< what tokens would meet under a proposed boundary
std::vector<Route> authority_routes();  ///< approvals, handing over, policies of one owner or resource
std::vector<Route> apply_routes();      ///< apply, export
std::vector<Route> sign_in_routes();    ///< sessions, administrator keys, links
std::vector<Route> transfer_routes();   ///< offers of accounts, all that a leaver answers for
std::vector<Route> directory_routes();  ///< keys of SCIM
/// Whoever calls: /api/v1/me.
std::vector<Route> self_routes();

/// All of the above.
std::vector<Route> all_routes();

}  // namespace gatehouse::api
