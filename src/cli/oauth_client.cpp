// gatehouse client …
#include "cli/nouns.h"
#include "cli/print.h"
#include "cli/secret_input.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

std::string member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? in_words(*value) : "-";
}

std::string words_of_new(const json::object& client) {
  std::string words = "Client " + member(client, "client_id") + " of " + member(client, "account") + " for " +
                      member(client, "resources") + ": " + member(client, "scopes") + ".\n";
  if (const auto* waiting = client.if_contains("waiting"); waiting && waiting->is_array() && !waiting->get_array().empty())
    words += "Waiting for grant, and opening nothing until then: " + in_words(*waiting) + ".\n";
  if (const auto* approval = client.if_contains("approval"); approval && approval->is_string())
    words += "It waits for the approval of a second person, and opens nothing until then.\n";
  return words + (client.contains("client_secret") ? "This is the only time that its secret is shown.\n"
                                                   : "It proves itself with its own key; there is no secret.\n");
}

std::string words_of_successor(const json::object& client) {
  return "Successor of " + member(client, "replaces") + " in client " + member(client, "client_id") +
         ". The old secret works on; its overlap begins with the first use of this one (used now, it would end at " +
         member(client, "overlap_ends_at") + ").\nThis is the only time that its secret is shown.\n";
}

/// A public key set is no secret, but it comes from a file all the same.
bool take_key_set(Call& call, const std::string& file, int& status) {
  if (file.empty()) return true;
  const auto text = read_secret(call.context, file, {});
  if (!text) {
    status = call.complain(text.error());
    return false;
  }
  call.body["jwks"] = text.value().expose();
  return true;
}

int create(Call& call, const std::string& file) {
  const auto* auth = call.body.if_contains("auth");
  const bool signs = auth && auth->is_string() && auth->get_string() == "private_key_jwt";
  call.body.erase("auth");
  if (signs == file.empty())
    return call.complain(fail(Errc::kInvalidArgument, "--auth private_key_jwt and --jwks-file FILE go together."));
  if (!call.body.contains("scopes") && !call.body.contains("role"))
    return call.complain(fail(Errc::kInvalidArgument, "Give --scopes, --role or both."));
  int status = 0;
  if (!take_key_set(call, file, status)) return status;
  if (!signs) return call.send_for_secret(api_path({"clients"}), "client_secret", words_of_new);
  return call.post(api_path({"clients"}), [](Context& context, const json::value& answer) {
    context.out << member(answer.as_object(), "client_id") << "\n";
    context.err << words_of_new(answer.as_object());
  });
}

void add_keys(CLI::App* client, Runner runner) {
  CLI::App* keys = add_noun(*client, "keys", "the keys that access tokens are made with");
  const auto print = [](Context& context, const json::value& items) {
    print_table(context, items,
                {{"ID", "id"}, {"FORM", "form"}, {"STATE", "state"}, {"SIGNS FROM", "signs_from"}, {"ENDS", "ends_at"}});
  };
  Command(keys, runner, "list", "list them, ended ones too").run([print](Call& call) {
    return call.list(api_path({"access-keys"}), print);
  });
  Command(keys, runner, "rotate", "replace them; the old ones are good until the last token that they made has ended")
      .flag("--at-once", "at_once", "the old ones are good for nothing from now on: all access tokens end")
      .run([print](Call& call) {
        return call.post(api_path({"access-keys", "rotate"}), [print](Context& context, const json::value& answer) {
          print(context, answer.as_object().at("items"));
        });
      });
}

}  // namespace

void add_client_commands(CLI::App& root, Runner runner) {
  CLI::App* client = add_noun(root, "client", "OAuth clients of service accounts (client credentials)");
  const auto new_keys = std::make_shared<std::string>();
  Command(client, runner, "create", "create an OAuth client")
      .text("--account", "account", "its service account, by handle")
      .required()
      .text("--name", "name", "what people call it")
      .required()
      .texts("--scopes", "scopes", "Atlassian's scope names, with commas between them")
      .text("--role", "role", "access role: viewer, member, administrator, or the organization's own")
      .texts("--resource,--project,--space", "resources", "acme/A, acme/* or acme/A=viewer; may be repeated")
      .required()
      .duration("--expires-in", "expires_in", "its end, counted from now; 365d by default")
      .instant("--expires-at", "expires_at", "its exact end, such as 2027-02-24T18:00:00Z")
      .flag("--permanent", "permanent", "no end; needs a rotation policy")
      .duration("--rotate-every", "rotate_every", "how often its secret is to be rotated, such as 90d")
      .duration("--overlap", "overlap", "how long an old secret works after the first use of its successor")
      .text("--owner", "owner", "who answers for it, by e-mail address")
      .text("--requested-by", "requested_by", "who asked for it, by e-mail address; for organization administrators")
      .texts("--allow-ip", "allow_ips", "an address or network it may be used from; may be repeated")
      .text("--rate", "rate", "the limit of all its access tokens together, such as 10/s")
      .choice("--auth", "auth", "how it proves itself; by a secret unless you say otherwise", {"secret", "private_key_jwt"})
      .local("--jwks-file", new_keys, "its public keys (a JSON Web Key Set), for --auth private_key_jwt; - for standard input")
      .run([new_keys](Call& call) { return create(call, *new_keys); });
  Command(client, runner, "list", "list the OAuth clients, ended ones too")
      .text("--account", "account", "of this service account")
      .choice("--state", "state", "only these", {"live", "paused", "revoked", "expired"})
      .duration("--expiring-within", "expiring_within", "that end from now on within this time, such as 14d")
      .run([](Call& call) {
        return call.list(api_path({"clients"}), [](Context& context, const json::value& items) {
          print_table(context, items,
                      {{"CLIENT ID", "client_id"},
                       {"ACCOUNT", "account"},
                       {"NAME", "name"},
                       {"AUTH", "auth"},
                       {"RESOURCES", "resources"},
                       {"EXPIRES", "expires_at"},
                       {"OWNER", "owner"},
                       {"STATE", "state"}});
        });
      });
  Command(client, runner, "show", "show one").positional("ID", "id", "its client id").run([](Call& call) {
    return call.get(api_path({"clients", call.text("id")}), print_token);
  });
  const auto replaced_keys = std::make_shared<std::string>();
  Command(client, runner, "rotate", "make a successor of its secret, or replace its keys")
      .positional("ID", "id", "its client id")
      .duration("--overlap", "overlap",
                "how long the old secret works after the first use of the new one, such as 7d; kept for later rotations")
      .local("--jwks-file", replaced_keys, "of a client with keys: the new ones, which replace the old ones at once")
      .run([replaced_keys](Call& call) {
        int status = 0;
        if (!take_key_set(call, *replaced_keys, status)) return status;
        const std::string path = api_path({"clients", call.text("id"), "rotate"});
        if (!replaced_keys->empty()) return call.post(path, print_record);
        return call.send_for_secret(path, "client_secret", words_of_successor);
      });
  Command(client, runner, "revoke", "end it and all its access tokens for ever")
      .positional("ID", "id", "its client id")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        return call.post(api_path({"clients", call.text("id"), "revoke"}), print_record);
      });
  add_keys(client, runner);
}

}  // namespace gatehouse::cli
