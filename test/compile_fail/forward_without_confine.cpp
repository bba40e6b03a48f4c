// A request that was decided and not confined can't be forwarded.
// expect: (could not convert|cannot convert|invalid initialization)
#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {
#ifdef MUST_NOT_COMPILE
Step<http::UpstreamRequest> skip(const Permitted& permitted, Request& request) { return forward(permitted, request); }
#else
Step<http::UpstreamRequest> keep(const Confined& confined, Request& request) { return forward(confined, request); }
#endif
}  // namespace gatehouse::gateway
