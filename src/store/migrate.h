// The schema's forward-only migrations, embedded from migrations/. Used inside store/ only.
#pragma once

#include "base/result.h"
#include "store/session.h"

namespace gatehouse::store {

/// Brings an empty or older schema up to `version`, each step in one transaction; several processes may try at once. kUnsupported
/// where a newer program made the schema.
Result<void> migrate(Session& session, const std::string& name, int version);
/// The newest version that this program knows.
int newest_schema() noexcept;

}  // namespace gatehouse::store
