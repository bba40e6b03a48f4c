#include "admin/pause.h"
#include "admin/sites.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

constexpr const char* kBudget =
    "How much is asked of the site in all, such as 600/m, shared fairly among accounts. Empty: no limit.";

std::vector<Field> secret_fields(bool auth_required) {
  return {
      {"auth",
       Type::kText,
       auth_required,
       "How Gatehouse shows itself to the site.",
       {"none", "basic", "bearer", "header", "oauth2"}},
      {"username", Type::kText, false,
       "Of basic: the e-mail address of the Atlassian account; of header: the field's name, such as X-Api-Key; of oauth2: the "
       "client id."},
      {"token_url", Type::kText, false, "Of oauth2: where access tokens come from; left out: Atlassian's."},
      {"secret", Type::kSecret, false, "The API token, password or client secret; never answered again."},
      {"expires_at", Type::kInstant, false, "When it ends at the site, so that its owner is told before."},
      {"owner", Type::kText, false, "Who answers for it, by e-mail address; by default the caller."},
      {"deputy", Type::kText, false, "Who is told beside the owner, by e-mail address."},
      {"scopes", Type::kTexts, false,
       "What it was made for at the site. The least credential that covers an operation is used; left out: not declared."}};
}

Result<admin::SiteSecret> secret_of(const Call& call) {
  admin::SiteSecret secret;
  secret.auth = call.text("auth");
  secret.username = call.text("username");
  secret.token_url = call.text("token_url");
  secret.secret = SecretString(call.text("secret"));
  secret.owner = call.text("owner");
  secret.deputy = call.text("deputy");
  if (call.has("scopes")) secret.scopes = call.texts("scopes");
  GH_TRY(secret.expires_at, call.instant("expires_at"));
  return secret;
}

Result<Reply> add(Call& call) {
  admin::AddSite request;
  request.key = call.text("key");
  request.product = call.text("product");
  request.url = call.text("url");
  request.cloud_id = call.text("cloud_id");
  request.host = call.text("host");
  request.spec = call.text("spec");
  request.budget = call.text("budget");
  GH_TRY(request.credential, secret_of(call));
  return reply(admin::add_site(call.services, call.caller, request), 201);
}

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_sites(call.services, page));
}

Result<Reply> show(Call& call) { return reply(admin::show_site(call.services, call.at("site"))); }

Result<Reply> edit(Call& call) {
  admin::EditSite request;
  request.url = call.maybe_text("url");
  request.cloud_id = call.maybe_text("cloud_id");
  request.host = call.maybe_text("host");
  request.budget = call.maybe_text("budget");
  return reply(admin::edit_site(call.services, call.caller, call.at("site"), request));
}

Result<Reply> show_spec(Call& call) { return reply(admin::show_site_spec(call.services, call.at("site"))); }

Result<Reply> set_spec(Call& call) {
  return reply(admin::set_site_spec(call.services, call.caller, call.at("site"), call.text("spec")));
}

Result<Reply> test(Call& call) {
  return reply(admin::test_site(call.services, call.caller, call.at("site"), call.texts("probe")));
}

Result<Reply> pause(Call& call) {
  GH_TRY(const admin::PauseRequest request, pause_of(call));
  if (call.has("resource"))
    return reply(
        admin::pause_resource(call.services, call.caller, PausedFor::kSite, call.at("site"), call.text("resource"), request));
  return reply(admin::pause_site(call.services, call.caller, call.at("site"), request));
}

Result<Reply> resume(Call& call) {
  if (call.has("resource"))
    return reply(admin::resume_resource(call.services, call.caller, PausedFor::kSite, call.at("site"), call.text("resource")));
  return reply(admin::resume_site(call.services, call.caller, call.at("site")));
}
Result<Reply> remove(Call& call) { return reply(admin::remove_site(call.services, call.caller, call.at("site"))); }

