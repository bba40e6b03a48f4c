// The admin panel of web/ to a browser: its one page at every address that is the panel's, and its assets. web.cpp calls it.
//
// The page holds nothing of anybody's: what it shows it asks of the REST API, with the bearer of POST /session/bearer. All the
// same it is shown only to who is signed in, so that everybody else is led to /sign-in and back.
#pragma once

#include <optional>
#include <string_view>

#include "api/message.h"

namespace gatehouse::web {

/// Whether `path` is an address that the panel makes a page of: "/", or one whose first segment is the panel's.
bool is_panel_page(std::string_view path) noexcept;
/// The page; `no-store`, since it names the assets of this very binary.
api::Response panel_page(const api::Request& request);
/// An asset by its exact path, for ever; nothing where it is none. 304 after If-None-Match (RFC 9110 section 13.1.2), in the
/// smallest form that Accept-Encoding permits (section 12.5.3).
std::optional<api::Response> panel_asset(const api::Request& request, std::string_view path);

enum class Coding { kPlain, kGzip, kBrotli };
/// What an Accept-Encoding permits and is smallest. Pure.
Coding coding_for(std::string_view accept_encoding);

}  // namespace gatehouse::web
