// What a Database consists of. Used inside store/ only (database.cpp, dump.cpp).
#pragma once

#include <memory>

#include "store/change_feed.h"
#include "store/database.h"
#include "store/pool.h"

namespace gatehouse::store {

struct DatabaseState {
  DatabaseState(const Target& target, const DatabaseOptions& chosen)
      : options(chosen),
        writers(target, {chosen.wait, chosen.max_pages}, 1),
        readers(target, {chosen.wait, chosen.max_pages}, chosen.readers < 1 ? 1 : chosen.readers) {}

  DatabaseOptions options;
  SessionPool writers;  ///< one: the chain orders writers anyway
  SessionPool readers;
  std::unique_ptr<ChangeFeed> feed;
};

}  // namespace gatehouse::store
