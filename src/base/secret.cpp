#include "base/secret.h"

#include <cstring>

namespace gatehouse {

void secure_zero(void* at, std::size_t size) noexcept {
  if (size != 0) ::explicit_bzero(at, size);
}

}  // namespace gatehouse
