// Which texts may be stored. Used inside store/, and by whoever refuses others sooner (oauth/).
#pragma once

#include <string_view>

namespace gatehouse::store {

/// UTF-8 after RFC 3629 (no overlong forms, surrogates or values above U+10FFFF) without NUL: what both databases keep alike.
bool valid_stored_text(std::string_view text) noexcept;

}  // namespace gatehouse::store
