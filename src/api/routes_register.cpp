// The register: entries, files, imports, and the two reports on the way from old tokens to Gatehouse.
#include "api/replies.h"
#include "api/routes.h"
#include "inventory/import.h"
#include "inventory/migration.h"
#include "inventory/register.h"

namespace gatehouse::api {
namespace {

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(inventory::list_register(call.services, {call.text("owner"), call.flag("archived")}, page));
}

Result<Reply> show(Call& call) { return reply(inventory::show_register(call.services, call.at("account"))); }

Result<Reply> page(Call& call) {
  Reply answer;
  answer.content_type = "text/markdown; charset=utf-8";
  GH_TRY(answer.raw, inventory::register_page(call.services, call.at("account")));
  return answer;
}

Result<Reply> export_file(Call& call) {
  const std::string format = call.text("format");
  Reply answer;
  answer.content_type = format == "csv"    ? "text/csv; charset=utf-8"
                        : format == "json" ? "application/json"
                        : format == "yaml" ? "application/yaml"
                                           : "text/markdown; charset=utf-8";
  GH_TRY(answer.raw, inventory::export_register(call.services, {call.text("owner"), call.flag("archived")}, format));
  return answer;
}

Result<Reply> import_file(Call& call) {
  return reply(
      inventory::import_register(call.services, call.caller, call.text("text"), call.text("format"), call.flag("dry_run")));
}

inventory::ListingImport listing_import(const Call& call) { return {call.text("owner"), call.flag("dry_run")}; }

Result<Reply> import_atlassian(Call& call) {
  inventory::AdminApi api;
  api.organization = call.text("organization");
  api.key = SecretString(call.text("key"));
  api.url = call.maybe_text("url").value_or(api.url);
  GH_TRY(const inventory::AtlassianListing listing, inventory::read_admin_api(call.services.fetch, api));
  return reply(inventory::import_listing(call.services, call.caller, listing, listing_import(call)));
}

Result<Reply> import_csv(Call& call) {
  GH_TRY(const inventory::AtlassianListing listing, inventory::read_atlassian_csv(call.text("text"), call.text("organization")));
  return reply(inventory::import_listing(call.services, call.caller, listing, listing_import(call)));
}

Result<Reply> assign(Call& call) {
  return reply(inventory::assign_credential(call.services, call.caller, call.at("token"), call.text("account")));
}

Result<Reply> migration(Call& call) { return reply(inventory::report_migration(call.services)); }
Result<Reply> bypass(Call& call) { return reply(inventory::report_bypass(call.services)); }

std::vector<Field> filters() {
  return {{"owner", Type::kText, false, "Whose they are, as owner or deputy."},
          {"archived", Type::kBoolean, false, "These as well."}};
}

std::vector<Route> import_routes() {
  const Field owner{"owner", Type::kText, false,
                    "Who answers for what no person holds, by e-mail address; the caller by default."};
  const Field dry_run{"dry_run", Type::kBoolean, false, "Check, and say what would be changed."};
  const std::vector<Field> file{
      {"text", Type::kText, true, "The file."}, {"format", Type::kText, true, "", {"csv", "json", "yaml"}}, dry_run};
  const std::vector<Field> atlassian{{"organization", Type::kText, true, "The organization's id at Atlassian."},
                                     {"key", Type::kSecret, true, "Its API key; used for this import and forgotten."},
                                     {"url", Type::kText, false, "https://api.atlassian.com by default."},
                                     owner,
                                     dry_run};
  const std::vector<Field> csv{{"text", Type::kText, true, "The file."},
                               {"organization", Type::kText, false, "The organization's id, where it is known."},
                               owner,
                               dry_run};
  const std::vector<Field> account{{"account", Type::kText, true, "The automation that it belongs to, by handle."}};
  return {
      {"POST",
       "/api/v1/register/import",
       "importRegister",
       "register",
       "Create and change entries as a file says; all of it or nothing.",
       Need::kOrgAdmin,
       {},
       file,
       "RegisterImport",
       200,
       import_file},
      {"POST",
       "/api/v1/register/import/atlassian",
       "importFromAtlassian",
       "register",
       "Read API tokens and service accounts by Atlassian's Admin API into the register.",
       Need::kOrgAdmin,
       {},
       atlassian,
       "ListingImport",
       200,
       import_atlassian},
      {"POST",
       "/api/v1/register/import/atlassian-csv",
       "importAtlassianCsv",
       "register",
       "Read Atlassian's CSV export of API tokens into the register.",
       Need::kOrgAdmin,
       {},
       csv,
       "ListingImport",
       200,
       import_csv},
      {"POST",
       "/api/v1/register/credentials/{token}/assign",
       "assignCredential",
       "register",
       "Give an external credential to the automation that it belongs to.",
       Need::kOrgAdmin,
       {},
       account,
       "Token",
       200,
       assign},
  };
}

}  // namespace

std::vector<Route> register_routes() {
  std::vector<Field> exported = filters();
  exported.push_back({"format", Type::kText, true, "", {"csv", "json", "yaml", "markdown"}});
  std::vector<Route> routes{
      {"GET",
       "/api/v1/register",
       "listRegister",
       "register",
       "Every automation: what is declared beside what was observed.",
       Need::kAuditor,
       with_paging(filters()),
       {},
       "RegisterEntry[]",
       200,
       list},
      {"GET",
       "/api/v1/register/entries/{account}",
       "showRegisterEntry",
       "register",
       "One automation, by handle or id.",
       Need::kAuditor,
       {},
       {},
       "RegisterEntry",
       200,
       show},
      {"GET",
       "/api/v1/register/entries/{account}/page",
       "showRegisterPage",
       "register",
       "One automation as a Markdown page.",
       Need::kAuditor,
       {},
       {},
       "text",
       200,
       page},
      {"GET",
       "/api/v1/register/export",
       "exportRegister",
       "register",
       "The whole register as one file.",
       Need::kAuditor,
       exported,
       {},
       "text",
       200,
       export_file},
      {"GET",
       "/api/v1/reports/migration",
       "reportMigration",
       "report",
       "How far the automations with old tokens have moved to Gatehouse.",
       Need::kAuditor,
       {},
       {},
       "MigrationReport",
       200,
       migration},
      {"GET",
       "/api/v1/reports/bypass",
       "reportBypass",
       "report",
       "Old tokens that are still used at Atlassian after their automation moved.",
       Need::kAuditor,
       {},
       {},
       "BypassReport",
       200,
       bypass},
  };
  for (Route& route : import_routes()) routes.push_back(std::move(route));
  return routes;
}

}  // namespace gatehouse::api
