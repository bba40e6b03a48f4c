// `gatehouse login`: a tool asks, its person says yes in the browser, the tool gets an administrator key (RFC 8628).
//
// The key is made when the tool fetches it, so that it lies nowhere in between. It has the person's role and an end.
#pragma once

#include <string>
#include <string_view>

#include "admin/admin_keys.h"
#include "admin/sessions.h"
#include "store/sign_in.h"

namespace gatehouse::admin {

inline constexpr Duration kDeviceFor = std::chrono::minutes(10);
inline constexpr Duration kDeviceInterval = std::chrono::seconds(5);
inline constexpr Duration kDeviceKeyFor = std::chrono::hours(24 * 30);

struct DeviceAsked {
  SecretString device_code;
  std::string user_code;  ///< "BCDF-GHJK"
};
/// What an app asks for; empty: it is `gatehouse login`.
struct DeviceApp {
  std::string client_id;
  std::string asked;  ///< as a query of /authorize
};
/// `name` is what the tool calls itself, shown to the person: "gatehouse on build-7". kLimitExceeded where too many wait.
Result<DeviceAsked> ask_for_device(Services& services, const ClientInfo& client, std::string_view name,
                                   const DeviceApp& app = {});

enum class DeviceAnswer { kPending, kSlowDown, kDenied, kExpired, kGiven };
struct DeviceKey {
  DeviceAnswer answer = DeviceAnswer::kExpired;
  CreatedKey key;  ///< of kGiven
  Instant expires_at{};
  std::string email;
};
Result<DeviceKey> poll_device(Services& services, const ClientInfo& client, std::string_view device_code);

/// What waits under this code: name, address and age. kNotFound, with one text, for whatever is wrong with it.
Result<Document> look_at_device(Services& services, const LiveSession& session, const ClientInfo& client,
                                std::string_view user_code);
Result<void> decide_device(Services& services, const LiveSession& session, const ClientInfo& client, std::string_view user_code,
                           bool approve);

/// The same for an app's device, on which oauth/device.cpp decides. Errors as look_at_device().
Result<store::DeviceRequest> find_app_device(Services& services, const LiveSession& session, const ClientInfo& client,
                                             std::string_view user_code);
/// `answer`: the sealed code that the device will get; empty: refused.
Result<void> decide_app_device(Services& services, const LiveSession& session, const ClientInfo& client,
                               std::string_view user_code, const std::string& answer);
struct AppDevice {
  DeviceAnswer answer = DeviceAnswer::kExpired;
  std::string code;  ///< of kGiven: decide_app_device()'s, once
};
Result<AppDevice> poll_app_device(Services& services, std::string_view device_code, const std::string& client_id);

}  // namespace gatehouse::admin
