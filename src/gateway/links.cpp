#include "gateway/links.h"

#include <utility>

#include "gateway/json_bytes.h"

namespace gatehouse::gateway {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) noexcept { return text.substr(0, prefix.size()) == prefix; }

/// The rest of `link` behind `base` where it leads to the REST API, else empty.
std::string_view api_path(std::string_view link, std::string_view base) noexcept {
  if (!starts_with(link, base)) return {};
  const std::string_view path = link.substr(base.size());
  // What Confluence's relative links stand behind (`_links.base`), alone in its string.
  const bool base_of_links = path == "/wiki" || starts_with(path, "/wiki\"");
  const bool api = starts_with(path, "/rest/") || starts_with(path, "/wiki/rest/") || starts_with(path, "/wiki/api/");
  return api || base_of_links ? path : std::string_view();
}

}  // namespace

LinkRewriter::LinkRewriter(std::vector<std::string> site_bases, std::string gateway_base, Relative relative)
    : site_bases_(std::move(site_bases)), gateway_base_(std::move(gateway_base)), relative_(relative) {
  const std::size_t scheme = gateway_base_.find("://");
  const std::size_t path = scheme == std::string::npos ? scheme : gateway_base_.find('/', scheme + 3);
  if (path != std::string::npos) path_prefix_ = gateway_base_.substr(path);
}

std::string LinkRewriter::rewrite(std::string_view link) const {
  for (const std::string& base : site_bases_) {
    const std::string_view path = api_path(link, base);
    if (path.empty()) continue;
    if (path.find("/../") != std::string_view::npos || path.find("/./") != std::string_view::npos) return {};
    return gateway_base_ + std::string(path);
  }
  return {};
}

std::string_view LinkRewriter::path_of_own(std::string_view link) const { return api_path(link, gateway_base_); }

void LinkRewriter::append_rewritten(std::string_view json, std::string& out) const {
  if (relative_ == Relative::kNone || path_prefix_.empty()) return append_absolute(json, out);
  constexpr std::string_view kRelative = "\"/wiki/";
  std::size_t from = 0;
  for (std::size_t at = json.find(kNext); at != std::string_view::npos; at = json.find(kNext, at + 1)) {
    const std::size_t value = at + kNext.size();
    const bool in_text = at > 0 && json[at - 1] == '\\';
    if (in_text || !starts_with(json.substr(value), kRelative)) continue;
    append_absolute(json.substr(from, value + 1 - from), out);
    out.append(path_prefix_);
    from = value + 1;
  }
  append_absolute(json.substr(from), out);
}

void LinkRewriter::append_absolute(std::string_view json, std::string& out) const {
  std::size_t from = 0;
  for (std::size_t at = find_quoted_http(json, 0); at != std::string_view::npos; at = find_quoted_http(json, at + 1)) {
    if (at > 0 && json[at - 1] == '\\') continue;  // a quote inside a text, not the beginning of one
    for (const std::string& base : site_bases_) {
      if (api_path(json.substr(at + 1), base).empty()) continue;
      out.append(json, from, at + 1 - from);
      out.append(gateway_base_);
      from = at + 1 + base.size();
      break;
    }
  }
  out.append(json, from);
}

}  // namespace gatehouse::gateway
