// CQL of a bounded token, narrowed to its spaces: Confluence's half of confine.cpp, which alone calls this.
#pragma once

#include "catalogue/operation.h"
#include "gateway/query_proof.h"
#include "gateway/refusal.h"
#include "gateway/request.h"

namespace gatehouse::gateway {

/// CQL names spaces by key, and keys change hands: each permitted space's key of this moment is asked for first. kAsk: look-ups
/// must be answered; kNo: none of the spaces is there any more.
Proven know_space_keys(const catalogue::Operation& operation, Request& request);
/// Narrows each CQL of the query, and adds one where the client gave none. What they name is added to Request::named_in_cql.
Step<bool> confine_cql_queries(const catalogue::Operation& operation, bool relaxed, Request& request);
/// Whether the named thing lies inside.
Proven prove(const query::CqlNamedThing& thing, Request& request);
std::string_view explain_named(query::CqlNamedThing::Kind kind) noexcept;

}  // namespace gatehouse::gateway
