#include "web/panel.h"

#include <algorithm>

#include "http/characters.h"
#include "web/panel_assets.h"

namespace gatehouse::web {
namespace {

constexpr std::string_view kPage = "/index.html";

// No script, style or request but from here; no markup made of texts (Trusted Types: no script of the page may ask for it).
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// "q=0" of a member of Accept-Encoding, in whatever form it is written.
bool is_refused(std::string_view parameters) {
  const std::size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const std::string_view weight = http::trim(parameters.substr(q + 2));
  return !weight.empty() && std::all_of(weight.begin(), weight.end(), [](char c) { return c == '0' || c == '.'; });
}

const PanelAsset* find(std::string_view path) {
  const auto all = panel_assets();
  const auto found = std::find_if(all.begin(), all.end(), [path](const PanelAsset& one) { return one.path == path; });
  return found == all.end() ? nullptr : &*found;
}

/// Whether an If-None-Match names it: weakly compared, since a proxy that compresses makes tags weak.
bool names(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const std::size_t end = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view one = http::trim(if_none_match.substr(0, end));
    if (one.substr(0, 2) == "W/") one.remove_prefix(2);
    if (one == "*" || one == etag) return true;
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
  }
  return false;
}

/// Each coding is a representation of its own, with a tag of its own.
std::string tag_of(const PanelAsset& asset, Coding coding) {
  std::string tag(asset.etag);
  if (coding != Coding::kPlain) tag.insert(tag.size() - 1, coding == Coding::kGzip ? "-g" : "-b");
  return tag;
}

api::Response answer(const api::Request& request, const PanelAsset& asset, std::string_view caching) {
  const Coding coding = coding_for(request.field("Accept-Encoding"));
  api::Response response;
  const std::string tag = tag_of(asset, coding);
  response.fields = {{"Cache-Control", std::string(caching)},
                     {"ETag", tag},
                     {"Vary", "Accept-Encoding"},
                     {"Referrer-Policy", "same-origin"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (names(request.field("If-None-Match"), tag)) {
    response.status = 304;
    response.content_type = "";
    return response;
  }
  response.content_type = asset.type;
  response.body = coding == Coding::kBrotli ? asset.brotli : coding == Coding::kGzip ? asset.gzip : asset.plain;
  if (coding != Coding::kPlain) response.fields.emplace_back("Content-Encoding", coding == Coding::kGzip ? "gzip" : "br");
  return response;
}

}  // namespace

Coding coding_for(std::string_view accept) {
  bool gzip = false;
  bool brotli = false;
  while (!accept.empty()) {
    const std::size_t end = std::min(accept.find(','), accept.size());
    const std::string_view member = accept.substr(0, end);
    const std::size_t semicolon = std::min(member.find(';'), member.size());
    const std::string_view name = http::trim(member.substr(0, semicolon));
    const bool wanted = !is_refused(member.substr(semicolon));
    if (api::same_name(name, "gzip")) gzip = wanted;
    if (api::same_name(name, "br")) brotli = wanted;
    accept.remove_prefix(std::min(end + 1, accept.size()));
  }
  return brotli ? Coding::kBrotli : gzip ? Coding::kGzip : Coding::kPlain;
}

bool is_panel_page(std::string_view path) noexcept {
  if (path == "/") return true;
  if (path.empty() || path.front() != '/') return false;
  path.remove_prefix(1);
  const std::string_view first = path.substr(0, path.find('/'));
  const auto all = panel_segments();
  return std::find(all.begin(), all.end(), first) != all.end();
}

api::Response panel_page(const api::Request& request) {
  const PanelAsset* page = find(kPage);
  api::Response response = answer(request, *page, "no-store");
  response.fields.emplace_back("Content-Security-Policy", std::string(kPolicy));
  response.fields.emplace_back("X-Frame-Options", "DENY");
  response.fields.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  return response;
}

std::optional<api::Response> panel_asset(const api::Request& request, std::string_view path) {
  if (path == kPage) return std::nullopt;
  const PanelAsset* asset = find(path);
  if (!asset) return std::nullopt;
  return answer(request, *asset, "public, max-age=31536000, immutable");
}

}  // namespace gatehouse::web