Result<Reply> add_credential(Call& call) {
  GH_TRY(admin::SiteSecret secret, secret_of(call));
  secret.unchecked = call.flag("no_check");
  return reply(admin::add_site_credential(call.services, call.caller, call.at("site"), call.text("account"), secret), 201);
}

Result<Reply> rotate_credential(Call& call) {
  GH_TRY(const admin::SiteSecret secret, secret_of(call));
  return reply(admin::rotate_site_credential(call.services, call.caller, call.at("site"), call.text("account"),
                                             call.text("credential"), secret));
}

Result<Reply> edit_credential(Call& call) {
  admin::EditSiteCredential request;
  request.owner = call.maybe_text("owner");
  request.deputy = call.maybe_text("deputy");
  GH_TRY(request.expires_at, call.instant("expires_at"));
  if (call.has("scopes")) request.scopes = call.texts("scopes");
  return reply(admin::edit_site_credential(call.services, call.caller, call.at("site"), call.at("credential"), request));
}

Result<Reply> credential_steps(Call& call) {
  return reply(admin::site_credential_steps(call.services, call.at("site"), call.text("account"), call.text("credential")));
}

Result<Reply> list_credentials(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_site_credentials(call.services, call.at("site"), call.flag("revoked"), page));
}

Result<Reply> remove_credential(Call& call) {
  return reply(admin::remove_site_credential(call.services, call.caller, call.at("site"), call.at("credential")));
}

std::vector<Field> add_fields() {
  std::vector<Field> fields{{"key", Type::kText, true, "Its short name, [a-z0-9-]: the first half of every resource."},
                            {"product", Type::kText, true, "What answers there.", {"jira", "confluence", "openapi"}},
                            {"url", Type::kText, true, "https://acme.atlassian.net, without a slash at the end."},
                            {"cloud_id", Type::kText, false, "Atlassian's id of the site; clients may use it in the path."},
                            {"host", Type::kText, false, "A host name of the gateway that is mapped to this site."},
                            {"spec", Type::kText, false, "Of openapi: the API's document, JSON or YAML, up to 2 MiB."},
                            {"budget", Type::kText, false, kBudget}};
  for (Field& field : secret_fields(true)) fields.push_back(std::move(field));
  return fields;
}

std::vector<Field> credential_fields(bool auth_required) {
  std::vector<Field> fields = secret_fields(auth_required);
  fields.push_back({"account", Type::kText, false, "A service account's own credential; left out: the site's."});
  return fields;
}

}  // namespace

