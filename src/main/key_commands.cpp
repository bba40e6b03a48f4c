#include "main/key_commands.h"

#include <boost/json.hpp>
#include <memory>
#include <ostream>

#include "admin/index_feed.h"
#include "admin/rotate_keys.h"
#include "local/place.h"
#include "main/installation.h"

namespace gatehouse {
namespace {

/// The new keyring first, whole and flushed: it holds every older key, so that a crash at any point leaves all readable.
Result<admin::RotatedKeys> rotate(const Settings& settings) {
  GH_TRYV(Installation::add_keys(settings));
  GH_TRY(const auto installation, Installation::open(settings));
  GH_TRYV(installation->services().feed->load());
  Caller caller;
  caller.actor_kind = "local";
  caller.actor_name = "key rotate";
  return admin::seal_all_again(installation->services(), caller);
}

void tell(const admin::RotatedKeys& rotated, const Settings& settings, const cli::Context& context) {
  boost::json::array unreadable;
  for (const std::string& id : rotated.unreadable) unreadable.emplace_back(id);
  if (context.json) {
    context.out << boost::json::serialize(boost::json::object{{"epoch", rotated.epoch},
                                                              {"sealed_again", rotated.sealed_again},
                                                              {"older_tokens", rotated.older_tokens},
                                                              {"unreadable", unreadable}})
                << std::endl;
  }
  context.err << "New keys are in force (epoch " << rotated.epoch << "); " << rotated.sealed_again
              << " upstream credentials were sealed anew.\n";
  for (const std::string& id : rotated.unreadable)
    context.err << "No key opens upstream credential " << id << ": give it again with `gatehouse site credential rotate`.\n";
  context.err << "The older keys are kept, since these still need them: " << rotated.older_tokens
              << " live token secrets (until they are rotated), administrator keys,\n"
              << "webhook secrets, older audit records and older backups. The master key is the same as before.\n";
  if (!settings.database.empty()) {
    context.err << "Other nodes: copy " << settings.data
                << "/keyring to each before it starts again; until then it can't read what is written from now on.\n";
  }
}

}  // namespace

void add_key_commands(CLI::App& root, cli::Context& context, int& exit_status) {
  auto settings = std::make_shared<Settings>();
  CLI::App* key = root.add_subcommand("key", "the installation's own keys");
  key->require_subcommand(1);
  CLI::App* command = key->add_subcommand("rotate", "new keys for audit, sealing and token hashes; the server must be stopped");
  command->add_option("--data", settings->data, "the data folder")->required();
  command->add_option("--database", settings->database, "postgresql://… instead of SQLite in the data folder")
      ->envname("GATEHOUSE_DATABASE");
  command->add_option("--master-key-file", settings->master_key.file, "where the master key lies, if not in the data folder");
  command->add_option("--master-key-credential", settings->master_key.systemd_credential, "name of a systemd credential");
  command->callback([settings, &context, &exit_status] {
    const auto rotated = rotate(*settings);
    if (!rotated) {
      exit_status = local::complain("key rotate", rotated.error());
      return;
    }
    tell(rotated.value(), *settings, context);
    exit_status = rotated.value().unreadable.empty() ? cli::kDone : cli::kFoundSomething;
  });
}

}  // namespace gatehouse
