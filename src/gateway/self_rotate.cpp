#include "gateway/self_rotate.h"

#include "gateway/request.h"
#include "gateway/request_log.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

constexpr std::string_view kShow = "/v1/self";
constexpr std::string_view kRotate = "/v1/self/rotate";

std::string_view without_port(std::string_view host) noexcept {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return host;
  return host.substr(0, colon);
}

}  // namespace

bool is_about_itself(const http::RequestHead& head, ThreadState& thread) {
  if (!thread.shared.self || (head.target != kShow && head.target != kRotate)) return false;
  return thread.sites.get().find_host(without_port(head.host), head.target) == nullptr;
}

Step<SelfRequest> read_self_request(const token::LiveCredential& credential, const Request& request) {
  const http::RequestHead& head = *request.head;
  SelfRequest asked;
  asked.rotate = head.target == kRotate;
  if (head.method != (asked.rotate ? http::Method::kPost : http::Method::kGet)) {
    Refusal refusal = refuse_because(Reason::kUnknownOperation, std::string(http::to_string(head.method)),
                                     asked.rotate ? "It takes POST." : "It takes GET.");
    refusal.status = 405;
    return refusal;
  }
  // There is nothing that a token may ask for beyond what its rule says.
  if (head.framing.kind == http::Framing::Kind::kChunked || head.framing.length > 0)
    return refuse_because(Reason::kBadRequest, "body", "This takes no body.");
  asked.credential = credential.id;
  asked.secret = request.secret;
  asked.client = request.peer.address;
  asked.user_agent = head.fields.value(http::Known::kUserAgent).substr(0, RequestRecord::kMaxText);
  asked.request_id = request.id_text();
  return asked;
}

}  // namespace gatehouse::gateway
