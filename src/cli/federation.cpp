// gatehouse federation …
#include "cli/nouns.h"
#include "cli/print.h"
#include "cli/secret_input.h"

namespace gatehouse::cli {

namespace json = boost::json;

void add_federation_commands(CLI::App& root, Runner runner) {
  CLI::App* federation =
      add_noun(root, "federation", "jobs that prove themselves by their own issuer's tokens: no stored secret");
  const auto keys = std::make_shared<std::string>();
  Command(federation, runner, "add", "let tokens of an issuer stand for an OAuth client")
      .text("--account", "account", "its service account, by handle")
      .required()
      .text("--issuer", "issuer", "such as https://token.actions.githubusercontent.com")
      .required()
      .text("--audience", "audience", "what the job asks its token for, such as the gateway's address")
      .required()
      .text("--subject", "subject", "what the token's subject must be: exact, or with * that crosses neither / nor :")
      .required()
      .texts("--claims", "claims", "further conditions, NAME=PATTERN, such as repository_id=123456; may be repeated")
      .local("--jwks-file", keys, "the issuer's public key set, where it is not to be fetched from it; - for standard input")
      .text("--name", "name", "what people call it")
      .texts("--scopes", "scopes", "Atlassian's scope names, with commas between them")
      .text("--role", "role", "access role: viewer, member, administrator, or the organization's own")
      .texts("--resource,--project,--space", "resources", "acme/A, acme/* or acme/A=viewer; may be repeated")
      .required()
      .duration("--expires-in", "expires_in", "its end, counted from now; 365d by default")
      .instant("--expires-at", "expires_at", "its exact end, such as 2027-02-24T18:00:00Z")
      .texts("--allow-ip", "allow_ips", "an address or network it may be used from; may be repeated")
      .text("--owner", "owner", "who answers for it, by e-mail address")
      .run([keys](Call& call) {
        if (!call.body.contains("scopes") && !call.body.contains("role"))
          return call.complain(fail(Errc::kInvalidArgument, "Give --scopes, --role or both."));
        if (!keys->empty()) {
          const auto text = read_secret(call.context, *keys, {});
          if (!text) return call.complain(text.error());
          call.body["jwks"] = text.value().expose();
        }
        return call.post(api_path({"federations"}), print_record);
      });
  Command(federation, runner, "list", "list them, ended ones too").run([](Call& call) {
    return call.list(api_path({"federations"}), [](Context& context, const json::value& items) {
      print_table(context, items,
                  {{"ID", "id"},
                   {"ACCOUNT", "account"},
                   {"ISSUER", "issuer"},
                   {"SUBJECT", "subject"},
                   {"CLAIMS", "claims"},
                   {"RESOURCES", "resources"},
                   {"STATE", "state"}});
    });
  });
  Command(federation, runner, "remove", "end it, and all access tokens that came of it, for ever")
      .positional("ID", "id", "its id")
      .run([](Call& call) {
        return call.post(api_path({"federations", call.text("id"), "remove"}), print_record);
      });
}

}  // namespace gatehouse::cli
