// The field names that the scanner knows, and what it must do when it meets one. Used by head_scanner.cpp alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace gatehouse::http {

enum FieldTraits : std::uint8_t {
  kSingleInRequest = 1,  ///< a second one is refused
  kSingleInResponse = 2,
  kMattersTo = 4,       ///< Connection may not nominate it (security: a hop could strip what we rely on)
  kOverridesMethod = 8  ///< refused outright
};

struct FieldName {
  std::string_view lower;
  Known known = Known::kOther;
  std::uint8_t traits = 0;
};

/// The row of that name, compared without case; one with Known::kOther and no traits where it is not known.
const FieldName& find_field_name(std::string_view name) noexcept;

}  // namespace gatehouse::http
