// gatehouse register …, gatehouse report migration, gatehouse report bypass
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/nouns.h"
#include "cli/print.h"
#include "cli/secret_input.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

std::string given(const Call& call, std::string_view name) {
  const json::value* member = call.body.if_contains(name);
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

/// Takes an option out of the body: it is not the REST API's.
std::string taken(Call& call, std::string_view name) {
  std::string value = given(call, name);
  call.body.erase(name);
  return value;
}

Result<std::string> read_file(const Call& call, const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(call.context.in), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kInvalidArgument, "The file " + path + " can't be read.");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return success();
  return fail(Errc::kInvalidArgument, "The file " + path.string() + " can't be written.");
}

/// One page for each automation, named by its handle: letters, digits and hyphens.
int export_pages(Call& call, const Client& client, const std::filesystem::path& folder) {
  const auto entries = client.list(api_path({"accounts"}), call.query());
  if (!entries) return call.complain(entries.error());
  if (!entries.value().ok()) return call.complain(entries.value());
  json::array files;
  for (const json::value& account : entries.value().body.as_array()) {
    const std::string handle(account.at("handle").as_string());
    const auto page = client.send("GET", api_path({"register", "entries", handle, "page"}));
    if (!page) return call.complain(page.error());
    if (!page.value().ok()) return call.complain(page.value());
    const std::filesystem::path file = folder / (handle + ".md");
    if (const auto written = write_file(file, page.value().text); !written) return call.complain(written.error());
    files.emplace_back(file.string());
  }
  if (call.context.json) call.context.out << json::serialize(json::object{{"files", files}}) << "\n";
  call.context.err << files.size() << " pages in " << folder.string() << ".\n";
  return kDone;
}

int export_register(Call& call) {
  const std::filesystem::path folder = taken(call, "output");
  const std::string format = given(call, "format");
  const auto client = Client::make(call.context);
  if (!client) return call.complain(client.error());
  std::error_code problem;
  if (!folder.empty()) std::filesystem::create_directories(folder, problem);
  if (problem) return call.complain(fail(Errc::kInvalidArgument, "The folder " + folder.string() + " can't be made."));
  if (!folder.empty() && format == "markdown") {
    call.body.erase("format");
    return export_pages(call, client.value(), folder);
  }
  const auto answer = client.value().send("GET", with_query(api_path({"register", "export"}), call.query()));
  if (!answer) return call.complain(answer.error());
  if (!answer.value().ok()) return call.complain(answer.value());
  const std::string& text = answer.value().text;
  if (folder.empty()) {
    // With --json there is one document: the JSON export itself, or the text of another format as a member.
    const bool wrapped = call.context.json && format != "json";
    call.context.out << (wrapped ? json::serialize(json::object{{"format", format}, {"text", text}}) + "\n" : text);
    return kDone;
  }
  const std::filesystem::path file = folder / ("register." + format);
  if (const auto written = write_file(file, text); !written) return call.complain(written.error());
  if (call.context.json)
    call.context.out << json::serialize(json::object{{"files", json::array{json::value(file.string())}}}) << "\n";
  call.context.err << file.string() << " was written.\n";
  return kDone;
}

void print_listing(Context& context, const json::value& body) {
  const json::object& outcome = body.as_object();
  print_table(context, outcome.at("changes"),
              {{"CHANGE", "change"}, {"ACCOUNT", "account"}, {"NAME", "name"}, {"ENDS", "expires_at"}, {"ID", "id"}});
  for (const json::value& note : outcome.at("notes").as_array()) context.err << printable(note.as_string()) << "\n";
  context.err << (outcome.at("dry_run").as_bool() ? "Nothing was changed (--dry-run). It would be: " : "") << outcome.at("added")
              << " added, " << outcome.at("updated") << " updated, " << outcome.at("unchanged") << " unchanged, "
              << outcome.at("vanished") << " vanished, " << outcome.at("returned") << " returned; "
              << outcome.at("accounts_added") << " entries and " << outcome.at("users_added") << " people added.\n";
}

