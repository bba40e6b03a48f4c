// match: which site, and which of its operations. What is not canonical or not in the catalogue is refused, for every token.

#include <algorithm>

#include "base/text.h"
#include "gateway/checks.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Operation;
using catalogue::Parameter;

std::string_view without_port(std::string_view host) noexcept {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return host;
  return host.substr(0, colon);
}

/// "/ex/jira/acme/rest/…" → the product, "acme" and "/rest/…".
bool split_prefix(std::string_view path, Product& product, std::string_view& name, Request& request) noexcept {
  struct Prefix {
    std::string_view text;
    Product product;
  };
  constexpr Prefix kPrefixes[] = {
      {"/ex/jira/", Product::kJira}, {"/ex/confluence/", Product::kConfluence}, {"/ex/api/", Product::kOpenApi}};
  for (const Prefix& prefix : kPrefixes) {
    if (!path.starts_with(prefix.text)) continue;
    const std::size_t end = std::min(path.find('/', prefix.text.size()), path.size());
    product = prefix.product;
    name = path.substr(prefix.text.size(), end - prefix.text.size());
    request.prefix = path.substr(0, end);
    request.site_path = path.substr(end);
    return true;
  }
  return false;
}

Step<upstream::SiteEntryPtr> find_site(std::string_view path, ThreadState& thread, Request& request) {
  const upstream::SiteSnapshot& sites = thread.sites.get();
  const std::string_view host = without_port(request.head->host);
  if (const upstream::SiteEntryPtr* mapped = sites.find_host(host, path)) {
    request.by_host = true;
    request.prefix = {};
    request.site_path = path;
    return *mapped;
  }
  Product product = Product::kJira;
  std::string_view name;
  if (!split_prefix(path, product, name, request)) {
    return refuse_because(
        Reason::kUnknownOperation, {},
        "A path begins with /ex/jira/{site}, /ex/confluence/{site} or /ex/api/{site}, where {site} is the site's key or cloud "
        "id.");
  }
  const upstream::SiteEntryPtr* named = sites.find(product, name);
  if (!named) return refuse_because(Reason::kWrongSite);
  return *named;
}

bool opens_site(const token::LiveCredential& credential, const SiteId& site, Instant now) noexcept {
  const std::vector<BoundaryEntry>& boundary = *credential.boundary_at(now);
  return std::any_of(boundary.begin(), boundary.end(), [&](const BoundaryEntry& entry) { return entry.resource.site == site; });
}

/// Scheme and authority under which the client sees the gateway. A view of the thread's own buffer: no allocation once it has
/// grown.
std::string_view gateway_base(ThreadState& thread, const Request& request) {
  std::string& base = thread.gateway_base;
  if (!request.by_host && !thread.shared.settings.public_url.empty()) {
    base = thread.shared.settings.public_url;
  } else {
    base = request.peer.tls ? "https://" : "http://";
    base += request.head->host;
  }
  return base += request.prefix;
}

bool is_media_type(std::string_view value, std::string_view type) noexcept {
  return value.size() >= type.size() && same_without_case(value.substr(0, type.size()), type) &&
         (value.size() == type.size() || value[type.size()] == ';' || value[type.size()] == ' ');
}

/// JSON is UTF-8 here (RFC 8259 section 8.1): another charset would let upstream read other text than we do.
bool only_utf8(std::string_view value) noexcept {
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return true;
  std::string_view rest = value.substr(semicolon + 1);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  return same_without_case(rest, "charset=utf-8") || same_without_case(rest, "charset=\"utf-8\"");
}

Step<bool> check_body_type(const Operation& operation, Request& request) {
  const http::RequestHead& head = *request.head;
  request.has_body = head.framing.kind == http::Framing::Kind::kChunked || head.framing.length > 0;
  if (!request.has_body) return true;
  const std::string_view type = head.fields.value(http::Known::kContentType);
  if (operation.body_type == "json") {
    if (!is_media_type(type, "application/json") || !only_utf8(type)) {
      Refusal refusal =
          refuse_because(Reason::kBadRequest, "Content-Type", "The body of this operation is application/json in UTF-8.");
      refusal.status = 415;
      return refusal;
    }
    request.json_body = true;
    return true;
  }
  if (operation.body_type == "declared") {
    const std::string_view bare = type.substr(0, type.find_first_of("; "));
    const bool known = std::any_of(operation.body_types.begin(), operation.body_types.end(),
                                   [bare](const std::string& one) { return same_without_case(one, bare); });
    request.json_body = same_without_case(bare, "application/json");
    if (known && (!request.json_body || only_utf8(type))) return true;
    Refusal refusal = refuse_because(Reason::kBadRequest, "Content-Type", "The document of this site names no such body here.");
    refusal.status = 415;
    return refusal;
  }
  if (operation.body_type == "multipart") {
    if (is_media_type(type, "multipart/form-data") && type.find("boundary=") != std::string_view::npos) return true;
    Refusal refusal = refuse_because(Reason::kBadRequest, "Content-Type", "The body of this operation is multipart/form-data.");
    refusal.status = 415;
    return refusal;
  }
  if (operation.body_type == "image") {
    if (type.size() > 6 && same_without_case(type.substr(0, 6), "image/")) return true;
    Refusal refusal = refuse_because(Reason::kBadRequest, "Content-Type", "The body of this operation is an image.");
    refusal.status = 415;
    return refusal;
  }
  return refuse_because(Reason::kBadRequest, operation.id, "This operation takes no body.");
}

