// The words of the tables for Kind, Bounded and Access, and what a kind means to the loader's checks. The words stand in
// explanations and errors too.
#pragma once

#include <optional>
#include <string_view>

#include "catalogue/operation.h"

namespace gatehouse::catalogue {

/// "issue-link"; "unclassified" for zero.
std::string_view to_string(Kind kind) noexcept;
std::string_view to_string(Access access) noexcept;
std::string_view to_string(Bounded bounded) noexcept;
/// "footer-comment"; "content" for zero.
std::string_view to_string(ContentType type) noexcept;

/// Nothing for a word that is none. "unclassified" is none: zero can't be written in a table.
std::optional<Kind> parse_kind(std::string_view word) noexcept;
std::optional<Access> parse_access(std::string_view word) noexcept;
std::optional<Bounded> parse_bounded(std::string_view word) noexcept;
/// As tables and the site itself write it; nothing for "content".
std::optional<ContentType> parse_content_type(std::string_view word) noexcept;

/// An identifier of this kind leads to a project or space: it is itself one, belongs to one, or holds one (issue fields).
bool leads_to_resource(Kind kind) noexcept;

}  // namespace gatehouse::catalogue
