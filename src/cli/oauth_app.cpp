// gatehouse app …
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

std::string member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? in_words(*value) : "-";
}

std::string words_of_new(const json::object& app) {
  return "App " + member(app, "client_id") + ", which may ask people for " + member(app, "scopes") + " on " +
         member(app, "resources") + ".\nThis is the only time that its secret is shown.\n";
}

std::string words_of_successor(const json::object& app) {
  return "Successor of " + member(app, "replaces") + " in app " + member(app, "client_id") +
         ". The old secret works on; its overlap begins with the first use of this one.\n"
         "This is the only time that its secret is shown.\n";
}

int create(Call& call) {
  const auto* flag = call.body.if_contains("public");
  if (!flag || !flag->is_bool() || !flag->get_bool())
    return call.send_for_secret(api_path({"apps"}), "client_secret", words_of_new);
  return call.post(api_path({"apps"}), [](Context& context, const json::value& answer) {
    context.out << member(answer.as_object(), "client_id") << "\n";
    context.err << "It can keep no secret, and has none: it proves itself with PKCE.\n";
  });
}

}  // namespace

void add_app_commands(CLI::App& root, Runner runner) {
  CLI::App* app = add_noun(root, "app", "apps that act for people (3LO), and what people let them do");
  Command(app, runner, "create", "create an app")
      .text("--name", "name", "what people read on the page where they consent")
      .required()
      .texts("--redirect-uri", "redirect_uris", "where people are sent back to; may be repeated")
      .required()
      .texts("--scopes", "scopes", "the most that it may ask for, with commas between them")
      .required()
      .texts("--resource,--project,--space", "resources", "likewise: acme/A or acme/*; by default every site as a whole")
      .text("--account", "account", "its service account, by handle; by default one is made for it")
      .flag("--public", "public", "it can keep no secret (it runs on people's machines) and needs PKCE")
      .flag("--device", "device", "it may begin on a device without a browser (RFC 8628)")
      .run([](Call& call) { return create(call); });
  Command(app, runner, "list", "list the apps, ended ones too").run([](Call& call) {
    return call.list(api_path({"apps"}), [](Context& context, const json::value& items) {
      print_table(context, items,
                  {{"CLIENT ID", "client_id"},
                   {"NAME", "name"},
                   {"ACCOUNT", "account"},
                   {"REDIRECT", "redirect_uris"},
                   {"EXPIRES", "expires_at"},
                   {"OWNER", "owner"},
                   {"STATE", "state"}});
    });
  });
  Command(app, runner, "rotate", "make a successor of its secret")
      .positional("ID", "id", "its client id")
      .duration("--overlap", "overlap",
                "how long the old secret works after the first use of the new one, such as 7d; kept for later rotations")
      .run([](Call& call) {
        return call.send_for_secret(api_path({"apps", call.text("id"), "rotate"}), "client_secret", words_of_successor);
      });
  Command(app, runner, "revoke", "end it and all that people let it do, for ever")
      .positional("ID", "id", "its client id")
      .text("--reason", "reason", "why; stands in the audit log")
      .run([](Call& call) {
        return call.post(api_path({"apps", call.text("id"), "revoke"}), print_record);
      });
  Command(app, runner, "consents", "list what you let apps do")
      .text("--user", "user", "what somebody else does, by e-mail address; for administrators and auditors")
      .run([](Call& call) {
        return call.list(api_path({"consents"}), [](Context& context, const json::value& items) {
          print_table(context, items,
                      {{"ID", "id"}, {"APP", "app_name"}, {"USER", "user"}, {"SCOPES", "scopes"}, {"RESOURCES", "resources"}});
        });
      });
  Command(app, runner, "withdraw", "take a consent back; its tokens end at once")
      .positional("ID", "id", "the consent's id")
      .run([](Call& call) {
        return call.post(api_path({"consents", call.text("id"), "withdraw"}), print_record);
      });
}

}  // namespace gatehouse::cli
