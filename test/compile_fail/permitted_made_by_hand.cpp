// Nobody but decide() makes a Permitted.
// expect: is private within this context
#include <utility>

#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {
#ifdef MUST_NOT_COMPILE
Permitted forge(Located located) { return Permitted(std::move(located)); }
#else
Permitted pass(Permitted permitted) { return permitted; }
#endif
}  // namespace gatehouse::gateway
