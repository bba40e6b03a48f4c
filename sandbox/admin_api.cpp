// Atlassian's Admin API "API access", as far as an import reads it: pages, scopes, and 401, 403 and 429.
//
// Paths and members of a token are documented; the name of the list ("data"), the form of `links.next` and the members of a
// service account's token are not, or not fully (docs/operate/register.md): tests try every form of `next`.
#include "sandbox/admin_api.h"

#include <algorithm>

#include "sandbox/web.h"

namespace gatehouse::sandbox {
namespace {

json::object person(const char* id, const char* name, const char* email) {
  return {{"id", id}, {"orgId", "sandbox-org"}, {"name", name}, {"email", email}};
}

json::object token(const char* id, const char* label, const char* expires, const char* active, json::object user,
                   const char* status = "ALLOWED") {
  return {{"id", id},
          {"label", label},
          {"status", status},
          {"createdAt", "2026-01-10T08:00:00Z"},
          {"expiresAt", expires},
          {"lastActiveAt", active == nullptr ? json::value(nullptr) : json::value(active)},
          {"user", std::move(user)}};
}

/// Atlassian's gateway says no more than this.
Reply refused(int status, const char* message) { return ok({{"code", status}, {"message", message}}, status); }

Reply listed(Call& call, const char* scope, json::array AdminApi::*collection) {
  AdminApi& admin = call.site.admin;
  if (call.request.header("Authorization") != "Bearer " + admin.key) return refused(401, "Unauthorized");
  if (call.arg(0) != admin.organization) return refused(404, "Not Found");
  const auto has =
      std::any_of(admin.scopes.begin(), admin.scopes.end(), [scope](const json::value& one) { return one == scope; });
  if (!has) return refused(403, "Forbidden");
  if (admin.too_many > 0) {
    --admin.too_many;
    Reply reply = refused(429, "Too many requests");
    if (!admin.retry_after.empty()) reply.headers.emplace_back("Retry-After", admin.retry_after);
    reply.headers.emplace_back("X-RateLimit-Remaining", "0");
    return reply;
  }
  const json::array& all = admin.*collection;
  const auto total = static_cast<std::int64_t>(all.size());
  const std::int64_t from = std::clamp<std::int64_t>(call.number("cursor", 0), 0, total);
  const std::int64_t to = std::min<std::int64_t>(total, from + admin.page);
  const std::string path = call.request.target.substr(0, call.request.target.find('?'));
  json::object links{{"self", call.site.base + call.request.target}};
  if (to < total) {
    const std::string query = "?cursor=" + std::to_string(admin.next_form == "loop" ? from : to);
    if (admin.next_form == "cursor") {
      links["next"] = std::to_string(to);
    } else if (admin.next_form == "query") {
      links["next"] = query;
    } else if (admin.next_form == "path") {
      links["next"] = path + query;
    } else if (admin.next_form == "elsewhere") {
      links["next"] = "http://127.0.0.2:9" + path + query;
    } else {
      links["next"] = call.site.base + path + query;
    }
  }
  Reply reply = ok({{"data", json::array(all.begin() + from, all.begin() + to)}, {"total", total}, {"links", std::move(links)}});
  reply.headers.emplace_back("X-RateLimit-Limit", "500");
  return reply;
}

Reply tokens(Call& call) { return listed(call, "read:tokens:admin", &AdminApi::tokens); }
Reply service_accounts(Call& call) { return listed(call, "read:service-accounts:admin", &AdminApi::service_accounts); }
Reply service_tokens(Call& call) { return listed(call, "read:service-accounts-tokens:admin", &AdminApi::service_tokens); }

/// For tests of other processes: any of the members, to replace.
Reply control(Call& call) {
  if (!call.site.options.control) refuse(404, "Start the sandbox with --control for this.");
  AdminApi& admin = call.site.admin;
  for (const auto& member : call.object()) {
    const json::value& value = member.value();
    if (member.key() == "tokens") admin.tokens = value.as_array();
    if (member.key() == "service_accounts") admin.service_accounts = value.as_array();
    if (member.key() == "service_tokens") admin.service_tokens = value.as_array();
    if (member.key() == "scopes") admin.scopes = value.as_array();
    if (member.key() == "page") admin.page = static_cast<int>(value.as_int64());
    if (member.key() == "too_many") admin.too_many = static_cast<int>(value.as_int64());
  }
  return no_content();
}

}  // namespace

AdminApi seeded_admin_api() {
  AdminApi admin;
  admin.organization = "sandbox-org";
  admin.key = "sandbox-org-key";
  for (const char* scope : {"read:tokens:admin", "read:service-accounts:admin", "read:service-accounts-tokens:admin"}) {
    admin.scopes.emplace_back(scope);
  }
  const json::object service = person("712020:sa-reports", "reports", "reports-x1axxw94zz@serviceaccount.atlassian.com");
  admin.tokens = {token("tok-1", "Jenkins nightly", "2027-01-01T12:00:00Z", "2026-11-20T03:00:00Z",
                        person("alice", "Alice", "alice@example.com")),
                  token("tok-2", "HR sync", "2027-03-01T00:00:00Z", nullptr, person("bob", "Bob", "bob@example.com")),
                  token("tok-3", "old script", "2027-05-14T00:00:00Z", "2026-02-01T09:00:00Z",
                        person("alice", "Alice", "alice@example.com"), "BLOCKED")};
  admin.service_accounts = {json::object{{"atlassianId", "712020:sa-reports"},
                                         {"id", "sa-1"},
                                         {"email", "reports-x1axxw94zz@serviceaccount.atlassian.com"},
                                         {"displayName", "reports"},
                                         {"status", "ACTIVE"},
                                         {"createdById", "alice"},
                                         {"description", "weekly figures for the board"},
                                         {"updatedAt", "2026-06-01T00:00:00Z"}}};
  admin.service_tokens = {token("sat-1", "weekly", "2027-02-01T00:00:00Z", "2026-11-23T06:00:00Z", service),
                          token("sat-2", "ad hoc", "2027-08-01T00:00:00Z", nullptr, service)};
  return admin;
}

void add_admin_api_routes(Routes& routes) {
  routes.raw("GET", "admin/api-access/v1/orgs/{}/api-tokens", tokens);
  routes.raw("GET", "admin/api-access/v1/orgs/{}/service-accounts", service_accounts);
  routes.raw("GET", "admin/api-access/v1/orgs/{}/service-accounts/api-tokens", service_tokens);
  routes.raw("POST", "__sandbox/admin", control);
}

}  // namespace gatehouse::sandbox