std::vector<Route> site_routes() {
  const std::vector<Field> edits{
      {"url", Type::kText, false, "Another origin drops the site's credentials, which are sealed to the old one."},
      {"cloud_id", Type::kText, false, "Empty: none."},
      {"host", Type::kText, false, "Empty: none."},
      {"budget", Type::kText, false, kBudget}};
  const std::vector<Field> edited{{"owner", Type::kText, false, "Who answers for it, by e-mail address."},
                                  {"deputy", Type::kText, false, "By e-mail address; empty: none."},
                                  {"expires_at", Type::kInstant, false, "When it ends at the site."},
                                  {"scopes", Type::kTexts, false, "What it was made for at the site; empty: not declared."}};
  std::vector<Field> rotated = credential_fields(false);
  std::vector<Field> added = credential_fields(true);
  added.push_back({"no_check", Type::kBoolean, false, "Add it without trying it at the site first."});
  rotated.push_back({"credential", Type::kText, false, "Which one, by its id; needed where the account has several."});
  return {
      {"POST",
       "/api/v1/sites",
       "addSite",
       "site",
       "Add a site with the credential that Gatehouse shows to it.",
       Need::kGiveAuthority,
       {},
       add_fields(),
       "Site",
       201,
       add},
      {"GET", "/api/v1/sites", "listSites", "site", "List the sites.", Need::kAuditor, with_paging({}), {}, "Site[]", 200, list},
      {"GET",
       "/api/v1/sites/{site}",
       "showSite",
       "site",
       "Show a site, by key or id.",
       Need::kAuditor,
       {},
       {},
       "Site",
       200,
       show},
      {"PATCH",
       "/api/v1/sites/{site}",
       "editSite",
       "site",
       "Change a site's address, cloud id, host or budget.",
       Need::kOrgAdmin,
       {},
       edits,
       "Site",
       200,
       edit},
      {"DELETE",
       "/api/v1/sites/{site}",
       "removeSite",
       "site",
       "Remove a site; its credentials are revoked.",
       Need::kOrgAdmin,
       {},
       {},
       "Site",
       200,
       remove},
      {"GET",
       "/api/v1/sites/{site}/spec",
       "showSiteSpec",
       "site",
       "The document of an OpenAPI site, and what of it can't be served.",
       Need::kAuditor,
       {},
       {},
       "SiteSpec",
       200,
       show_spec},
      {"PUT",
       "/api/v1/sites/{site}/spec",
       "setSiteSpec",
       "site",
       "Replace the document of an OpenAPI site; it says what every token may ask for.",
       Need::kGiveAuthority,
       {},
       {{"spec", Type::kText, true, "JSON or YAML, up to 2 MiB."}},
       "Site",
       200,
       set_spec},
      {"POST",
       "/api/v1/sites/{site}/test",
       "testSite",
       "site",
       "Ask the site who Gatehouse is there.",
       Need::kOrgAdmin,
       {},
       {{"probe", Type::kTexts, false,
         "Two scratch projects, by key: what is not known of Jira is tried on them, and removed again."}},
       "SiteTest",
       200,
       test},
      {"POST",
       "/api/v1/sites/{site}/pause",
       "pauseSite",
       "site",
       "Let no request through to a site.",
       Need::kOrgAdmin,
       {},
       resource_pause_fields(),
       "Site",
       200,
       pause},
      {"POST",
       "/api/v1/sites/{site}/resume",
       "resumeSite",
       "site",
       "End a site's pause.",
       Need::kAnyKey,
       {},
       resource_resume_fields(),
       "Site",
       200,
       resume},
      {"GET",
       "/api/v1/sites/{site}/credentials",
       "listSiteCredentials",
       "site",
       "List the credentials that Gatehouse shows to a site.",
       Need::kAuditor,
       with_paging({{"revoked", Type::kBoolean, false, "These as well."}}),
       {},
       "SiteCredential[]",
       200,
       list_credentials},
      {"POST",
       "/api/v1/sites/{site}/credentials",
       "addSiteCredential",
       "site",
       "Give a site, or a service account on it, a credential, which is tried first.",
       Need::kGiveAuthority,
       {},
       added,
       "SiteCredential",
       201,
       add_credential},
      {"POST",
       "/api/v1/sites/{site}/credentials/rotate",
       "rotateSiteCredential",
       "site",
       "Replace a live credential by another secret, which is tried first.",
       Need::kGiveAuthority,
       {},
       rotated,
       "SiteCredential",
       200,
       rotate_credential},
      {"GET",
       "/api/v1/sites/{site}/credentials/steps",
       "siteCredentialSteps",
       "site",
       "What a person has to click at Atlassian to make one, or the successor of one.",
       Need::kAuditor,
       {{"account", Type::kText, false, "A service account's own; left out: the site's."},
        {"credential", Type::kText, false, "The one whose successor is made, by id; left out: a first one."}},
       {},
       "SiteCredentialSteps",
       200,
       credential_steps},
      {"PATCH",
       "/api/v1/sites/{site}/credentials/{credential}",
       "editSiteCredential",
       "site",
       "Correct what was entered about a credential.",
       Need::kOrgAdmin,
       {},
       edited,
       "SiteCredential",
       200,
       edit_credential},
      {"DELETE",
       "/api/v1/sites/{site}/credentials/{credential}",
       "removeSiteCredential",
       "site",
       "Revoke one of them.",
       Need::kOrgAdmin,
       {},
       {},
       "SiteCredential",
       200,
       remove_credential},
  };
}

}  // namespace gatehouse::api
