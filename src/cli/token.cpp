// gatehouse token …
#include <iostream>

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

/// What the maker sees instead of a secret.
std::string words_of_handover(const json::object& token, const json::object& handover) {
  const std::string recipient = member(handover, "for");
  std::string words = "Token " + member(token, "id") + " waits for " + recipient + " until " + member(handover, "expires_at") +
                      "; not taken by then, it is revoked.\n";
  if (handover.at("code").is_string())
    return words + "Give them the link by one way and the code " + member(handover, "code") + " by another.\n";
  return words + "They are told; they can also run: gatehouse token take " + member(handover, "id") + "\n";
}

std::string words_of_new(const json::object& token) {
  std::string words = "Token " + member(token, "id") + " of " + member(token, "account") + " for " + member(token, "resources") +
                      ": " + member(token, "scopes") + ".\n";
  const auto* ends = token.if_contains("expires_at");
  words += ends && ends->is_string() ? "It ends at " + member(token, "expires_at") + ".\n"
                                     : "It has no end; rotate it every " + member(token, "rotate_every") + ".\n";
  if (const auto* waiting = token.if_contains("waiting"); waiting && waiting->is_array() && !waiting->get_array().empty()) {
    words += "Waiting for grant, and opening nothing until then: " + in_words(*waiting) + ".\n";
  }
  if (const auto* approval = token.if_contains("approval"); approval && approval->is_string())
    words += "It waits for the approval of a second person, and opens nothing until then.\n";
  if (const auto* handover = token.if_contains("handover"); handover && handover->is_object())
    return words + words_of_handover(token, handover->get_object());
  return words + "This is the only time that the token is shown.\n";
}

std::string words_of_successor(const json::object& token) {
  const auto* early = token.if_contains("ended_early");
  return "Successor of " + member(token, "replaces") + " in token " + member(token, "id") +
         ". The old secret works on; its overlap begins with the first use of this one (used now, it would end at " +
         member(token, "overlap_ends_at") + ").\n" +
         (early && early->is_string() ? "An older secret, " + in_words(*early) + ", ended at once: at most two are live.\n"
                                      : "") +
         "This is the only time that the token is shown.\n";
}

void add_create(CLI::App* token, Runner runner) {
  Command create(token, runner, "create", "create an API token");
  create.text("--account", "account", "its service account, by handle")
      .required()
      .text("--name", "name", "what people call it")
      .required()
      .texts("--scopes", "scopes", "Atlassian's scope names, with commas between them")
      .text("--role", "role", "access role: viewer, member, administrator, or the organization's own")
      .texts("--resource,--project,--space", "resources", "acme/A, acme/* or acme/A=viewer; may be repeated")
      .required()
      .duration("--expires-in", "expires_in", "its end, counted from now, such as 30d")
      .instant("--expires-at", "expires_at", "its exact end, such as 2027-02-24T18:00:00Z")
      .flag("--permanent", "permanent", "no end; needs a rotation policy")
      .duration("--rotate-every", "rotate_every", "how often it is to be rotated, such as 90d")
      .duration("--overlap", "overlap", "how long an old secret works after the first use of its successor")
      .choice("--rotated-by", "rotated_by", "who is expected to rotate it; the owner by default", {"owner", "agent"})
      .flag("--self-rotate", "self_rotate", "it may make its own successor, for gatehouse agent")
      .texts("--self-rotate-ip", "self_rotate_ips", "from this address or network alone; may be repeated")
      .integer("--self-rotate-times", "self_rotate_times", "so many times at most")
      .text("--owner", "owner", "who answers for it, by e-mail address")
      .text("--requested-by", "requested_by", "who asked for it, by e-mail address; for organization administrators")
      .text("--for", "for", "hand it over: this person takes the secret, and you never see it")
      .texts("--allow-ip", "allow_ips", "an address or network it may be used from; may be repeated")
      .text("--rate", "rate", "its own limit, such as 10/s")
      .flag("--relaxed-queries", "relaxed_queries", "JQL may name what lies outside; that reveals whether it exists")
      .texts("--propose", "propose", "the boundary that it is to have: until then requests are judged by it, and not blocked")
      .instant("--until", "propose_until", "when the proposed boundary becomes its boundary")
      .run([](Call& call) {
        const int lifetimes = static_cast<int>(call.body.contains("expires_in")) +
                              static_cast<int>(call.body.contains("expires_at")) +
                              static_cast<int>(call.body.contains("permanent"));
        // Whom it is handed over to may be an outsider, for whom the server knows defaults.
        const bool defaults = call.body.contains("for");
        if (lifetimes > 1 || (lifetimes == 0 && !defaults))
          return call.complain(
              fail(Errc::kInvalidArgument, "Give exactly one of --expires-in 30d, --expires-at T and --permanent."));
        if (!defaults && !call.body.contains("scopes") && !call.body.contains("role"))
          return call.complain(fail(Errc::kInvalidArgument, "Give --scopes, --role or both."));
        if (!defaults) return call.send_for_secret(api_path({"tokens"}), "token", words_of_new);
        return call.post(api_path({"tokens"}), [](Context& context, const json::value& answer) {
          context.out << member(answer.at("handover").as_object(), "link") << "\n";
          context.err << words_of_new(answer.as_object());
        });
      });
}

