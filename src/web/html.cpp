#include "web/html.h"

#include "base/text.h"
#include "web/assets.h"

namespace gatehouse::web {

std::string html(std::string_view text) { return escape_html(text); }

api::Response page(int status, const PageContent& content) {
  std::string top = "<a href=\"/\"><strong>Gatehouse</strong></a>";
  if (!content.person.empty()) {
    top += "<nav aria-label=\"You\"><a href=\"/account\">" + html(content.person) + "</a>" +
           form("/sign-out", content.csrf, button("Sign out", true)) + "</nav>";
  }
  api::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>" +
      html(content.title) + " · Gatehouse</title><link rel=\"stylesheet\" href=\"" + style_path() + "\">" +
      (content.with_script ? "<script src=\"" + script_path() + "\" defer></script>" : std::string()) + "</head><body><header>" +
      top + "</header><main><h1>" + html(content.title) + "</h1>" + content.body + "</main></body></html>\n";
  std::string policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
  if (content.with_script) policy += "; script-src 'self'; connect-src 'self'";
  response.fields = {{"Content-Security-Policy", std::move(policy)},
                     {"X-Frame-Options", "DENY"},
                     // Not no-referrer: browsers would then send "Origin: null" with every form.
                     {"Referrer-Policy", "same-origin"},
                     {"Cross-Origin-Opener-Policy", "same-origin"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  return response;
}

std::string form(std::string_view action, std::string_view csrf, std::string_view inside) {
  std::string out = "<form method=\"post\" action=\"" + html(action) + "\">";
  if (!csrf.empty()) out += hidden("csrf", csrf);
  return out + std::string(inside) + "</form>";
}

std::string field(std::string_view label, std::string_view name, std::string_view type, std::string_view autocomplete,
                  std::string_view value, std::string_view hint) {
  const std::string id = "f-" + std::string(name);
  std::string out = "<p><label for=\"" + id + "\">" + html(label) + "</label>";
  if (!hint.empty()) out += "<small id=\"" + id + "-hint\">" + html(hint) + "</small>";
  out += "<input id=\"" + id + "\" name=\"" + html(name) + "\" type=\"" + html(type) + "\" autocomplete=\"" + html(autocomplete) +
         "\" required";
  if (!hint.empty()) out += " aria-describedby=\"" + id + "-hint\"";
  if (!value.empty()) out += " value=\"" + html(value) + "\"";
  return out + "></p>";
}

std::string hidden(std::string_view name, std::string_view value) {
  return "<input type=\"hidden\" name=\"" + html(name) + "\" value=\"" + html(value) + "\">";
}

std::string button(std::string_view label, bool second) {
  return std::string("<button type=\"submit\"") + (second ? " class=\"second\"" : "") + ">" + html(label) + "</button>";
}

std::string note(std::string_view text, bool wrong) {
  return std::string("<p class=\"note\" role=\"") + (wrong ? "alert" : "status") + "\">" + html(text) + "</p>";
}

api::Response redirect(std::string location) {
  api::Response response;
  response.status = 303;
  response.content_type = "";
  response.fields = {{"Location", std::move(location)}, {"Referrer-Policy", "no-referrer"}};
  return response;
}

}  // namespace gatehouse::web
