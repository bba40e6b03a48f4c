// What the routes of OAuth clients, apps, consents and federations answer.
#include "api/schemas.h"

namespace gatehouse::api {
namespace {

constexpr bool kOptional = true;

const Member kId{"id", Shape::kText, "16 characters of [0-9A-Za-z]."};
const Member kCreatedAt{"created_at", Shape::kInstant, ""};

}  // namespace

std::vector<Schema> client_schemas() {
  std::vector<Member> client = token_members();
  client.push_back({"client_id", Shape::kText, "The same as `id`."});
  client.push_back({"auth", Shape::kText, "secret, private_key_jwt or federated."});
  std::vector<Member> app = token_members();
  app.push_back({"client_id", Shape::kText, "The same as `id`."});
  app.push_back({"redirect_uris", Shape::kTexts, ""});
  app.push_back({"public", Shape::kBoolean, "It can keep no secret."});
  app.push_back({"device", Shape::kBoolean, "It may begin on a device without a browser."});
  std::vector<Member> federation = client;
  for (const Member& member : {Member{"issuer", Shape::kText, ""}, Member{"audience", Shape::kText, ""},
                               Member{"subject", Shape::kText, "What `sub` must be."},
                               Member{"claims", Shape::kAny, "Name and pattern of further conditions."},
                               Member{"keys", Shape::kText, "fetched or file."}})
    federation.push_back(member);
  const Member secret{"client_secret", Shape::kText,
                      "The secret itself, shown this once; missing where it signs with its own key.", kOptional};
  return {{"Client", "An OAuth client of a service account.", client},
          extended("NewClient", "A client with its secret.", client,
                   {secret, {"approval", Shape::kText, "Id of the request that it waits for.", kOptional}}),
          extended("RotatedClient", "A client with the secret of its successor, or with new keys.", client,
                   {secret,
                    {"secret_id", Shape::kText, "The public id inside the new secret.", kOptional},
                    {"replaces", Shape::kText, "The public id inside the old one.", kOptional},
                    {"overlap_ends_at", Shape::kInstant, "When the old one ends if the new one is used from now on.", kOptional},
                    {"ended_early", Shape::kText, "An older secret that ended at once.", kOptional}}),
          {"App", "An app that acts for people.", app},
          extended("NewApp", "An app with its secret.", app,
                   {secret, {"approval", Shape::kText, "Id of the request that it waits for.", kOptional}}),
          extended("RotatedApp", "An app with the secret of its successor.", app,
                   {secret,
                    {"secret_id", Shape::kText, "The public id inside the new secret.", kOptional},
                    {"replaces", Shape::kText, "The public id inside the old one.", kOptional},
                    {"overlap_ends_at", Shape::kInstant, "When the old one ends if the new one is used from now on.", kOptional},
                    {"ended_early", Shape::kText, "An older secret that ended at once.", kOptional}}),
          {"Consent",
           "What a person lets an app do.",
           {kId,
            {"app", Shape::kText, "Its client id."},
            {"app_name", Shape::kText, ""},
            {"user", Shape::kText, "E-mail address.", kOptional},
            {"scopes", Shape::kTexts, ""},
            {"resources", Shape::kTexts, ""},
            kCreatedAt,
            {"changed_at", Shape::kInstant, ""},
            {"ended_at", Shape::kInstant, "Withdrawn.", kOptional}}},
          {"Federation", "An OAuth client that tokens of another issuer stand for.", federation},
          extended("NewFederation", "A federation that was just made.", federation,
                   {{"approval", Shape::kText, "Id of the request that it waits for.", kOptional}}),
          {"Advice",
           "Which credential for a job.",
           {{"recommendation", Shape::kText, "app with consent, federation, OAuth client or API token."},
            {"reasons", Shape::kTexts, ""},
            {"commands", Shape::kTexts, "With words in capitals to be filled in."},
            {"account", Shape::kText, "own or shared."},
            {"account_reason", Shape::kText, ""},
            {"rate_limit", Shape::kText, ""}}},
          {"AccessKey",
           "A key that access tokens are made with.",
           {kId,
            {"form", Shape::kText, "opaque, EdDSA or ES256."},
            {"state", Shape::kText, "coming, live, leaving or ended."},
            kCreatedAt,
            {"signs_from", Shape::kInstant, ""},
            {"ends_at", Shape::kInstant, "Until then what it made is good.", kOptional}}}};
}

}  // namespace gatehouse::api
