// forward: the upstream request, built anew from the operation and its checked parameters. No byte of the client's head is copied
// but the values of the header fields listed here.

#include "gateway/request.h"
#include "gateway/steps.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Operation;
using http::Known;

void append_field(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  out.append(name).append(": ").append(value).append("\r\n");
}

/// The allow-list. Not on it, on purpose: Cookie, Origin, Referer, X-Forwarded-*, Forwarded, Connection, Expect, User-Agent
/// (Jira's XSRF check looks at it) and every other field. Accept-Encoding is ours: answers must be readable here.
void append_fields(const Operation& operation, const Request& request, std::string& out) {
  const http::FieldTable& fields = request.head->fields;
  const bool blob = operation.answer == "blob";
  // Of an API that answers in other forms too a token with a boundary gets JSON, which can be looked through.
  const bool any_form = operation.product == Product::kOpenApi && !request.bounded;
  if (blob || (any_form && !fields.value(Known::kAccept).empty()))
    append_field("Accept", fields.value(Known::kAccept), out);
  else
    out.append("Accept: application/json\r\n");
  append_field("Accept-Language", fields.value(Known::kAcceptLanguage), out);
  append_field("X-Atlassian-Token", fields.value(Known::kXAtlassianToken), out);
  if (request.has_body) {
    if (operation.body_type == "multipart" || operation.body_type == "image" || !request.json_body)
      append_field("Content-Type", fields.value(Known::kContentType), out);
    else
      out.append("Content-Type: application/json\r\n");
  }
  if (blob) {
    append_field("Range", fields.value(Known::kRange), out);
    append_field("If-Range", fields.value(Known::kIfRange), out);
    append_field("If-None-Match", fields.value(Known::kIfNoneMatch), out);
    append_field("If-Modified-Since", fields.value(Known::kIfModifiedSince), out);
  }
  if (!request.bounded) append_field("If-Match", fields.value(Known::kIfMatch), out);
  // Some operations of Service Management ask for it. It opens nothing by itself.
  if (operation.product == Product::kJira && operation.path.starts_with("/rest/servicedeskapi/"))
    out.append("X-ExperimentalApi: opt-in\r\n");
  out.append("Accept-Encoding: identity\r\nUser-Agent: Gatehouse\r\n");
}

}  // namespace

Step<http::UpstreamRequest> forward(const Confined& confined, Request& request) {
  const Operation& operation = confined.matched().operation();
  std::string& head = request.outgoing.head;
  head.clear();
  head.append(operation.method).append(" ").append(confined.route()->context_path);
  if (!catalogue::Catalogue::append_path(operation, request.match.version, request.outgoing.path, head)) {
    return refuse_because(Reason::kTargetNotCanonical, {}, "A path parameter is empty or consists of dots.");
  }
  bool first = true;
  for (const auto& [name, value] : request.outgoing.query) catalogue::append_parameter(name, value, first, head);
  head.append(" HTTP/1.1\r\n");
  append_fields(operation, request, head);

  http::UpstreamRequest upstream;
  upstream.route = confined.route();
  // Upstream is never asked by HEAD: an answer that is not read proves nothing.
  upstream.method = request.head->method == http::Method::kHead ? http::Method::kGet : request.head->method;
  upstream.head = head;
  upstream.body = request.outgoing.body;
  upstream.has_body = request.outgoing.has_body;
  upstream.streams_body = request.outgoing.streams_body;
  // RFC 9110 section 9.2.2; PUT and DELETE are too, but Jira counts each try in an issue's history.
  upstream.idempotent = operation.method == "GET";
  return upstream;
}

}  // namespace gatehouse::gateway
