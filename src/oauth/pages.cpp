#include "oauth/pages.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace gatehouse::oauth {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#172b4d}"
    "main{max-width:34rem;margin:3rem auto;padding:2rem;background:#fff;border-radius:8px;overflow-wrap:anywhere}"
    "h1{font-size:1.4rem;margin-top:0}fieldset{border:1px solid #6b778c;border-radius:6px;margin:1rem 0;min-width:0}"
    "label{display:block;padding:.2rem 0}button{font:inherit;padding:.5rem 1.2rem;border-radius:4px;border:1px solid "
    "#0747a6;background:#0747a6;color:#fff;margin:.2rem .5rem .2rem 0}button.second{background:#fff;"
    "color:#172b4d;border-color:#6b778c}input[type=text]{font:inherit;width:100%;box-sizing:border-box;padding:.3rem}"
    "a{color:#0747a6}.note{background:#fffae6;padding:.6rem;border-radius:4px}"
    ":focus-visible{outline:3px solid #0747a6;outline-offset:2px}"
    "@media(max-width:36rem){main{margin:0;padding:1rem;border-radius:0}}"
    "@media(prefers-color-scheme:dark){body{background:#161a1d;color:#e3e6ea}main{background:#22272b}"
    "button{background:#85b8ff;border-color:#85b8ff;color:#161a1d}button.second{background:#22272b;color:#e3e6ea;"
    "border-color:#8696a7}a{color:#85b8ff}.note{background:#4a3800;color:#fff}:focus-visible{outline-color:#85b8ff}}";

/// U+202A to U+202E and U+2066 to U+2069, the only three bytes that begin so.
bool turns_direction(std::string_view at) noexcept {
  if (at.size() < 3 || at[0] != '\xe2') return false;
  const auto last = static_cast<unsigned char>(at[2]);
  return (at[1] == '\x80' && last >= 0xaa && last <= 0xae) || (at[1] == '\x81' && last >= 0xa6 && last <= 0xa9);
}

}  // namespace

std::string html(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (turns_direction(text.substr(at))) {
      at += 2;
      continue;
    }
    switch (const char c = text[at]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string hidden(std::string_view name, std::string_view value) {
  return "<input type=\"hidden\" name=\"" + html(name) + "\" value=\"" + html(value) + "\">";
}

http::ElsewhereAnswer page(int status, std::string_view title, const std::string& body, std::string_view leads_to) {
  static const std::string kStyleHash = to_base64(crypto::sha256(kStyle));
  http::ElsewhereAnswer answer;
  answer.status = status;
  answer.head =
      "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: "
      "DENY\r\n"
      // Not no-referrer: browsers would then send "Origin: null" with the form. To other origins nothing is sent either way.
      "Referrer-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"
      "Content-Security-Policy: default-src 'none'; style-src 'sha256-" +
      kStyleHash + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
  if (!leads_to.empty()) answer.head.append(" ").append(leads_to);
  answer.head += "\r\n";
  answer.body = SecretString(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"><title>" +
      html(title) + " · Gatehouse</title><style>" + std::string(kStyle) + "</style></head><body><main><h1>" + html(title) +
      "</h1>" + body + "</main></body></html>\n");
  return answer;
}

http::ElsewhereAnswer redirect(const std::string& location, const std::string& more_fields) {
  // Nothing that somebody sent ends a header field, wherever it was read.
  if (std::any_of(location.begin(), location.end(), [](char c) { return c <= 0x20 || c >= 0x7f; }))
    return page(400, "Begin again", "<p>This address is not whole. Go back to the app and begin again.</p>");
  http::ElsewhereAnswer answer;
  answer.status = 303;
  answer.head = "Location: " + location +
                "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
                "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" +
                more_fields;
  return answer;
}

}  // namespace gatehouse::oauth
