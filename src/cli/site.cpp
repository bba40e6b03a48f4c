// gatehouse site …
#include <iostream>
#include <memory>

#include "cli/file_input.h"
#include "cli/nouns.h"
#include "cli/print.h"
#include "cli/secret_input.h"

namespace gatehouse::cli {
namespace {

using File = std::shared_ptr<std::string>;

/// The secret never stands on the command line: it is read when the command runs.
int with_secret(Call& call, const std::string& file, const std::function<int()>& send) {
  if (const auto* header = call.body.if_contains("header")) {
    json::value name = *header;
    call.body["username"] = std::move(name);
    call.body.erase("header");
  }
  const auto* auth = call.body.if_contains("auth");
  const bool none = auth && *auth == "none";
  if (!none) {
    const auto secret = read_secret(call.context, file, "Secret for the site");
    if (!secret) return call.complain(secret.error());
    call.body["secret"] = secret.value().expose();
  }
  return send();
}

Command& with_secret_options(Command& command, const File& file, bool auth_required) {
  command.choice("--auth", "auth", "how Gatehouse shows itself to the site", {"none", "basic", "bearer", "header", "oauth2"});
  if (auth_required) command.required();
  command.text("--username", "username", "of basic: the e-mail address of the Atlassian account; of oauth2: the client id")
      .text("--header", "header", "of header: the name of the field that carries the secret, such as X-Api-Key")
      .text("--token-url", "token_url", "of oauth2: where access tokens come from; Atlassian's by default")
      .instant("--expires-at", "expires_at", "when the secret ends at the site")
      .text("--owner", "owner", "who answers for it, by e-mail address")
      .text("--deputy", "deputy", "who is told beside the owner, by e-mail address")
      .texts("--scopes", "scopes", "what it was made for at the site; the least that covers an operation is used");
  command.local("--secret-file", file, "a file with the secret, or - for standard input; else it is asked for");
  return command;
}

void add_credential_commands(CLI::App* site, Runner runner) {
  CLI::App* noun = add_noun(*site, "credential", "what Gatehouse shows to a site");
  for (const bool rotate : {false, true}) {
    auto file = std::make_shared<std::string>();
    Command command(noun, runner, rotate ? "rotate" : "add",
                    rotate ? "replace a live credential by another secret, which is tried first"
                           : "give a site, or an account on it, a credential, which is tried first");
    command.text("--site", "site", "the site, by key")
        .required()
        .text("--account", "account", "a service account's own credential");
    if (rotate) command.positional("ID", "id", "which one; needed where the account has several", false);
    if (!rotate) command.flag("--no-check", "no_check", "add it without trying it at the site first");
    with_secret_options(command, file, !rotate).run([file, rotate](Call& call) {
      const std::string site_key(call.body["site"].as_string());
      call.body.erase("site");
      if (const std::string id = call.text("id"); rotate && !id.empty()) call.body["credential"] = id;
      const std::string path = api_path({"sites", site_key, "credentials"}) + (rotate ? "/rotate" : "");
      return with_secret(call, *file, [&] { return call.post(path, print_record); });
    });
  }
  Command(noun, runner, "list", "list them, without secrets")
      .text("--site", "site", "the site, by key")
      .required()
      .flag("--revoked", "revoked", "these as well")
      .run([](Call& call) {
        const std::string site_key(call.body["site"].as_string());
        call.body.erase("site");
        return call.list(api_path({"sites", site_key, "credentials"}), [](Context& context, const boost::json::value& items) {
          print_table(context, items,
                      {{"ID", "id"},
                       {"ACCOUNT", "account"},
                       {"AUTH", "auth"},
                       {"USERNAME", "username"},
                       {"SCOPES", "scopes"},
                       {"OWNER", "owner"},
                       {"DEPUTY", "deputy"},
                       {"EXPIRES", "expires_at"},
                       {"STATE", "state"}});
        });
      });
  Command(noun, runner, "edit", "correct what was entered about one of them")
      .positional("ID", "id", "the credential's id")
      .text("--site", "site", "the site, by key")
      .required()
      .text("--owner", "owner", "who answers for it, by e-mail address")
      .text("--deputy", "deputy", "by e-mail address; empty: none")
      .instant("--expires-at", "expires_at", "when the secret ends at the site")
      .texts("--scopes", "scopes", "what it was made for at the site; empty: not declared")
      .run([](Call& call) {
        const std::string site_key(call.body["site"].as_string());
        call.body.erase("site");
        return call.send("PATCH", api_path({"sites", site_key, "credentials", call.text("id")}), print_record);
      });
  Command(noun, runner, "steps", "what a person has to click at Atlassian to make one, or the successor of one")
      .positional("ID", "credential", "the one whose successor is made", false)
      .text("--site", "site", "the site, by key")
      .required()
      .text("--account", "account", "a service account's own")
      .run([](Call& call) {
        const std::string site_key(call.body["site"].as_string());
        call.body.erase("site");
        if (const std::string id = call.text("credential"); !id.empty()) call.body["credential"] = id;
        return call.get(with_query(api_path({"sites", site_key, "credentials", "steps"}), call.query()),
                        [](Context& context, const boost::json::value& answer) {
                          std::size_t number = 0;
                          for (const boost::json::value& step : answer.at("steps").as_array())
                            context.out << ++number << ". " << in_words(step) << "\n";
                        });
      });
  Command(noun, runner, "remove", "revoke one of them")
      .positional("ID", "id", "the credential's id")
      .text("--site", "site", "the site, by key")
      .required()
      .run([](Call& call) {
        const std::string site_key(call.body["site"].as_string());
        call.body.erase("site");
        return call.send("DELETE", api_path({"sites", site_key, "credentials", call.text("id")}), print_record);
      });
}

/// A list of a thousand operations is nothing to read: its length is.
boost::json::value counted(boost::json::value answer) {
  const auto count = [](boost::json::object& object) {
    const auto* list = object.if_contains("uncovered");
    if (list && list->is_array())
      object["uncovered"] = std::to_string(list->as_array().size()) + " operations (--json names them)";
  };
  count(answer.as_object());
  for (boost::json::value& one : answer.at("credentials").as_array()) count(one.as_object());
  return answer;
}

void add_spec_commands(CLI::App* site, Runner runner) {
  CLI::App* noun = add_noun(*site, "spec", "the document of a site of product openapi");
  Command(noun, runner, "get", "write it to standard output, as it was given")
      .positional("KEY", "key", "the site's key")
      .run([](Call& call) {
        return call.get(api_path({"sites", call.text("key"), "spec"}), [](Context& context, const boost::json::value& answer) {
          context.out << std::string(answer.at("document").as_string());
        });
      });
  auto file = std::make_shared<std::string>();
  Command(noun, runner, "set", "replace it; what it does not name is refused from then on")
      .positional("KEY", "key", "the site's key")
      .local("--spec", file, "a file with the document; - for standard input")
      .required()
      .run([file](Call& call) {
        auto text = read_file(call.context, *file);
        if (!text) return call.complain(text.error());
        call.body["spec"] = std::move(text).value();
        return call.send("PUT", api_path({"sites", call.text("key"), "spec"}), print_record);
      });
}

}  // namespace

void add_site_commands(CLI::App& root, Runner runner) {
  CLI::App* site = add_noun(root, "site", "the APIs that Gatehouse stands before");
  auto file = std::make_shared<std::string>();
  auto spec = std::make_shared<std::string>();
  Command add(site, runner, "add", "add a site with the credential that Gatehouse shows to it", Command::Url::kSite);
  add.positional("KEY", "key", "its short name: the first half of every resource")
      .choice("--product", "product", "what answers there", {"jira", "confluence", "openapi"})
      .required()
      .text("--url", "url", "https://acme.atlassian.net")
      .required()
      .text("--cloud-id", "cloud_id", "Atlassian's id of the site")
      .text("--host", "host", "a host name of the gateway that is mapped to this site")
      .text("--budget", "budget", "how much is asked of it in all, such as 600/m; no account takes more than its share")
      .local("--spec", spec, "of openapi: a file with the API's document; - for standard input");
  with_secret_options(add, file, true).run([file, spec](Call& call) {
    call.body["key"] = call.text("key");
    if (!spec->empty()) {
      auto text = read_file(call.context, *spec);
      if (!text) return call.complain(text.error());
      call.body["spec"] = std::move(text).value();
    }
    return with_secret(call, *file, [&] { return call.post(api_path({"sites"}), print_record); });
  });
  Command(site, runner, "list", "list the sites").run([](Call& call) {
    return call.list(api_path({"sites"}), [](Context& context, const boost::json::value& items) {
      print_table(context, items, {{"KEY", "key"}, {"PRODUCT", "product"}, {"URL", "url"}, {"HOST", "host"}, {"STATE", "state"}});
    });
  });
  Command(site, runner, "show", "show one").positional("KEY", "key", "its key").run([](Call& call) {
    return call.get(api_path({"sites", call.text("key")}), print_record);
  });
  Command(site, runner, "edit", "change its address; another origin drops its credentials", Command::Url::kSite)
      .positional("KEY", "key", "its key")
      .text("--url", "url", "the new address")
      .text("--cloud-id", "cloud_id", "empty: none")
      .text("--host", "host", "empty: none")
      .text("--budget", "budget", "how much is asked of it in all, such as 600/m; empty: no limit")
      .run([](Call& call) {
        return call.send("PATCH", api_path({"sites", call.text("key")}), print_record);
      });
  Command test(site, runner, "test", "ask the site who Gatehouse is there, and which operations its credentials can't serve");
  test.positional("KEY", "key", "its key")
      .texts("--probe", "probe", "two scratch projects, A,B: what is not known of Jira is tried on them, and removed again");
  test.run([](Call& call) {
    int status = kDone;
    const auto answer = call.fetch("POST", api_path({"sites", call.text("key"), "test"}), status);
    if (status != kDone) return status;
    if (call.context.json) {
      call.context.out << boost::json::serialize(answer) << "\n";
    } else {
      print_record(call.context, counted(answer));
    }
    if (!answer.at("ok").as_bool()) status = kFoundSomething;
    return status;
  });
  Command pause(site, runner, "pause", "let no request through to it");
  with_paused_resource(with_pause_options(pause.positional("KEY", "key", "its key"))).run([](Call& call) {
    return call.post(api_path({"sites", call.text("key"), "pause"}), print_record);
  });
  Command resume(site, runner, "resume", "end its pause");
  with_paused_resource(resume.positional("KEY", "key", "its key")).run([](Call& call) {
    return call.post(api_path({"sites", call.text("key"), "resume"}), print_record);
  });
  Command(site, runner, "remove", "remove it; its credentials are revoked")
      .positional("KEY", "key", "its key")
      .run([](Call& call) {
        return call.send("DELETE", api_path({"sites", call.text("key")}), print_record);
      });
  add_credential_commands(site, runner);
  add_spec_commands(site, runner);
}

}  // namespace gatehouse::cli
