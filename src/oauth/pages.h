// The pages that a person sees at /authorize: plain HTML without scripts, with styles of their own and headers that let nobody
// frame them (RFC 9700 sections 4.2 and 4.16).
#pragma once

#include <string>
#include <string_view>

#include "http/exchange.h"

namespace gatehouse::oauth {

/// For element content and attributes in double quotes. Characters that turn the direction of writing are left out: a name must
/// not read as another one.
std::string html(std::string_view text);
std::string hidden(std::string_view name, std::string_view value);

/// `body` is HTML that holds nothing unescaped of anybody's. `leads_to`: where a form's answer may send the browser.
http::ElsewhereAnswer page(int status, std::string_view title, const std::string& body, std::string_view leads_to = {});
/// 303, so that a form is never sent on (RFC 9700 section 4.12).
http::ElsewhereAnswer redirect(const std::string& location, const std::string& more_fields = {});

}  // namespace gatehouse::oauth
