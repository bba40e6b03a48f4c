// The few pages that the binary writes itself, as HTML without styles or scripts of their own: all of it works without a script,
// but for passkeys, which need one.
#pragma once

#include <string>
#include <string_view>

#include "api/message.h"

namespace gatehouse::web {

/// For element content and attributes in double quotes.
std::string html(std::string_view text);

/// `body` is HTML that holds nothing unescaped of anybody's. `person` stands in the header with a way to sign out; empty: nobody
/// is signed in.
struct PageContent {
  std::string_view title;
  std::string body;
  std::string person = {};
  std::string csrf = {};
  bool with_script = false;
};
api::Response page(int status, const PageContent& content);

/// Pieces of forms. Labels are texts of this program.
std::string form(std::string_view action, std::string_view csrf, std::string_view inside);
std::string field(std::string_view label, std::string_view name, std::string_view type, std::string_view autocomplete,
                  std::string_view value = {}, std::string_view hint = {});
std::string hidden(std::string_view name, std::string_view value);
std::string button(std::string_view label, bool second = false);
/// Of an error or of something that was done; read out at once.
std::string note(std::string_view text, bool wrong);

/// 303: the browser comes back with GET, and never repeats a form (RFC 9700 section 4.12).
api::Response redirect(std::string location);

}  // namespace gatehouse::web