void print_import(Context& context, const json::value& body) {
  const json::object& outcome = body.as_object();
  for (const json::value& handle : outcome.at("created").as_array()) {
    context.out << "created " << printable(handle.as_string()) << "\n";
  }
  for (const json::value& one : outcome.at("changed").as_array()) {
    context.out << "changed " << printable(one.at("account").as_string()) << ": " << in_words(one.at("fields")) << "\n";
  }
  context.err << (outcome.at("dry_run").as_bool() ? "Nothing was changed (--dry-run). It would be: " : "")
              << outcome.at("created").as_array().size() << " created, " << outcome.at("changed").as_array().size()
              << " changed, " << outcome.at("unchanged") << " unchanged; " << outcome.at("credentials_added")
              << " external credentials added, " << outcome.at("credentials_changed") << " changed.\n";
}

/// By the name of the file, where --format does not say.
std::string format_of(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".csv") return "csv";
  if (extension == ".json") return "json";
  return extension == ".yaml" || extension == ".yml" ? "yaml" : "";
}

int import_from_atlassian(Call& call) {
  const std::string key_file = taken(call, "atlassian_key_file");
  call.body.erase("from_atlassian");
  if (given(call, "organization").empty() || key_file.empty()) {
    return call.complain(
        fail(Errc::kInvalidArgument, "--from-atlassian needs --org ID and --key-file F (the organization's API key)."));
  }
  auto key = read_secret(call.context, key_file, "API key of the organization: ");
  if (!key) return call.complain(key.error());
  call.body["key"] = key.value().expose();
  return call.post(api_path({"register", "import", "atlassian"}), print_listing);
}

int import_register(Call& call) {
  const std::string file = call.text("file");
  const bool from_api = call.body.contains("from_atlassian");
  const std::string csv = given(call, "atlassian_csv");
  if ((file.empty() ? 0 : 1) + (from_api ? 1 : 0) + (csv.empty() ? 0 : 1) != 1) {
    return call.complain(fail(Errc::kInvalidArgument, "Give exactly one of FILE, --from-atlassian and --atlassian-csv FILE."));
  }
  if (from_api) return import_from_atlassian(call);
  const std::string path = csv.empty() ? file : csv;
  auto text = read_file(call, path);
  if (!text) return call.complain(text.error());
  call.body["text"] = text.value();
  if (!csv.empty()) {
    call.body.erase("atlassian_csv");
    return call.post(api_path({"register", "import", "atlassian-csv"}), print_listing);
  }
  if (given(call, "format").empty()) call.body["format"] = format_of(path);
  if (given(call, "format").empty()) {
    return call.complain(fail(Errc::kInvalidArgument, "Say --format csv, json or yaml; the name of the file does not."));
  }
  return call.post(api_path({"register", "import"}), print_import);
}

/// Exit 6 where `count` says that there is something.
int report(Call& call, std::string_view name, std::string_view count, const std::vector<Column>& columns,
           const std::function<void(Context&, const json::object&)>& words) {
  int status = kDone;
  const json::value body = call.fetch("GET", api_path({"reports", name}), status);
  if (status != kDone) return status;
  if (call.context.json) {
    call.context.out << json::serialize(body) << "\n";
  } else {
    if (!body.at("items").as_array().empty()) print_table(call.context, body.at("items"), columns);
    words(call.context, body.as_object());
  }
  return body.as_object().at(count).as_int64() > 0 ? kFoundSomething : kDone;
}

int migration(Call& call) {
  return report(call, "migration", "personal_left",
                {{"ACCOUNT", "account"},
                 {"OWNER", "owner"},
                 {"PROGRESS", "progress"},
                 {"OLD TOKENS", "old_tokens"},
                 {"PERSONAL", "personal_tokens"},
                 {"LAST ACTIVE", "old_last_active_at"},
                 {"GATEHOUSE SINCE", "gateway_since"}},
                [](Context& context, const json::object& body) {
                  context.err << body.at("done") << " of " << body.at("automations") << " automations have no old token left, "
                              << body.at("moving") << " are moving; " << body.at("old_tokens_left") << " old tokens are left, "
                              << body.at("personal_left") << " of them held by people.\n";
                });
}

