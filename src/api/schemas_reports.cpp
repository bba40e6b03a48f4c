// What is told of use: days, denials, and the reports: findings of one form, and `wake`.
#include "api/schemas.h"

namespace gatehouse::api {
namespace {

constexpr bool kOptional = true;

/// What every finding says of its subject.
std::vector<Member> subject_members() {
  return {{"kind", Shape::kText, "token, external credential, account or site credential; of `installation` as in WakeItem."},
          {"id", Shape::kText, ""},
          {"name", Shape::kText, ""},
          {"account", Shape::kText, "The service account's handle.", kOptional},
          {"site", Shape::kText, "Of a site credential.", kOptional},
          {"owner", Shape::kText, "E-mail address.", kOptional},
          {"owner_live", Shape::kBoolean, "False where the owner is suspended, or there is none."},
          {"account_owner", Shape::kText, "E-mail address.", kOptional},
          {"deputy", Shape::kText, "E-mail address.", kOptional},
          {"criticality", Shape::kText, "low, normal or high."},
          {"purpose", Shape::kText, ""},
          {"runs_in", Shape::kText, ""},
          {"runbook", Shape::kText, "", kOptional},
          {"expires_at", Shape::kInstant, "Null: it has no end, or none is known.", kOptional},
          {"last_used_at", Shape::kInstant, "", kOptional},
          {"calls_a_day", Shape::kInteger,
           "Over the last 30 days, or its life where that is shorter. Null: not the caller's to know.", kOptional},
          {"partial", Shape::kBoolean, "Only what concerns the resources that the caller administers is shown.", kOptional}};
}

std::vector<Member> joined(std::vector<Member> members, const std::vector<Member>& more) {
  members.insert(members.end(), more.begin(), more.end());
  return members;
}

std::vector<Member> wake_members() {
  return {
      {"kind", Shape::kText, "token, external credential, site credential, tls certificate, master key or administrator key."},
      {"id", Shape::kText, ""},
      {"name", Shape::kText, ""},
      {"account", Shape::kText, "The service account's handle.", kOptional},
      {"site", Shape::kText, "Of a site credential.", kOptional},
      {"owner", Shape::kText, "E-mail address.", kOptional},
      {"owner_live", Shape::kBoolean, "False where the owner is suspended, or there is none."},
      {"account_owner", Shape::kText, "E-mail address.", kOptional},
      {"deputy", Shape::kText, "E-mail address.", kOptional},
      {"criticality", Shape::kText, "low, normal or high."},
      {"purpose", Shape::kText, ""},
      {"runs_in", Shape::kText, ""},
      {"runbook", Shape::kText, "", kOptional},
      {"expires_at", Shape::kInstant, "", kOptional},
      {"last_used_at", Shape::kInstant, "", kOptional},
      {"calls_a_day", Shape::kInteger, "Null: not the caller's to know.", kOptional},
      {"partial", Shape::kBoolean, "Only what concerns the resources that the caller administers is shown."},
      {"resources", Shape::kTexts, ""},
      {"automations", Shape::kObjects, "What uses it, as it was seen; of a site credential the accounts.", false, "Consumer"},
      {"stops", Shape::kText, "What would stop."},
      {"wakes", Shape::kTexts, "Who would wake up; empty is an alarm."},
      {"alarm", Shape::kText, "Why nobody would wake up.", kOptional},
      {"told", Shape::kObjects, "Who was told of its end, oldest first.", false, "Told"},
      {"acknowledged", Shape::kObjects, "Who has taken it on.", false, "Acknowledged"},
      {"commands", Shape::kTexts, "What puts it right."}};
}

}  // namespace

std::vector<Schema> report_schemas() {
  return {{"DayOfUse",
           "One day (UTC).",
           {{"day", Shape::kText, "2027-02-24"},
            {"calls", Shape::kInteger, "All requests."},
            {"errors", Shape::kInteger, "Of them: failed behind Gatehouse."},
            {"denials", Shape::kInteger, "Of them: refused by Gatehouse."}}},
          {"Usage",
           "Use by day.",
           {{"from", Shape::kInstant, ""},
            {"to", Shape::kInstant, "The end of the last day."},
            {"partial", Shape::kBoolean, "Only of those tokens that the caller may count; there may be more."},
            {"calls", Shape::kInteger, ""},
            {"errors", Shape::kInteger, ""},
            {"denials", Shape::kInteger, ""},
            {"days", Shape::kObjects, "Each day of the window, the oldest first.", false, "DayOfUse"}}},
          {"Denial",
           "What was refused: one for each token, operation, code and resource.",
           {{"token", Shape::kText, "Its id. Null: nobody's; no token, or none that is known.", kOptional},
            {"name", Shape::kText, "The token's.", kOptional},
            {"account", Shape::kText, "The service account's handle.", kOptional},
            {"owner", Shape::kText, "The token's, by e-mail address.", kOptional},
            {"site", Shape::kText, "", kOptional},
            {"operation", Shape::kText, "Null: none was matched.", kOptional},
            {"code", Shape::kText, "A stable word."},
            {"resource", Shape::kText, "", kOptional},
            {"count", Shape::kInteger, ""},
            {"first_at", Shape::kInstant, ""},
            {"last_at", Shape::kInstant, ""},
            {"request_id", Shape::kText, "For `explain`. Null: not kept any more, or not the caller's to explain.", kOptional}}},
          {"Consumer",
           "One place and tool that use a credential.",
           {{"place", Shape::kText, "Its network.", kOptional},
            {"tool", Shape::kText, "Its user agent without versions.", kOptional},
            {"sample", Shape::kText, "An address and a user agent as they were sent.", kOptional},
            {"first_seen_at", Shape::kInstant, "To the hour.", kOptional},
            {"last_seen_at", Shape::kInstant, "", kOptional},
            {"requests", Shape::kInteger, "", kOptional},
            {"days", Shape::kInteger, "On so many days.", kOptional},
            {"hours", Shape::kText, "When in the day and the week.", kOptional},
            {"account", Shape::kText, "Behind a site credential: an account's handle.", kOptional}}},
          {"ReportItem", "One thing that a report found.",
           joined(subject_members(), {{"answers", Shape::kText, "Whom to ask; null: nobody is left.", kOptional},
                                      {"reasons", Shape::kTexts, ""},
                                      {"detail", Shape::kText, ""},
                                      {"command", Shape::kText, "What puts it right.", kOptional},
                                      {"resources", Shape::kTexts, "The boundary, where it matters.", kOptional},
                                      {"consumers", Shape::kObjects, "Of `shared`.", kOptional, "Consumer"}})},
          {"Report",
           "The most pressing first.",
           {{"report", Shape::kText, "Its name."},
            {"now", Shape::kInstant, ""},
            {"count", Shape::kInteger, "Of all findings, not only of those listed; of `installation` of those with reasons."},
            {"items", Shape::kObjects, "", false, "ReportItem"}}},
          {"Told",
           "A message that was sent.",
           {{"who", Shape::kText, "E-mail address; null: a webhook.", kOptional},
            {"channel", Shape::kText, "email or webhook."},
            {"at", Shape::kInstant, ""}}},
          {"Acknowledged", "Somebody has taken it on.", {{"who", Shape::kText, "E-mail address."}, {"at", Shape::kInstant, ""}}},
          {"WakeItem", "A credential that ends, or one that is asked about.", wake_members()},
          {"WakeReport",
           "Soonest first.",
           {{"report", Shape::kText, "wake"},
            {"now", Shape::kInstant, ""},
            {"until", Shape::kInstant, "Where the window ends."},
            {"what_if", Shape::kBoolean, "Asked about one token, account, person or site, whatever its end."},
            {"count", Shape::kInteger, "Of all, not only of those listed."},
            {"alarms", Shape::kInteger, "Listed ones for which nobody would wake up."},
            {"items", Shape::kObjects, "", false, "WakeItem"}}},
          {"SplitPlan", "A file for `gatehouse apply`.", {{"apply", Shape::kText, "YAML; docs/reference/apply_form.md."}}}};
}

}  // namespace gatehouse::api
