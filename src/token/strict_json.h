// One JSON object that every parser reads alike: what signed tokens and assertions hold. Used by token/, admin/ and oauth/.
#pragma once

#include <boost/json/fwd.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::token {

/// Nothing where it is no object, has a member twice at any depth (compared after unescaping), is deeper than 8 levels or longer
/// than 16 KiB.
std::optional<boost::json::object> parse_strict(std::string_view text);

/// A text member; empty where there is none, or where it is something else.
std::string text_member(const boost::json::object& object, std::string_view name);
/// A whole number from 0 to `most`: nothing where it is missing, has a fraction, or is written as a text.
std::optional<std::int64_t> number_member(const boost::json::object& object, std::string_view name, std::int64_t most);
/// Between quotes, as JSON wants it.
void append_json_text(std::string_view text, std::string& out);

}  // namespace gatehouse::token
