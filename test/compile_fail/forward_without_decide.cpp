// What was located and not decided can't be confined, and so not forwarded.
// expect: (could not convert|cannot convert|invalid initialization|cannot bind)
#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {
#ifdef MUST_NOT_COMPILE
Step<std::optional<Confined>> skip(std::optional<Located>& located, ThreadState& thread, Request& request) {
  return confine(located, thread, request);
}
#else
Step<std::optional<Confined>> keep(std::optional<Permitted>& permitted, ThreadState& thread, Request& request) {
  return confine(permitted, thread, request);
}
#endif
}  // namespace gatehouse::gateway
