#include "local/place.h"

#include <iostream>

namespace gatehouse::local {

void add_place_options(CLI::App& command, Place& place) {
  command.add_option("--data", place.data, "the data folder")->required();
  command.add_option("--database", place.database, "postgresql://… instead of SQLite in the data folder")
      ->envname("GATEHOUSE_DATABASE");
  command.add_option("--master-key-file", place.master_key.file, "where the master key lies, if not in the data folder");
  command.add_option("--master-key-fd", place.master_key.descriptor, "descriptor that the master key is read from");
  command.add_option("--master-key-credential", place.master_key.systemd_credential, "name of a systemd credential");
  command.add_flag("--json", place.json, "one JSON document on standard output");
}

bool wants_json(const CLI::App& root, const Place& place) {
  const CLI::Option* const flag = root.get_option_no_throw("--json");
  return place.json || (flag != nullptr && flag->count() > 0);
}

int exit_status(Errc code) {
  switch (code) {
    case Errc::kInvalidArgument: return 2;
    case Errc::kNotAllowed: return 3;
    case Errc::kNotFound: return 4;
    case Errc::kConflict: return 5;
    default: return 1;
  }
}

int complain(std::string_view command, const Error& error) {
  std::cerr << "gatehouse " << command << ": " << error.public_detail << "\n";
  if (!error.log_detail.empty()) std::cerr << "  (" << error.log_detail << ")\n";
  return exit_status(error.code);
}

}  // namespace gatehouse::local
