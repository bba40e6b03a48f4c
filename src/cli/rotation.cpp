// gatehouse token rotation …, gatehouse token extend
#include <iostream>

#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

void print_users(Context& context, const json::object& rotation, std::string_view member, const std::string& title) {
  const auto* users = rotation.if_contains(member);
  if (!users || !users->is_array() || users->get_array().empty()) return;
  context.out << title << "\n";
  print_table(context, *users,
              {{"ADDRESS", "address"}, {"USER AGENT", "user_agent"}, {"LAST SEEN", "last_at"}, {"CALLS", "calls"}});
}

/// The rotation of a token, then who uses which secret.
void print_rotation(Context& context, const json::value& token) {
  json::object rotation = token.at("rotation").as_object();
  json::object record;
  record["id"] = token.at("id");
  record["name"] = token.at("name");
  for (const auto& member : rotation) {
    if (!member.value().is_array()) record[member.key()] = member.value();
  }
  record["self_rotation"] = token.at("self_rotation");
  print_record(context, record);
  print_users(context, rotation, "old_users", "Still used, the old secret:");
  print_users(context, rotation, "new_users", "Used already, the new one:");
}

}  // namespace

void print_token(Context& context, const json::value& token) {
  json::object record = token.as_object();
  const json::object& rotation = token.at("rotation").as_object();
  record["rotation"] = rotation.at("state").as_string() == "none" && rotation.at("due_at").is_null()
                           ? std::string("none")
                           : in_words(rotation.at("state")) + ", due at " + in_words(rotation.at("due_at"));
  record.erase("dead_uses");
  print_record(context, record);
  for (const json::value& use : token.at("dead_uses").as_array()) {
    context.err << "The dead token is still being used by " << in_words(use.at("address")) << ", "
                << in_words(use.at("user_agent")) << ": " << in_words(use.at("calls")) << " calls with secret "
                << in_words(use.at("secret_id")) << ", the last at " << in_words(use.at("last_at")) << ".\n";
  }
}

void add_rotation_commands(CLI::App* token, Runner runner) {
  CLI::App* rotation = add_noun(*token, "rotation", "how far its rotation has come, and how it goes on");
  Command(rotation, runner, "show", "show its state, and who still uses the old secret")
      .positional("ID", "id", "its id")
      .run([](Call& call) {
        return call.get(api_path({"tokens", call.text("id"), "rotation"}), print_rotation);
      });
  Command(rotation, runner, "set", "change its rotation rule; what is left out stays")
      .positional("ID", "id", "its id")
      .duration("--rotate-every", "rotate_every", "how often it is to be rotated, such as 90d")
      .duration("--overlap", "overlap", "how long an old secret works after the first use of its successor")
      .choice("--rotated-by", "rotated_by", "who is expected to rotate it", {"owner", "agent"})
      .flag("--self-rotate", "self_rotate", "it may make its own successor")
      .flag("--no-self-rotate", "no_self_rotate", "it may not any more")
      .texts("--self-rotate-ip", "self_rotate_ips", "from this address or network alone; may be repeated")
      .integer("--self-rotate-times", "self_rotate_times", "so many times more; 0: as often as it likes")
      .run([](Call& call) {
        if (call.body.erase("no_self_rotate") > 0) {
          if (call.body.contains("self_rotate"))
            return call.complain(fail(Errc::kInvalidArgument, "Give --self-rotate or --no-self-rotate, not both."));
          call.body["self_rotate"] = false;
        }
        return call.post(api_path({"tokens", call.text("id"), "rotation"}), print_rotation);
      });
  Command(rotation, runner, "finish", "end the old secret before its overlap does, once it is quiet")
      .positional("ID", "id", "its id")
      .duration("--quiet-for", "quiet_for", "it must have been unused for so long, such as 10m")
      .flag("--force", "force", "whoever still uses it")
      .run([](Call& call) {
        return call.post(api_path({"tokens", call.text("id"), "rotation", "finish"}), print_rotation);
      });
  Command(rotation, runner, "roll-back", "take it back: the old secret stays, and its successor ends at once")
      .positional("ID", "id", "its id")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        return call.post(api_path({"tokens", call.text("id"), "rotation", "roll-back"}), print_rotation);
      });
  Command(rotation, runner, "extend", "let the old secret live on for longer")
      .positional("ID", "id", "its id")
      .instant("--until", "until", "later than the overlap ends now, such as 2027-02-24T18:00:00Z")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"tokens", call.text("id"), "rotation", "extend"}), print_rotation);
      });
  Command(rotation, runner, "overdue", "list the tokens whose rotation is overdue; exit 6 where there is one")
      .run([](Call& call) {
        int status = kDone;
        const json::value answer = call.fetch("GET", api_path({"rotations", "overdue"}), status);
        if (status != kDone) return status;
        const json::value& items = answer.at("items");
        json::array rows;
        for (const json::value& item : items.as_array()) {
          json::object row = item.as_object();
          row["due_at"] = item.at("rotation").at("due_at");
          row["rotation_state"] = item.at("rotation").at("state");
          rows.push_back(std::move(row));
        }
        if (call.context.json) {
          call.context.out << json::serialize(items) << "\n";
        } else {
          print_table(call.context, rows,
                      {{"DUE", "due_at"},
                       {"ACCOUNT", "account"},
                       {"NAME", "name"},
                       {"BY", "rotated_by"},
                       {"OWNER", "owner"},
                       {"STATE", "rotation_state"},
                       {"ID", "id"}});
        }
        return rows.empty() ? int{kDone} : int{kFoundSomething};
      });
  Command(token, runner, "extend", "give a temporary token a later end, within the policy")
      .positional("ID", "id", "its id")
      .instant("--expires-at", "expires_at", "its new end, such as 2027-02-24T18:00:00Z")
      .duration("--expires-in", "expires_in", "its new end, counted from now, such as 30d")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        if (call.body.contains("expires_at") == call.body.contains("expires_in"))
          return call.complain(fail(Errc::kInvalidArgument, "Give exactly one of --expires-at T and --expires-in 30d."));
        return call.post(api_path({"tokens", call.text("id"), "extend"}), print_record);
      });
}

}  // namespace gatehouse::cli
