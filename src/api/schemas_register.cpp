// What the register's routes answer.
#include "api/schemas.h"

namespace gatehouse::api {
namespace {

constexpr bool kOptional = true;

std::vector<Member> entry_members() {
  return {{"id", Shape::kText, "Of the service account."},
          {"handle", Shape::kText, ""},
          {"external", Shape::kBoolean, "Only kept in the register."},
          {"owner", Shape::kText, "E-mail address."},
          {"deputy", Shape::kText, "E-mail address.", kOptional},
          {"purpose", Shape::kText, "What it does."},
          {"runs_in", Shape::kText, "Where it runs."},
          {"tool", Shape::kText, "What runs it.", kOptional},
          {"repository", Shape::kText, "Where its source is.", kOptional},
          {"job", Shape::kText, "Its name there.", kOptional},
          {"link", Shape::kText, "Address of the job.", kOptional},
          {"docs", Shape::kText, "Address of its documentation.", kOptional},
          {"runbook", Shape::kText, "Address of what to do when it fails.", kOptional},
          {"criticality", Shape::kText, "low, normal or high."},
          {"rotation_plan", Shape::kText, "How its secret is replaced.", kOptional},
          {"rotate_every", Shape::kDuration, "", kOptional},
          {"expected_every", Shape::kDuration, "How often it is expected to call.", kOptional},
          {"state", Shape::kText, "live, paused or archived."},
          {"pause_reason", Shape::kText, "", kOptional},
          {"paused_until", Shape::kInstant, "", kOptional},
          {"created_at", Shape::kInstant, ""},
          {"declared", Shape::kObject, "What people say that it uses.", false, "Declared"},
          {"observed", Shape::kObject, "What Gatehouse saw.", false, "Observed"},
          {"permissions", Shape::kObjects, "Its grants.", false, "Permission"},
          {"credentials", Shape::kObjects, "", false, "RegisterCredential"}};
}

std::vector<Schema> entry_schemas() {
  return {{"RegisterEntry", "One automation.", entry_members()},
          {"Declared",
           "What people say; nothing is permitted by it.",
           {{"sites", Shape::kTexts, ""}, {"resources", Shape::kTexts, ""}, {"scopes", Shape::kTexts, ""}}},
          {"HourCount", "", {{"hour", Shape::kInteger, "0 to 23, UTC."}, {"requests", Shape::kInteger, ""}}},
          {"Observed",
           "What Gatehouse saw of all its own credentials of the automation.",
           {{"sites", Shape::kTexts, ""},
            {"resources", Shape::kTexts, ""},
            {"scopes", Shape::kTexts, "Of the operations that it used."},
            {"operations", Shape::kTexts, "Each with its site before it."},
            {"addresses", Shape::kTexts, "One of each network."},
            {"user_agents", Shape::kTexts, "One of each tool."},
            {"requests", Shape::kInteger, "Of the last 30 days."},
            {"refused", Shape::kInteger, "Of those, by Gatehouse."},
            {"failed", Shape::kInteger, "Of those, behind Gatehouse."},
            {"first_used_at", Shape::kInstant, "", kOptional},
            {"last_used_at", Shape::kInstant, "", kOptional},
            {"hours", Shape::kObjects, "Requests by the hour of the day, of the last days.", false, "HourCount"}}},
          {"Permission",
           "A grant in short.",
           {{"resource", Shape::kText, ""},
            {"scopes", Shape::kTexts, ""},
            {"role", Shape::kText, "", kOptional},
            {"state", Shape::kText, ""}}},
          {"RegisterCredential",
           "One of its credentials, and how and when it rotates.",
           {{"id", Shape::kText, ""},
            {"kind", Shape::kText, "api token, oauth client, app or external."},
            {"name", Shape::kText, ""},
            {"state", Shape::kText, ""},
            {"owner", Shape::kText, "E-mail address.", kOptional},
            {"scopes", Shape::kTexts, ""},
            {"resources", Shape::kTexts, ""},
            {"expires_at", Shape::kInstant, "", kOptional},
            {"rotate_every", Shape::kDuration, "Its own, else the automation's.", kOptional},
            {"rotated_at", Shape::kInstant, "When its secret was made.", kOptional},
            {"rotation_due_at", Shape::kInstant, "", kOptional},
            {"last_used_at", Shape::kInstant, "Of an external one: as the last import saw it.", kOptional},
            {"source", Shape::kText, "Of an external one: by hand, atlassian api or atlassian csv.", kOptional},
            {"upstream_id", Shape::kText, "Its id at Atlassian.", kOptional},
            {"holder", Shape::kText, "Who holds it at Atlassian.", kOptional},
            {"personal", Shape::kBoolean, "Held by a person."},
            {"upstream_status", Shape::kText, "", kOptional},
            {"vanished_at", Shape::kInstant, "When an import no longer found it.", kOptional}}}};
}

std::vector<Schema> outcome_schemas() {
  return {{"RegisterChange", "", {{"account", Shape::kText, "By handle."}, {"fields", Shape::kTexts, "What changed."}}},
          {"RegisterImport",
           "What a file changed.",
           {{"dry_run", Shape::kBoolean, "Nothing was changed."},
            {"created", Shape::kTexts, "By handle."},
            {"changed", Shape::kObjects, "", false, "RegisterChange"},
            {"unchanged", Shape::kInteger, ""},
            {"credentials_added", Shape::kInteger, ""},
            {"credentials_changed", Shape::kInteger, ""},
            {"credentials_left_aside", Shape::kInteger, "Gatehouse's own, which a file does not change."}}},
          {"ListingChange",
           "",
           {{"change", Shape::kText, "added, updated, returned or vanished."},
            {"id", Shape::kText, ""},
            {"account", Shape::kText, "", kOptional},
            {"name", Shape::kText, ""},
            {"expires_at", Shape::kInstant, "", kOptional}}},
          {"ListingImport",
           "What was read at Atlassian, and what it changed.",
           {{"dry_run", Shape::kBoolean, "Nothing was changed."},
            {"tokens_read", Shape::kInteger, ""},
            {"service_accounts_read", Shape::kInteger, ""},
            {"added", Shape::kInteger, ""},
            {"updated", Shape::kInteger, ""},
            {"unchanged", Shape::kInteger, ""},
            {"vanished", Shape::kInteger, "No longer listed."},
            {"returned", Shape::kInteger, "Listed again."},
            {"accounts_added", Shape::kInteger, ""},
            {"accounts_vanished", Shape::kInteger, ""},
            {"users_added", Shape::kInteger, ""},
            {"notes", Shape::kTexts, "What could not be read."},
            {"changes", Shape::kObjects, "The first 500.", false, "ListingChange"}}}};
}

std::vector<Schema> progress_schemas() {
  return {{"MigrationItem",
           "An automation with old tokens.",
           {{"account", Shape::kText, ""},
            {"owner", Shape::kText, ""},
            {"progress", Shape::kText, "not moved, moving, moved, or ended without Gatehouse."},
            {"old_tokens", Shape::kInteger, "Still live at Atlassian."},
            {"personal_tokens", Shape::kInteger, "Of those, held by people."},
            {"old_last_active_at", Shape::kInstant, "", kOptional},
            {"gateway_since", Shape::kInstant, "Its first call through Gatehouse.", kOptional}}},
          {"MigrationReport",
           "",
           {{"now", Shape::kInstant, ""},
            {"automations", Shape::kInteger, ""},
            {"done", Shape::kInteger, "Without an old token."},
            {"moving", Shape::kInteger, ""},
            {"not_moved", Shape::kInteger, ""},
            {"old_tokens_left", Shape::kInteger, ""},
            {"personal_left", Shape::kInteger, "0: the migration is over."},
            {"items", Shape::kObjects, "", false, "MigrationItem"}}},
          {"BypassItem",
           "An old token that went past Gatehouse.",
           {{"id", Shape::kText, ""},
            {"name", Shape::kText, ""},
            {"account", Shape::kText, ""},
            {"owner", Shape::kText, ""},
            {"holder", Shape::kText, ""},
            {"personal", Shape::kBoolean, ""},
            {"live", Shape::kBoolean, ""},
            {"last_active_at", Shape::kInstant, ""},
            {"gateway_since", Shape::kInstant, ""},
            {"imported_at", Shape::kInstant, "How fresh this is."}}},
          {"BypassReport",
           "Newest first.",
           {{"now", Shape::kInstant, ""}, {"count", Shape::kInteger, ""}, {"items", Shape::kObjects, "", false, "BypassItem"}}}};
}

}  // namespace

std::vector<Schema> register_schemas() {
  std::vector<Schema> all;
  for (auto part : {entry_schemas, outcome_schemas, progress_schemas}) {
    for (Schema& schema : part()) all.push_back(std::move(schema));
  }
  return all;
}

}  // namespace gatehouse::api
