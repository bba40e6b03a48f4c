// record: what is kept of a request: usage, writes, denials. Handed to the thread's RecordQueue; never a token, body or query.
#pragma once

#include "gateway/request.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {

/// `complete`: the answer went out whole. Nothing where the thread has no queue.
void record(const token::LiveCredentialPtr& credential, const upstream::SiteEntryPtr& site, bool complete, const http::Now& now,
            ThreadState& thread, const Request& request);

}  // namespace gatehouse::gateway
