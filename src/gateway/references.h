// Which identifiers a request holds: its path, query and body, each classified by the operation's rows. Used by locate alone.
#pragma once

#include <string_view>

#include "gateway/refusal.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {

/// Fills Request::references and Outgoing's path and query. What is not classified refuses a bounded request.
Step<bool> collect_from_head(const Matched& matched, ThreadState& thread, Request& request);
/// Reads the body by its rows (Request::reading) and adds its references.
Step<bool> collect_from_body(const Matched& matched, ThreadState& thread, Request& request);

/// Settles the reference, or leaves it open where a question has to be answered first.
void resolve(Reference& reference, Request& request);

}  // namespace gatehouse::gateway
