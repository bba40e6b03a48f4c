#include "main/host_commands.h"

#include <unistd.h>

#include <boost/json.hpp>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

#include "admin/index_feed.h"
#include "admin/initialize.h"
#include "admin/policy.h"
#include "admin/sign_in.h"
#include "local/place.h"
#include "main/demo.h"
#include "main/doctor.h"
#include "main/installation.h"
#include "main/key_commands.h"
#include "main/serve.h"
#include "main/settings.h"
#include "main/sign_in_commands.h"
#include "sandbox/sandbox.h"

namespace gatehouse {
namespace {

struct Options {
  Settings settings;
  std::string configuration;
  std::string admin_email;
  std::string service_accounts;
  std::uint16_t port = 0;
  bool once = false;
  bool control = false;
};

int tell(const cli::Context& context, std::string_view command, const Error& error) {
  context.err << "gatehouse " << command << ": " << error.public_detail << "\n";
  if (!error.log_detail.empty()) context.err << "  (" << error.log_detail << ")\n";
  return local::exit_status(error.code);
}

void add_place_options(CLI::App& command, Settings& settings) {
  command.add_option("--data", settings.data, "the data folder")->required();
  command.add_option("--database", settings.database, "postgresql://… instead of SQLite in the data folder")
      ->envname("GATEHOUSE_DATABASE");
}

void add_master_key_options(CLI::App& command, store::MasterKeySource& source) {
  command.add_option("--master-key-file", source.file, "where the master key lies, if not in the data folder");
  command.add_option("--master-key-fd", source.descriptor, "descriptor that the master key is read from");
  command.add_option("--master-key-credential", source.systemd_credential, "name of a systemd credential");
}

void add_listener_options(CLI::App& command, Settings& settings) {
  command.add_option("--gateway", settings.gateway, "where the gateway listens")->capture_default_str();
  command.add_option("--admin", settings.admin, "where the panel and the REST API listen")->capture_default_str();
}

/// Asked where somebody sits there to answer; else Atlassian's own free plan.
std::string ask_quota(const std::string& given, const cli::Context& context) {
  if (!given.empty() || context.json || !isatty(STDIN_FILENO)) return given.empty() ? "free" : given;
  context.err
      << "How many service accounts may there be: free (5), guard-standard (250), enterprise (1000), a number, or unlimited? "
         "[free] "
      << std::flush;
  std::string answer;
  std::getline(context.in, answer);
  return answer.empty() ? "free" : answer;
}

Result<void> set_quota(admin::Services& services, const std::string& quota) {
  Caller caller;
  caller.actor_kind = "local";
  caller.actor_name = "init";
  GH_TRYV(admin::set_policy(services, caller, {{"service-accounts", quota}}));
  return success();
}

int initialize(const Settings& settings, const std::string& admin_email, const std::string& service_accounts,
               const cli::Context& context) {
  const std::string quota = ask_quota(service_accounts, context);
  admin::Policy policy;
  if (const auto right = admin::apply_policy(policy, "service-accounts", quota); !right)
    return tell(context, "init", right.error());
  auto installation = Installation::create(settings);
  if (!installation) return tell(context, "init", installation.error());
  admin::Services& services = installation.value()->services();
  if (const auto loaded = services.feed->load(); !loaded) return tell(context, "init", loaded.error());
  const auto key = admin::initialize(services, admin_email);
  if (!key) return tell(context, "init", key.error());
  if (const auto set = set_quota(services, quota); !set) return tell(context, "init", set.error());
  const auto link = admin::first_link(services);
  if (!link) return tell(context, "init", link.error());
  const std::string url = link.value() ? "http://" + settings.admin + link.value()->path : std::string();
  const std::string master = installation.value()->folder().master_key_path();
  if (context.json) {
    context.out << boost::json::serialize(boost::json::object{
                       {"admin_key", key.value().text.expose()}, {"sign_in_url", url}, {"master_key_file", master}})
                << std::endl;
  } else {
    context.out << key.value().text.expose() << std::endl;
    context.err << "That is the administrator key of " << admin_email
                << ". It is shown once; keep it, and set GATEHOUSE_KEY to it.\n";
  }
  context.err << "Within 15 minutes, once the server runs, this signs you in once: " << url << "\n";
  context.err << "Keep a copy of " << master
              << " elsewhere, apart from the backups: without it the upstream credentials can't be\n"
              << "opened, no token can be checked and the audit chain can't be verified, and nobody can make it again.\n"
              << "Next: gatehouse serve --data " << settings.data << "\n";
  return cli::kDone;
}

Result<void> settle(Options& options, const CLI::App& command) {
  // The file lies under the flags: what was given as a flag is put back over it.
  GH_TRYV(read_environment(options.settings));
  if (!options.configuration.empty()) {
    Settings from_file = options.settings;
    GH_TRYV(read_configuration(options.configuration, from_file));
    const Settings flags = std::exchange(options.settings, std::move(from_file));
    // `doctor` has not all of them.
    const auto given = [&command](const char* name) {
      const CLI::Option* const option = command.get_option_no_throw(name);
      return option != nullptr && option->count() > 0;
    };
    if (given("--data")) options.settings.data = flags.data;
    if (given("--database")) options.settings.database = flags.database;
    if (given("--gateway")) options.settings.gateway = flags.gateway;
    if (given("--admin")) options.settings.admin = flags.admin;
    if (given("--threads")) options.settings.threads = flags.threads;
    if (given("--public-url")) options.settings.public_url = flags.public_url;
    if (given("--tls-cert")) options.settings.server.tls_certificate_file = flags.server.tls_certificate_file;
    if (given("--tls-key")) options.settings.server.tls_key_file = flags.server.tls_key_file;
    if (given("--trusted-proxy")) options.settings.trusted_proxies = flags.trusted_proxies;
    if (given("--proxy-protocol")) options.settings.server.proxy_protocol = flags.server.proxy_protocol;
    if (given("--register-only")) options.settings.register_only = flags.register_only;
  }
  return complete(options.settings);
}

void add_init(CLI::App& root, cli::Context& context, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = root.add_subcommand("init", "make a data folder, its keys and the first administrator");
  add_place_options(*command, options->settings);
  command->add_option("--admin", options->settings.admin, "where the admin listener will be: the link to sign in leads there")
      ->capture_default_str();
  command->add_option("--admin-email", options->admin_email, "e-mail of the first organization administrator")->required();
  command->add_option(
      "--service-accounts", options->service_accounts,
      "how many there may be: free (5), guard-standard (250), enterprise (1000), a number, or unlimited; asked where "
      "somebody sits at the terminal, else free");
  command->callback([options, &context, &exit_status] {
    exit_status = initialize(options->settings, options->admin_email, options->service_accounts, context);
  });
}

void add_serve(CLI::App& root, cli::Context& context, int& exit_status) {
  auto options = std::make_shared<Options>();
  Settings& settings = options->settings;
  CLI::App* command = root.add_subcommand("serve", "run the gateway and the admin listener");
  command->add_option("--data", settings.data, "the data folder");
  command->add_option("--database", settings.database, "postgresql://… instead of SQLite in the data folder")
      ->envname("GATEHOUSE_DATABASE");
  add_master_key_options(*command, settings.master_key);
  add_listener_options(*command, settings);
  command->add_option("--threads", settings.threads, "gateway threads")->check(CLI::Range(1U, 256U))->capture_default_str();
  command->add_option("--config", options->configuration, "TOML file; flags win over it (docs/operate/configuration.md)");
  command->add_option("--public-url", settings.public_url,
                      "what clients reach the gateway under, such as https://gatehouse.example");
  command->add_option("--tls-cert", settings.server.tls_certificate_file, "PEM certificate with its chain");
  command->add_option("--tls-key", settings.server.tls_key_file, "PEM key");
  command->add_option("--trusted-proxy", settings.trusted_proxies, "network whose X-Forwarded-For or PROXY header is believed");
  command->add_flag("--proxy-protocol", settings.server.proxy_protocol,
                    "trusted proxies begin each connection with a PROXY header");
  command->add_flag("--register-only", settings.register_only, "no gateway: the register and its reports alone");
  command->callback([options, command, &context, &exit_status] {
    const auto settled = settle(*options, *command);
    exit_status = settled ? serve(options->settings, context.json) : tell(context, "serve", settled.error());
  });
}

void add_sandbox(CLI::App& root, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = root.add_subcommand("sandbox", "a small Jira to try things on, its dangers included");
  command->add_option("--port", options->port, "port on 127.0.0.1; 0 takes any free one")->capture_default_str();
  command->add_flag("--control", options->control, "answer /__sandbox/… to whoever asks (sandbox/HAZARDS.md): for tests");
  command->callback([options, &exit_status] { exit_status = sandbox::run_sandbox(options->port, options->control); });
}

void add_demo(CLI::App& root, cli::Context& context, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = root.add_subcommand("demo", "a walk through the main job on the sandbox; stays up afterwards");
  command->add_option("--data", options->settings.data, "the data folder to make; without it a temporary one");
  add_listener_options(*command, options->settings);
  command->add_flag("--once", options->once, "end after the walk");
  command->callback([options, &context, &exit_status] { exit_status = demo(options->settings, options->once, context); });
}

void add_doctor(CLI::App& root, cli::Context& context, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = root.add_subcommand("doctor", "look over an installation: folder, keys, database, audit chain, sites");
  add_place_options(*command, options->settings);
  add_master_key_options(*command, options->settings.master_key);
  command->add_option("--config", options->configuration, "the TOML file that `serve` is given");
  command->callback([options, command, &context, &exit_status] {
    const auto settled = settle(*options, *command);
    exit_status = settled ? doctor(options->settings, context) : tell(context, "doctor", settled.error());
  });
}

}  // namespace

void add_host_commands(CLI::App& root, cli::Context& context, int& exit_status) {
  add_demo(root, context, exit_status);
  add_init(root, context, exit_status);
  add_serve(root, context, exit_status);
  add_sandbox(root, exit_status);
  add_doctor(root, context, exit_status);
  add_key_commands(root, context, exit_status);
  add_sign_in_commands(root, context, exit_status);
}

}  // namespace gatehouse
