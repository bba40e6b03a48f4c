// What every remote command needs: where the server is, as whom, and where words and data go. main/ makes one.
#pragma once

#include <iosfwd>
#include <string>

namespace gatehouse::cli {

/// Exit statuses that outside scripts rely on.
enum Exit : int {
  kDone = 0,
  kFailed = 1,
  kWrongUsage = 2,
  kNotAllowed = 3,
  kNotFound = 4,
  kConflict = 5,
  kFoundSomething = 6,
  kNotReached = 7,
};

struct Context {
  std::istream& in;
  std::ostream& out;          ///< data: tables, JSON, secrets
  std::ostream& err;          ///< words for people
  std::string url = {};       ///< --url, else GATEHOUSE_URL, else http://127.0.0.1:8481
  std::string key_file = {};  ///< --key-file; else GATEHOUSE_KEY holds the key itself
  bool json = false;
};

}  // namespace gatehouse::cli
