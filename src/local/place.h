// Where an installation lies, as commands that open the data folder themselves take it. Used by local/ and main/.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/data_folder.h"

namespace gatehouse::local {

struct Place {
  std::string data;
  std::string database;  ///< empty: SQLite in the data folder
  store::MasterKeySource master_key;
  bool json = false;
};

/// --data, --database, the master key's options and --json.
void add_place_options(CLI::App& command, Place& place);
/// --json may stand before or after the command's name.
bool wants_json(const CLI::App& root, const Place& place);

/// The exit status of a command that failed so (design section 6).
int exit_status(Errc code);
/// Says what is wrong on standard error; the exit status for it.
int complain(std::string_view command, const Error& error);

}  // namespace gatehouse::local
