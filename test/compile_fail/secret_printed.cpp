// A secret has no printer.
// expect: use of deleted function
#include <iostream>

#include "base/secret.h"

namespace gatehouse {
#ifdef MUST_NOT_COMPILE
void print(const SecretString& secret) { std::cout << secret; }
#else
void print(const SecretString& secret) { std::cout << secret.expose().size(); }
#endif
}  // namespace gatehouse
