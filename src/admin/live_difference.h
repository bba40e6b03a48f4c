// Whether a change takes something away from requests that are in flight. The index feed asks.
#pragma once

#include "token/live_index.h"

namespace gatehouse::admin {

/// False only where all that `old` permits is permitted by `fresh` too: then requests that were decided on `old` may go on, and a
/// new grant or a rotation costs none of them. In doubt true. Secrets are end_missing_secrets' business.
bool takes_something_away(const token::LiveCredential& old, const token::LiveCredential& fresh);
/// Marks those secrets of `old` that `fresh` lacks as ended: requests by the others go on, so that a rotation costs none of them.
void end_missing_secrets(const token::LiveCredential& old, const token::LiveCredential& fresh);

}  // namespace gatehouse::admin
