#include "api/idempotency.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "api/problem.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "store/idempotent_requests.h"

namespace gatehouse::api {
namespace {

namespace json = boost::json;

constexpr Duration kKeepFor = std::chrono::hours(24);
/// Members that hold a secret, wherever they stand. A test holds them against the schemas.
constexpr std::array<std::string_view, 8> kSecretMembers{"token",  "client_secret", "admin_key", "directory_key",
                                                         "secret", "path",          "link",      "code"};

std::string digest(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all.append(std::to_string(part.size())).append(":").append(part);
  const auto hash = crypto::sha256(all);
  return to_base64url(hash);
}

void drop_secrets(json::value& value) {
  if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (is_secret_member(std::string_view(member.key().data(), member.key().size()))) {
        member.value() = nullptr;
      } else {
        drop_secrets(member.value());
      }
    }
  } else if (auto* array = value.if_array()) {
    for (json::value& one : *array) drop_secrets(one);
  }
}

/// What is kept of an answer. null says that something stood there that is not repeated.
std::string without_secrets(const Response& response) {
  json::error_code problem;
  json::value body = json::parse(response.body, problem);
  if (problem) return {};
  drop_secrets(body);
  return json::serialize(body);
}

Response again(const store::IdempotentRequest& kept, const Request& request) {
  if (kept.status == 0)
    return problem(409, "conflict",
                   "A request with this Idempotency-Key is under way, or was broken off; look whether it was done.", request.id);
  Response response;
  response.status = static_cast<int>(kept.status);
  response.body = kept.body;
  if (kept.body.empty()) response.content_type = "";
  response.fields.emplace_back("Idempotent-Replayed", "true");
  return response;
}

}  // namespace

bool is_secret_member(std::string_view name) noexcept {
  return std::find(kSecretMembers.begin(), kSecretMembers.end(), name) != kSecretMembers.end();
}

Response once(admin::Services& services, std::string_view caller, std::string_view key, const Request& request,
              const std::function<Response()>& act) {
  if (key.size() > kMostIdempotencyKey)
    return problem(400, "invalid_argument", "An Idempotency-Key has 200 characters at most.", request.id);
  store::IdempotentRequest asked;
  asked.id = digest({caller, key});
  asked.fingerprint = digest({request.method, request.target, request.body});
  std::optional<store::IdempotentRequest> kept;
  const Instant now = services.clock.now();
  const auto begun = store::tend_requests(services.database, [&](store::IdempotentRequests& requests) -> Result<void> {
    GH_TRYV(requests.forget_before(now));
    GH_TRY(kept, requests.begin(asked, now + kKeepFor));
    return success();
  });
  if (!begun) return problem(begun.error(), request.id);
  if (kept && kept->fingerprint != asked.fingerprint)
    return problem(422, "invalid_argument", "This Idempotency-Key was used for another request; take a new one.", request.id);
  if (kept) return again(*kept, request);
  Response response = act();
  const bool done = response.status >= 200 && response.status < 300;
  const auto noted = store::tend_requests(services.database, [&](store::IdempotentRequests& requests) {
    return done ? requests.finish(asked.id, response.status, without_secrets(response)) : requests.forget(asked.id);
  });
  // The change is made: its answer counts, and a repeated request is told that nothing more is known.
  if (!noted) response.fields.emplace_back("Idempotency-Kept", "false");
  return response;
}

}  // namespace gatehouse::api
