#include "local/backup_commands.h"

#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "crypto/self_test.h"
#include "local/place.h"
#include "store/backup.h"

namespace gatehouse::local {
namespace {

struct BackupOptions {
  Place place;
  std::string file;
};

std::string database_of(const Place& place, const store::DataFolder& folder) {
  return place.database.empty() ? folder.database_path() : place.database;
}

void report(const store::BackupSummary& summary, const BackupOptions& options, bool json, std::string_view words) {
  if (json) {
    std::cout << boost::json::serialize(boost::json::object{{"file", options.file},
                                                            {"rows", summary.rows},
                                                            {"change", summary.change},
                                                            {"audit_sequence", summary.audit_sequence}})
              << std::endl;
  }
  std::cerr << words << ": " << summary.rows << " rows, up to audit record " << summary.audit_sequence << "\n";
}

Result<store::BackupSummary> back_up(const BackupOptions& options) {
  GH_TRYV(crypto::self_test());
  SystemRandom random;
  // Without the lock: a server may be running.
  GH_TRY(const auto folder, store::DataFolder::open_beside(options.place.data, options.place.master_key));
  GH_TRY(const auto database, store::Database::open(database_of(options.place, folder)));
  return store::write_backup(*database, folder, options.file, random);
}

Result<store::BackupSummary> restore(const BackupOptions& options) {
  GH_TRYV(crypto::self_test());
  GH_TRY(auto folder, store::DataFolder::claim(options.place.data, options.place.master_key));
  return store::restore_backup(options.file, folder, database_of(options.place, folder));
}

}  // namespace

void add_backup_commands(CLI::App& root, int& exit_status) {
  const auto backup = std::make_shared<BackupOptions>();
  CLI::App* command = root.add_subcommand("backup", "write everything to one sealed file, while a server may be running");
  command->add_option("FILE", backup->file, "a new file; older ones are never overwritten")->required();
  add_place_options(*command, backup->place);
  command->callback([backup, &root, &exit_status] {
    const auto summary = back_up(*backup);
    exit_status = summary ? 0 : complain("backup", summary.error());
    if (!summary) return;
    report(summary.value(), *backup, wants_json(root, backup->place), "Written to " + backup->file);
    std::cerr << "It can be read with the installation's master key only, which is not in it.\n";
  });

  const auto given = std::make_shared<BackupOptions>();
  command = root.add_subcommand("restore", "fill an empty data folder and database from a backup");
  command->add_option("FILE", given->file, "what `gatehouse backup` wrote")->required();
  add_place_options(*command, given->place);
  command->callback([given, &root, &exit_status] {
    const auto summary = restore(*given);
    exit_status = summary ? 0 : complain("restore", summary.error());
    if (!summary) return;
    report(summary.value(), *given, wants_json(root, given->place), "Restored into " + given->place.data);
    std::cerr << "What was revoked after record " << summary.value().audit_sequence
              << " is live again: if a newer audit.head was kept elsewhere, compare it (gatehouse audit verify --head FILE).\n";
  });
}

}  // namespace gatehouse::local
