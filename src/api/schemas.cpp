#include "api/schemas.h"

#include <algorithm>

namespace gatehouse::api {
namespace {

constexpr bool kOptional = true;

const Member kId{"id", Shape::kText, "16 characters of [0-9A-Za-z]."};
const Member kCreatedAt{"created_at", Shape::kInstant, ""};
const Member kPauseReason{"pause_reason", Shape::kText, "Why it is paused.", kOptional};
const Member kPausedUntil{"paused_until", Shape::kInstant, "When the pause is over by itself.", kOptional};

std::vector<Member> token_members() {
  return {kId,
          {"account", Shape::kText, "The service account's handle."},
          {"name", Shape::kText, ""},
          {"state", Shape::kText, "live, paused, revoked or expired."},
          {"scopes", Shape::kTexts, ""},
          {"role", Shape::kText, "Access role over the whole boundary.", kOptional},
          {"resources", Shape::kTexts, "The boundary, by display names."},
          {"waiting", Shape::kTexts, "Those that wait for their grant."},
          {"boundary", Shape::kObjects, "The boundary with states.", false, "BoundaryEntry"},
          {"lifetime", Shape::kText, "temporary or permanent."},
          {"expires_at", Shape::kInstant, "Null: permanent.", kOptional},
          {"rotate_every", Shape::kDuration, "", kOptional},
          {"owner", Shape::kText, "E-mail address.", kOptional},
          {"requested_by", Shape::kText, "E-mail address.", kOptional},
          {"allow_ips", Shape::kTexts, "Empty: from anywhere."},
          {"rate", Shape::kText, "", kOptional},
          {"relaxed_queries", Shape::kBoolean, ""},
          kPauseReason,
          kPausedUntil,
          {"secrets", Shape::kObjects, "Never the bytes.", false, "Secret"},
          kCreatedAt,
          {"last_used_at", Shape::kInstant, "Only where one token is shown.", kOptional}};
}

Schema extended(std::string_view name, std::string_view about, std::vector<Member> members, std::vector<Member> more) {
  members.insert(members.end(), more.begin(), more.end());
  return {name, about, std::move(members)};
}

std::vector<Schema> site_schemas() {
  return {{"Site",
           "One upstream API.",
           {kId,
            {"key", Shape::kText, "The first half of every resource."},
            {"product", Shape::kText, "jira, confluence or openapi."},
            {"url", Shape::kText, ""},
            {"cloud_id", Shape::kText, "", kOptional},
            {"host", Shape::kText, "", kOptional},
            {"state", Shape::kText, "live, paused or archived."},
            kPauseReason,
            kPausedUntil,
            kCreatedAt,
            {"credential", Shape::kAny, "The site's own SiteCredential; where one site is shown.", kOptional},
            {"credentials_dropped", Shape::kBoolean, "After a change of the origin.", kOptional}}},
          {"SiteCredential",
           "What Gatehouse shows to a site; never the secret.",
           {kId,
            {"site", Shape::kText, ""},
            {"account", Shape::kText, "Null: the site's own.", kOptional},
            {"auth", Shape::kText, "none, basic, bearer or oauth2."},
            {"username", Shape::kText, "", kOptional},
            {"owner", Shape::kText, "E-mail address.", kOptional},
            {"expires_at", Shape::kInstant, "Null: unknown.", kOptional},
            {"state", Shape::kText, "live, expired or revoked."},
            kCreatedAt}},
          {"SiteTest",
           "What a site said.",
           {{"site", Shape::kText, ""},
            {"ok", Shape::kBoolean, "Reached and authenticated."},
            {"reached", Shape::kBoolean, ""},
            {"authenticated", Shape::kBoolean, ""},
            {"status", Shape::kInteger, "Of its answer; 0: none."},
            {"account_name", Shape::kText, "Who Gatehouse is there."},
            {"detail", Shape::kText, ""}}}};
}

std::vector<Schema> people_schemas() {
  return {{"User",
           "A person.",
           {kId,
            {"email", Shape::kText, ""},
            {"name", Shape::kText, ""},
            {"role", Shape::kText, "org-admin, auditor, project-admin or member."},
            {"resources", Shape::kTexts, "What a project-admin administers."},
            {"state", Shape::kText, "live or suspended."},
            kPauseReason,
            kPausedUntil,
            kCreatedAt}},
          {"Account",
           "A service account with its register entry.",
           {kId,
            {"handle", Shape::kText, ""},
            {"owner", Shape::kText, "E-mail address."},
            {"deputy", Shape::kText, "E-mail address.", kOptional},
            {"purpose", Shape::kText, ""},
            {"runs_in", Shape::kText, ""},
            {"docs", Shape::kText, "", kOptional},
            {"runbook", Shape::kText, "", kOptional},
            {"rotation_plan", Shape::kText, "", kOptional},
            {"rotate_every", Shape::kDuration, "", kOptional},
            {"expected_every", Shape::kDuration, "", kOptional},
            {"criticality", Shape::kText, "low, normal or high."},
            {"state", Shape::kText, "live, paused or archived."},
            kPauseReason,
            kPausedUntil,
            kCreatedAt}},
          {"Grant",
           "What a service account may do on one resource.",
           {kId,
            {"account", Shape::kText, "The service account's handle."},
            {"resource", Shape::kText, "By its display name at the time of the grant."},
            {"resource_id", Shape::kText, "The product's own id, which decides."},
            {"scopes", Shape::kTexts, ""},
            {"role", Shape::kText, "", kOptional},
            {"directory", Shape::kBoolean, ""},
            {"restricted", Shape::kText, "exclude or include."},
            {"granted_by", Shape::kText, "E-mail address.", kOptional},
            {"backing", Shape::kText, "backed, in grace or unbacked."},
            {"grace_ends_at", Shape::kInstant, "", kOptional},
            {"state", Shape::kText, "live, paused or removed."},
            kPauseReason,
            kPausedUntil,
            kCreatedAt}}};
}

std::vector<Schema> token_schemas() {
  const Member secret{"token", Shape::kText, "The secret itself, shown this once."};
  return {{"BoundaryEntry",
           "One resource of a boundary.",
           {{"resource", Shape::kText, ""},
            {"resource_id", Shape::kText, ""},
            {"role", Shape::kText, "", kOptional},
            {"state", Shape::kText, "open, waiting for grant, grant paused or grant unbacked."}}},
          {"Secret",
           "One secret of a token, without its bytes.",
           {{"id", Shape::kText, "The public id inside the token."},
            {"state", Shape::kText, "current, pending, overlap or retired."},
            kCreatedAt,
            {"first_used_at", Shape::kInstant, "Of a successor.", kOptional},
            {"ends_at", Shape::kInstant, "When its overlap ends.", kOptional}}},
          {"Token", "An API token.", token_members()},
          extended("NewToken", "A token with its secret.", token_members(), {secret}),
          extended("RotatedToken", "A token with the secret of its successor.", token_members(),
                   {secret,
                    {"secret_id", Shape::kText, "The public id inside the new token."},
                    {"replaces", Shape::kText, "The public id inside the old one."},
                    {"overlap_ends_at", Shape::kInstant,
                     "When the old secret ends if the new one is used from now on; the clock starts at that first use."}})};
}

std::vector<Schema> insight_schemas() {
  return {{"DecisionStep",
           "One step, in the order in which it was taken.",
           {{"step", Shape::kText, ""}, {"passed", Shape::kBoolean, ""}, {"detail", Shape::kText, ""}}},
          {"Decision",
           "What was, or would be, decided.",
           {{"permitted", Shape::kBoolean, ""},
            {"effect", Shape::kText, "permit, deny or could not decide."},
            {"reason", Shape::kText, "A stable word."},
            {"resource", Shape::kText, "", kOptional},
            {"steps", Shape::kObjects, "", false, "DecisionStep"},
            {"missing_scopes", Shape::kTexts, "", kOptional},
            {"token_id", Shape::kText, "", kOptional},
            {"method", Shape::kText, "", kOptional},
            {"path", Shape::kText, "", kOptional},
            {"status", Shape::kInteger, "Of a request that was made.", kOptional},
            {"operation", Shape::kText, "", kOptional},
            {"site", Shape::kText, "", kOptional},
            {"address", Shape::kText, "", kOptional},
            {"request_id", Shape::kText, "", kOptional},
            {"at", Shape::kInstant, "", kOptional}}},
          {"Write",
           "One permitted write.",
           {{"at", Shape::kInstant, ""},
            {"site", Shape::kText, ""},
            {"object", Shape::kText, ""},
            {"operation", Shape::kText, ""},
            {"account", Shape::kText, ""},
            {"token_id", Shape::kText, ""},
            {"secret_id", Shape::kText, ""},
            {"resource_id", Shape::kText, "", kOptional},
            {"status", Shape::kInteger, "Upstream's; 0: it did not answer."},
            {"request_id", Shape::kText, ""},
            {"upstream_trace_id", Shape::kText, "", kOptional}}},
          {"WakeItem",
           "A credential that ends in the window.",
           {{"kind", Shape::kText, "token or site credential."},
            kId,
            {"name", Shape::kText, ""},
            {"account", Shape::kText, "", kOptional},
            {"site", Shape::kText, "", kOptional},
            {"expires_at", Shape::kInstant, ""},
            {"owner", Shape::kText, "Who is woken.", kOptional},
            {"deputy", Shape::kText, "", kOptional},
            {"criticality", Shape::kText, ""},
            {"purpose", Shape::kText, ""},
            {"runs_in", Shape::kText, ""},
            {"runbook", Shape::kText, "", kOptional},
            {"resources", Shape::kTexts, ""},
            {"last_used_at", Shape::kInstant, "", kOptional}}},
          {"WakeReport",
           "Soonest first.",
           {{"now", Shape::kInstant, ""}, {"until", Shape::kInstant, ""}, {"items", Shape::kObjects, "", false, "WakeItem"}}}};
}

std::vector<Schema> record_schemas() {
  return {{"AuditRecord",
           "One record of the audit chain.",
           {{"sequence", Shape::kInteger, ""},
            {"at", Shape::kInstant, ""},
            {"id", Shape::kText, ""},
            {"action", Shape::kText, "noun.verb"},
            {"outcome", Shape::kText, "done or refused."},
            {"target_kind", Shape::kText, ""},
            {"target_id", Shape::kText, ""},
            {"target_name", Shape::kText, ""},
            {"actor_kind", Shape::kText, "admin_key, user, local or job."},
            {"actor_id", Shape::kText, ""},
            {"actor", Shape::kText, ""},
            {"on_behalf_of", Shape::kText, "", kOptional},
            {"address", Shape::kText, "", kOptional},
            {"user_agent", Shape::kText, "", kOptional},
            {"reason", Shape::kText, "", kOptional},
            {"before", Shape::kAny, "", kOptional},
            {"after", Shape::kAny, "", kOptional}}},
          {"Finding",
           "One thing that is wrong.",
           {{"sequence", Shape::kInteger, ""}, {"what", Shape::kText, ""}, {"detail", Shape::kText, ""}}},
          {"AuditVerification",
           "Whether the chain is whole.",
           {{"intact", Shape::kBoolean, ""},
            {"records", Shape::kInteger, ""},
            {"last_sequence", Shape::kInteger, ""},
            {"findings", Shape::kObjects, "", false, "Finding"}}},
          {"Policy",
           "The organization's policy.",
           {{"service-accounts", Shape::kText, ""},
            {"longest-lifetime", Shape::kText, ""},
            {"permanent-tokens", Shape::kText, ""},
            {"default-overlap", Shape::kText, ""},
            {"reuse", Shape::kText, ""}}},
          {"Problem",
           "RFC 9457.",
           {{"type", Shape::kText, ""},
            {"title", Shape::kText, ""},
            {"status", Shape::kInteger, ""},
            {"detail", Shape::kText, ""},
            {"code", Shape::kText, "A stable word."},
            {"field", Shape::kText, "The input that was wrong.", kOptional},
            {"request_id", Shape::kText, ""}}}};
}

}  // namespace

const std::vector<Schema>& schemas() {
  static const std::vector<Schema> all = [] {
    std::vector<Schema> list;
    for (auto part : {site_schemas, people_schemas, token_schemas, insight_schemas, record_schemas}) {
      for (Schema& schema : part()) list.push_back(std::move(schema));
    }
    return list;
  }();
  return all;
}

const Schema* find_schema(std::string_view name) {
  const auto found = std::find_if(schemas().begin(), schemas().end(), [name](const Schema& one) { return one.name == name; });
  return found == schemas().end() ? nullptr : &*found;
}

}  // namespace gatehouse::api