void add_list(CLI::App* token, Runner runner) {
  Command(token, runner, "list", "list the tokens, ended ones too")
      .text("--account", "account", "of this service account")
      .text("--owner", "owner", "whose owner this is")
      .choice("--state", "state", "only these", {"live", "paused", "revoked", "expired"})
      .text("--resource,--project,--space", "resource", "whose boundary names this resource")
      .duration("--expiring-within", "expiring_within", "that end from now on within this time, such as 14d")
      .flag("--waiting", "waiting", "that wait for a grant on one of their resources")
      .run([](Call& call) {
        return call.list(api_path({"tokens"}), [](Context& context, const json::value& items) {
          print_table(context, items,
                      {{"ID", "id"},
                       {"ACCOUNT", "account"},
                       {"NAME", "name"},
                       {"RESOURCES", "resources"},
                       {"WAITING", "waiting"},
                       {"EXPIRES", "expires_at"},
                       {"OWNER", "owner"},
                       {"STATE", "state"}});
        });
      });
}

void add_handover_commands(CLI::App* token, Runner runner) {
  Command(token, runner, "take", "take a token that was made for you: its secret is shown this once")
      .positional("ID", "id", "of the handing over, or the link's last part")
      .text("--code-file", "code_file", "a file with the code that you were told, or - for standard input: where you have no key")
      .run([](Call& call) {
        const auto words = [](const json::object& answer) {
          return "Token " + member(answer, "id") + " for " + member(answer, "resources") +
                 ". This is the only time that the token is shown.\n";
        };
        const auto* file = call.body.if_contains("code_file");
        if (!file) return call.send_for_secret(api_path({"handovers", call.text("id"), "take"}), "token", words);
        const auto code = read_secret(call.context, std::string(file->as_string()), "Code: ");
        if (!code) return call.complain(code.error());
        const auto client = Client::without_key(call.context);
        if (!client) return call.complain(client.error());
        const json::object body{{"code", code.value().expose()}};
        const auto answer = client.value().send("POST", api_path({"take", call.text("id")}), &body);
        if (!answer) return call.complain(answer.error());
        if (!answer.value().ok()) return call.complain(answer.value());
        const json::object& taken = answer.value().body.as_object();
        call.context.out << (call.context.json ? json::serialize(taken) : member(taken, "token")) << "\n";
        if (!call.context.json) call.context.err << words(taken);
        return static_cast<int>(kDone);
      });
  Command(token, runner, "handovers", "list the tokens that wait to be taken").run([](Call& call) {
    return call.list(api_path({"handovers"}), [](Context& context, const json::value& items) {
      print_table(context, items,
                  {{"ID", "id"}, {"TOKEN", "name"}, {"FOR", "for"}, {"MADE BY", "made_by"}, {"UNTIL", "expires_at"}});
    });
  });
}

}  // namespace

void add_token_commands(CLI::App& root, Runner runner) {
  CLI::App* token = add_noun(root, "token", "API tokens");
  add_create(token, runner);
  add_list(token, runner);
  Command(token, runner, "show", "show one")
      .positional("ID", "id", "its id, or the public id inside the token")
      .run([](Call& call) {
        return call.get(api_path({"tokens", call.text("id")}), print_token);
      });
  add_handover_commands(token, runner);
  Command(token, runner, "narrow", "take something away from it; without options: bound it to what is proposed for it")
      .positional("ID", "id", "its id")
      .texts("--scopes", "scopes", "what is kept")
      .texts("--resource,--project,--space", "resources", "what is kept; acme/A=viewer narrows the access role there")
      .text("--role", "role", "a narrower access role")
      .instant("--expires-at", "expires_at", "an earlier end")
      .texts("--allow-ip", "allow_ips", "networks inside of the present ones")
      .text("--rate", "rate", "a lower rate")
      .run([](Call& call) {
        return call.post(api_path({"tokens", call.text("id"), "narrow"}), print_record);
      });
  Command(token, runner, "transfer", "give it to another owner")
      .positional("ID", "id", "its id")
      .text("--to", "to", "the new owner, by e-mail address")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"tokens", call.text("id"), "transfer"}), print_record);
      });
  Command(token, runner, "rotate", "make a successor of its secret")
      .positional("ID", "id", "its id")
      .duration("--overlap", "overlap",
                "how long the old secret works after the first use of the new one, such as 7d; kept for later rotations")
      .run([](Call& call) {
        const bool rule = call.body.contains("overlap");
        return call.send_for_secret(api_path({"tokens", call.text("id"), "rotate"}), "token", [rule](const json::object& token) {
          return words_of_successor(token) +
                 (rule ? "Later rotations keep this overlap, " + member(token, "overlap") + ".\n" : std::string());
        });
      });
  add_rotation_commands(token, runner);
  add_usage_command(token, runner, "tokens", "ID");
  Command pause(token, runner, "pause", "refuse every request with it");
  with_paused_resource(with_pause_options(pause.positional("ID", "id", "its id"))).run([](Call& call) {
    return call.post(api_path({"tokens", call.text("id"), "pause"}), print_record);
  });
  Command resume(token, runner, "resume", "end its pause");
  with_paused_resource(resume.positional("ID", "id", "its id")).run([](Call& call) {
    return call.post(api_path({"tokens", call.text("id"), "resume"}), print_record);
  });
  Command(token, runner, "revoke", "end it for ever")
      .positional("ID", "id", "its id")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        return call.post(api_path({"tokens", call.text("id"), "revoke"}), print_record);
      });
}

}  // namespace gatehouse::cli
