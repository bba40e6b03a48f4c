// A check that the escape test does not know can't be asked for.
// expect: (expression '<throw-expression>' is not a constant expression|call to consteval function|is not a constant expression)
#include "gateway/checks.h"

namespace gatehouse::gateway {
#ifdef MUST_NOT_COMPILE
bool asks() { return check_enabled("no_such_check"); }
#else
bool asks() { return check_enabled("moved_key"); }
#endif
}  // namespace gatehouse::gateway
