// JSON as Jira writes it: boost::json's value with numbers in Java's forms (3.0, not 3E0), and small readers that never throw.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace gatehouse::sandbox {

std::string to_json_text(const boost::json::value& value);
/// Parses what a client sent. Of a repeated key the last wins, or the first where `first_key_wins`. Nothing on bad input.
std::optional<boost::json::value> parse_json(std::string_view text, bool first_key_wins);

/// The member `key` of an object, else nullptr: also where `value` is no object.
const boost::json::value* member(const boost::json::value& value, std::string_view key);
/// The text of a string, or of a number as an id; else empty.
std::string text_of(const boost::json::value& value);
std::string text_of(const boost::json::value* value);
/// text_of(member(value, key)).
std::string text_at(const boost::json::value& value, std::string_view key);
bool true_at(const boost::json::value& value, std::string_view key);
/// A whole number, also from digits in a string; else `fallback`.
std::int64_t number_of(std::string_view text, std::int64_t fallback);
std::int64_t id_at(const boost::json::value& value, std::string_view key);
/// The texts of a list, or of one string; each cut at its commas.
std::vector<std::string> text_list(const boost::json::value* given);
/// An ADF document with one paragraph, or the document itself.
boost::json::value to_document(const boost::json::value& stored);
/// The plain text of a string or of an ADF document; inline cards as their URL.
std::string to_plain(const boost::json::value& stored);

std::string lower(std::string_view text);
std::string upper(std::string_view text);
bool same_text(std::string_view left, std::string_view right);  ///< ASCII case ignored

}  // namespace gatehouse::sandbox
