#include "admin/advise.h"
#include "admin/apps.h"
#include "api/replies.h"
#include "api/routes.h"

namespace gatehouse::api {
namespace {

/// The one answer in which a secret stands.
Result<Reply> with_secret(Result<admin::CreatedToken> created, int status) {
  if (!created) return created.error();
  admin::Document document = std::move(created.value().document);
  if (!created.value().token.empty()) document["client_secret"] = created.value().token.expose();
  return reply(std::move(document), status);
}

Result<Reply> create(Call& call) {
  admin::CreateApp request;
  request.name = call.text("name");
  request.account = call.text("account");
  request.redirect_uris = call.texts("redirect_uris");
  request.scopes = call.texts("scopes");
  request.resources = call.texts("resources");
  request.is_public = call.flag("public");
  request.device = call.flag("device");
  return with_secret(admin::create_app(call.services, call.caller, request), 201);
}

Result<Reply> list(Call& call) {
  GH_TRY(const store::Page page, page_of(call));
  return reply(admin::list_apps(call.services, call.caller, page));
}

Result<Reply> rotate(Call& call) {
  GH_TRY(const std::optional<Duration> overlap, call.duration("overlap"));
  return with_secret(admin::rotate_app(call.services, call.caller, call.at("app"), overlap), 200);
}

Result<Reply> revoke(Call& call) {
  return reply(admin::revoke_app(call.services, call.caller, call.at("app"), call.text("reason")));
}

Result<Reply> list_consents(Call& call) { return reply(admin::list_consents(call.services, call.caller, call.text("user"))); }
Result<Reply> withdraw(Call& call) { return reply(admin::withdraw_consent(call.services, call.caller, call.at("consent"))); }

Result<Reply> advise(Call& call) {
  admin::JobAnswers answers;
  answers.acts_as = call.text("acts_as");
  answers.runs_in = call.text("runs_in");
  answers.projects = call.text("projects");
  answers.lasts = call.text("lasts");
  answers.critical = call.flag("critical");
  answers.other_team = call.flag("other_team");
  answers.named = call.flag("named");
  return reply(admin::advise_on_job(answers));
}

}  // namespace

std::vector<Route> app_routes() {
  const std::vector<Field> questions{{"acts_as", Type::kText, true, "Whom it acts as.", {"person", "system"}},
                                     {"runs_in",
                                      Type::kText,
                                      true,
                                      "Where it runs.",
                                      {"github", "gitlab", "kubernetes", "bitbucket", "server", "tool", "outside"}},
                                     {"projects", Type::kText, true, "How many it needs.", {"one", "many", "all"}},
                                     {"lasts", Type::kText, true, "How long it is needed.", {"once", "days", "long"}},
                                     {"critical", Type::kBoolean, false, "Somebody has to act at once if it stops."},
                                     {"other_team", Type::kBoolean, false, "Another team answers for it."},
                                     {"named", Type::kBoolean, false, "Jira's history must name it."}};
  const std::vector<Field> creation{
      {"name", Type::kText, true, "What people read on the page where they consent."},
      {"account", Type::kText, false, "Its service account, by handle; by default one is made for it."},
      {"redirect_uris", Type::kTexts, true, "Where people are sent back to: compared letter by letter, but for a loopback port."},
      {"scopes", Type::kTexts, true, "The most that it may ask for."},
      {"resources", Type::kTexts, false, "Likewise: acme/A or acme/*; by default every site as a whole."},
      {"public", Type::kBoolean, false, "It can keep no secret, and needs PKCE."},
      {"device", Type::kBoolean, false, "It may begin on a device without a browser (RFC 8628)."}};
  const std::vector<Field> overlap{
      {"overlap", Type::kDuration, false, "How long the old secret still works after the first use of the new one."}};
  const std::vector<Field> whose{{"user", Type::kText, false, "Of this person, by e-mail address; by default the caller's own."}};
  return {
      {"POST",
       "/api/v1/apps",
       "createApp",
       "app",
       "Create an app that acts for people; its secret stands in this answer and never again.",
       Need::kOrgAdmin,
       {},
       creation,
       "NewApp",
       201,
       create},
      {"GET",
       "/api/v1/apps",
       "listApps",
       "app",
       "List the apps, ended ones too.",
       Need::kSee,
       with_paging({}),
       {},
       "App[]",
       200,
       list},
      {"POST",
       "/api/v1/apps/{app}/rotate",
       "rotateApp",
       "app",
       "Make a successor of its secret.",
       Need::kMakeSecret,
       {},
       overlap,
       "RotatedApp",
       200,
       rotate},
      {"POST",
       "/api/v1/apps/{app}/revoke",
       "revokeApp",
       "app",
       "End it and all that it was given, for ever.",
       Need::kChangeOwn,
       {},
       reason_field(),
       "App",
       200,
       revoke},
      {"GET",
       "/api/v1/advise",
       "adviseOnJob",
       "app",
       "Say which credential is right for a job, and why.",
       Need::kAnyKey,
       questions,
       {},
       "Advice",
       200,
       advise},
      {"GET",
       "/api/v1/consents",
       "listConsents",
       "app",
       "List what one lets apps do.",
       Need::kAnyKey,
       whose,
       {},
       "Consent[]",
       200,
       list_consents},
      {"POST",
       "/api/v1/consents/{consent}/withdraw",
       "withdrawConsent",
       "app",
       "Take it back: its tokens end before this is answered.",
       Need::kAnyKey,
       {},
       {},
       "Consent",
       200,
       withdraw},
  };
}

}  // namespace gatehouse::api
