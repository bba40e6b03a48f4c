#include "gateway/authorization_door.h"

#include "base/text.h"
#include "gateway/request.h"
#include "gateway/request_log.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

/// The authority of the public URL; the scheme's own port may be written or not.
bool is_issuer(std::string_view host, std::string_view public_url) noexcept {
  const bool https = public_url.starts_with("https://");
  if (!https && !public_url.starts_with("http://")) return false;
  std::string_view authority = public_url.substr(https ? 8 : 7);
  authority = authority.substr(0, authority.find('/'));
  const std::string_view port = https ? ":443" : ":80";
  if (host.ends_with(port)) host.remove_suffix(port.size());
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return !authority.empty() && same_without_case(host, authority);
}

}  // namespace

bool is_for_authorization_server(const http::RequestHead& head, const ThreadState& thread) {
  const AuthorizationServer* server = thread.shared.authorization;
  if (!server) return false;
  const std::string_view path = head.target.substr(0, head.target.find('?'));
  return server->serves(path) && is_issuer(head.host, thread.shared.settings.public_url);
}

AuthorizationRequest read_authorization_request(const Request& request) {
  const http::RequestHead& head = *request.head;
  const auto value = [&head](http::Known known) { return std::string(head.fields.value(known)); };
  AuthorizationRequest asked;
  asked.method = head.method;
  const std::size_t mark = head.target.find('?');
  asked.path = head.target.substr(0, mark);
  if (mark != std::string_view::npos) asked.query = head.target.substr(mark + 1);
  asked.content_type = value(http::Known::kContentType);
  asked.authorization = SecretString(value(http::Known::kAuthorization));
  asked.cookie = SecretString(value(http::Known::kCookie));
  asked.origin = value(http::Known::kOrigin);
  asked.client = request.peer.address;
  asked.tls = request.peer.tls;
  asked.user_agent = head.fields.value(http::Known::kUserAgent).substr(0, RequestRecord::kMaxText);
  for (char& c : asked.user_agent) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  asked.request_id = request.id_text();
  return asked;
}

}  // namespace gatehouse::gateway
