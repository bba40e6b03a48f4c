// What was admitted and not located can't be decided.
// expect: (could not convert|cannot convert|no matching function)
#include <utility>

#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {
#ifdef MUST_NOT_COMPILE
Step<Permitted> skip(Admitted admitted, const http::Now& now, Request& request) {
  return decide(std::move(admitted), now, request);
}
#else
Step<Permitted> keep(Located located, const http::Now& now, Request& request) { return decide(std::move(located), now, request); }
#endif
}  // namespace gatehouse::gateway