int bypass(Call& call) {
  return report(call, "bypass", "count",
                {{"LAST ACTIVE", "last_active_at"},
                 {"GATEHOUSE SINCE", "gateway_since"},
                 {"ACCOUNT", "account"},
                 {"TOKEN", "name"},
                 {"HELD BY", "holder"},
                 {"OWNER", "owner"},
                 {"ID", "id"}},
                [](Context& context, const json::object& body) {
                  context.err << body.at("count") << " old tokens went past Gatehouse, as the last import saw it.\n";
                });
}

void add_import(CLI::App* noun, Runner runner) {
  Command command(noun, runner, "import", "create and change entries as a file or Atlassian says; all of it or nothing");
  // --key-file is the organization's key here, as --url of `site add` is the site's: the administrator key is named by
  // GATEHOUSE_KEY, or before the noun.
  command.without_key_file();
  command.positional("FILE", "file", "CSV, JSON or YAML as `register export` writes it; - for standard input", false)
      .choice("--format", "format", "of FILE, where its name does not say", {"csv", "json", "yaml"})
      .flag("--from-atlassian", "from_atlassian", "read API tokens and service accounts by Atlassian's Admin API")
      .text("--org", "organization", "the organization's id at Atlassian")
      .text("--key-file", "atlassian_key_file",
            "a file with the organization's API key, or - for standard input (the administrator key: GATEHOUSE_KEY)")
      .text("--api-url", "url", "where the Admin API is; https://api.atlassian.com by default")
      .text("--atlassian-csv", "atlassian_csv", "Atlassian's CSV export of API tokens")
      .text("--owner", "owner", "who answers for what no person holds; you by default")
      .flag("--dry-run", "dry_run", "check, and say what would be changed")
      .run(import_register);
}

}  // namespace

void add_register_commands(CLI::App& root, Runner runner) {
  CLI::App* noun = add_noun(root, "register", "every automation: what it does, where it runs, whose it is, how it rotates");
  Command(noun, runner, "list", "list the entries")
      .text("--owner", "owner", "whose they are, as owner or deputy")
      .flag("--archived", "archived", "these as well")
      .run([](Call& call) {
        return call.list(api_path({"register"}), [](Context& context, const json::value& items) {
          print_table(context, items,
                      {{"HANDLE", "handle"},
                       {"OWNER", "owner"},
                       {"DEPUTY", "deputy"},
                       {"CRITICALITY", "criticality"},
                       {"RUNS IN", "runs_in"},
                       {"REGISTER ONLY", "external"},
                       {"STATE", "state"},
                       {"PURPOSE", "purpose"}});
        });
      });
  Command(noun, runner, "show", "show one entry: declared beside observed")
      .positional("HANDLE", "handle", "the service account's handle")
      .run([](Call& call) {
        return call.get(api_path({"register", "entries", call.text("handle")}), print_record);
      });
  Command(noun, runner, "export", "write the register as a file, or one page for each automation")
      .choice("--format", "format", "of the file", {"csv", "json", "yaml", "markdown"})
      .required()
      .text("-o,--output", "output", "a folder: register.csv, .json or .yaml, or HANDLE.md for each automation")
      .text("--owner", "owner", "whose they are, as owner or deputy")
      .flag("--archived", "archived", "these as well")
      .run(export_register);
  add_import(noun, runner);
  Command(noun, runner, "assign", "give an external credential to the automation that it belongs to")
      .positional("ID", "id", "the credential's id")
      .text("--account", "account", "the automation, by its handle")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"register", "credentials", call.text("id"), "assign"}), print_record);
      });
  CLI::App* report_noun = add_noun(root, "report", "what somebody should know");
  Command(report_noun, runner, "migration",
          "how far automations with old tokens have moved; exit 6 while people's tokens are left")
      .run(migration);
  Command(report_noun, runner, "bypass", "old tokens that are still used past Gatehouse; exit 6 where there are some")
      .run(bypass);
}

}  // namespace gatehouse::cli
