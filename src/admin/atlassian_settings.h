// What the configuration file says of the organization's 3LO app at Atlassian (admin/atlassian.h).
#pragma once

#include <string>

#include "base/clock.h"

namespace gatehouse::admin {

/// From the configuration file. An empty client id: there is no app, and nobody can connect.
struct AtlassianSettings {
  std::string client_id;
  std::string secret_file;
  std::string account_url = "https://auth.atlassian.com";
  std::string api_url = "https://api.atlassian.com";
  /// What a person is asked to consent to. read:jira-work and read:space:confluence are what `mypermissions` and the operations
  /// of a space need, read:me what names the account, offline_access what lets it be asked again.
  std::string scopes = "read:me read:jira-work read:space:confluence offline_access";
  bool pkce = true;                            ///< Atlassian does not document PKCE for 3LO apps, nor that it refuses it
  Duration recheck = std::chrono::hours(1);    ///< how often it is asked again who administers what
  Duration remember = std::chrono::hours(24);  ///< how long an answer counts where it can't be asked again
};

}  // namespace gatehouse::admin
