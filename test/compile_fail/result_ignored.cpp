// A Result can't be ignored.
// expect: unused-result
#include "base/result.h"

namespace gatehouse {
Result<void> change();
#ifdef MUST_NOT_COMPILE
void careless() { change(); }
#else
bool careful() { return change().has_value(); }
#endif
}  // namespace gatehouse
