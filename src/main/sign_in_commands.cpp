#include "main/sign_in_commands.h"

#include <boost/json.hpp>
#include <memory>
#include <ostream>

#include "admin/index_feed.h"
#include "admin/sign_in.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "local/place.h"
#include "main/installation.h"
#include "main/settings.h"

namespace gatehouse {
namespace {

struct Options {
  Settings settings;
  std::string email;
  bool invitation = false;
};

Result<admin::MadeLink> make_link(const Options& options) {
  // Without the lock: a server may be running, and who is locked out can't stop it.
  GH_TRY(const auto installation, Installation::open_beside(options.settings));
  admin::Services& services = installation->services();
  GH_TRYV(services.feed->load());
  Caller caller;
  caller.actor_kind = "local";
  caller.actor_name = "user reset-link";
  return admin::reset_link(services, caller, options.email, options.invitation ? admin::kInvitationFor : admin::kLinkFor);
}

int reset_link(const Options& options, cli::Context& context) {
  if (options.settings.data.empty()) return cli::make_sign_in_link(context, options.email, options.invitation);
  const auto link = make_link(options);
  if (!link) {
    context.err << "gatehouse user reset-link: " << link.error().public_detail << "\n";
    if (!link.error().log_detail.empty()) context.err << "  (" << link.error().log_detail << ")\n";
    return local::exit_status(link.error().code);
  }
  std::string base = context.url.empty() ? "http://" + options.settings.admin : context.url;
  while (!base.empty() && base.back() == '/') base.pop_back();
  const std::string url = base + link.value().path;
  if (context.json) {
    context.out << boost::json::serialize(
                       boost::json::object{{"sign_in_url", url}, {"expires_at", format_instant(link.value().ends_at)}})
                << std::endl;
  } else {
    context.out << url << std::endl;
    context.err << "It signs " << options.email << " in once, until " << format_instant(link.value().ends_at)
                << ". Another host name or port of the admin listener is named by --url.\n";
  }
  return cli::kDone;
}

}  // namespace

void add_sign_in_commands(CLI::App& root, cli::Context& context, int& exit_status) {
  const auto options = std::make_shared<Options>();
  CLI::App* user = cli::add_noun(root, "user", "the people who own, administer and are woken up");
  CLI::App* command = user->add_subcommand("reset-link", "make a link that signs a person in once: locked out, or never in yet");
  command->add_option("EMAIL", options->email, "whose")->required();
  command->add_option("--data", options->settings.data, "the data folder, on the host itself; without it the server is asked");
  command->add_option("--database", options->settings.database, "postgresql://… instead of SQLite in the data folder")
      ->envname("GATEHOUSE_DATABASE");
  command->add_option("--master-key-file", options->settings.master_key.file,
                      "where the master key lies, if not in the data folder");
  command->add_option("--master-key-fd", options->settings.master_key.descriptor, "descriptor that the master key is read from");
  command->add_option("--master-key-credential", options->settings.master_key.systemd_credential, "name of a systemd credential");
  command->add_flag("--invitation", options->invitation, "good for 24 hours instead of 15 minutes");
  cli::add_common_options(*command, context, true);
  command->callback([options, &context, &exit_status] { exit_status = reset_link(*options, context); });
}

}  // namespace gatehouse
