// A credential from the index is not an authenticated one: its secret was not compared.
// expect: (could not convert|cannot convert|is private within this context)
#include <utility>

#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {
#ifdef MUST_NOT_COMPILE
Step<Matched> skip(token::LiveCredentialPtr credential, ThreadState& thread, Request& request) {
  return match(Authenticated(std::move(credential)), thread, request);
}
#else
Step<Matched> keep(Authenticated who, ThreadState& thread, Request& request) { return match(std::move(who), thread, request); }
#endif
}  // namespace gatehouse::gateway