Step<bool> check_repeated(const Operation& operation, const Request& request) {
  if constexpr (!check_enabled("duplicate_parameter")) return true;
  for (const catalogue::QueryParameter& parameter : request.query.all()) {
    if (request.query.count(parameter.name) == 1) continue;
    const Parameter* row = operation.find(Parameter::Carrier::kQuery, parameter.name);
    // What may be repeated is what the table calls a list; upstream may take the first or the last of others.
    if (!row || !row->list) {
      return refuse_because(Reason::kBadRequest, std::string(parameter.name), "A parameter may stand only once.");
    }
  }
  return true;
}

/// Whoever may not see the whole directory sees the people of its projects: by another operation, which answers in the same form.
void take_place(const token::LiveCredential& credential, const upstream::SiteEntry& site, const catalogue::Catalogue& catalogue,
                Request& request) {
  const Operation& operation = *request.match.operation;
  if (operation.instead.empty()) return;
  if (policy::allows_directory(operation, credential, policy::Facts{site.site, catalogue}, request.began.wall)) return;
  request.match.operation = catalogue.find(operation.instead);
}

/// Only in a test build without the check: split where everybody would.
void split_anyway(std::string_view target, catalogue::Target& out) {
  const std::size_t mark = target.find('?');
  out.fault = catalogue::TargetFault::kNone;
  out.path = target.substr(0, mark);
  out.has_query = mark != std::string_view::npos;
  out.query = out.has_query ? target.substr(mark + 1) : std::string_view();
}

}  // namespace

Step<Matched> match(Authenticated who, ThreadState& thread, Request& request) {
  catalogue::Target target = catalogue::check_target(request.head->target);
  if constexpr (!check_enabled("canonical_target")) split_anyway(request.head->target, target);
  if (!target.ok()) return refuse_because(Reason::kTargetNotCanonical, {}, std::string(catalogue::explain(target.fault)));

  GH_TRY(auto site, find_site(target.path, thread, request));
  // A site that this token has nothing on looks like one that is not there.
  if (!opens_site(who.credential(), site->site.id, request.began.wall)) return refuse_because(Reason::kWrongSite);
  const catalogue::Catalogue* catalogue = thread.shared.catalogue_of(*site);
  if (!catalogue)
    return refuse_because(Reason::kUnknownOperation, site->site.key,
                          "Gatehouse knows no operations of this site: it has no document (gatehouse site spec set).");

  // HEAD is GET without the body (RFC 9110 section 9.3.2): it takes the same way, and the driver leaves the body out.
  const http::Method method = request.head->method == http::Method::kHead ? http::Method::kGet : request.head->method;
  request.match = catalogue->match(http::to_string(method), request.site_path);
  if (!request.match) {
    Refusal refusal = refuse_because(Reason::kUnknownOperation, std::string(http::to_string(request.head->method)));
    if (request.match.outcome == catalogue::Match::Outcome::kUnknownMethod) refusal.status = 405;
    return refusal;
  }
  take_place(who.credential(), *site, *catalogue, request);
  const Operation& operation = *request.match.operation;
  request.site = thread.context_of(site);
  request.facts = &thread.facts_of(operation, *request.site);

  const catalogue::TargetFault fault = catalogue::parse_query(target.query, request.query);
  if (fault != catalogue::TargetFault::kNone) {
    return refuse_because(Reason::kTargetNotCanonical, {}, std::string(catalogue::explain(fault)));
  }
  GH_TRYV(check_repeated(operation, request));
  GH_TRYV(check_body_type(operation, request));
  request.links = &request.site->links_for(gateway_base(thread, request));
  return Matched(std::move(who), std::move(site), *catalogue, operation);
}

}  // namespace gatehouse::gateway
