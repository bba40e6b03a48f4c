// What the configuration file says of the company's OpenID Connect provider (admin/provider.h).
#pragma once

#include <string>

namespace gatehouse::admin {

enum class Provisioning { kNobody, kMembers };

/// From the configuration file. An empty issuer: there is no provider.
struct ProviderSettings {
  std::string issuer;  ///< exactly as its discovery says; https, or http on this machine
  std::string client_id;
  std::string secret_file;  ///< empty: a public client
  std::string name = "your company";
  Provisioning provisioning = Provisioning::kNobody;
  std::string scopes = "openid email profile";
};

}  // namespace gatehouse::admin
