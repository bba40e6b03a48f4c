// What a process is told at start: flags, the configuration file and the environment, as plain values. Flags win over the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "admin/atlassian_settings.h"
#include "admin/provider_settings.h"
#include "admin/session_limits.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/server.h"
#include "lifecycle/audit_sinks.h"
#include "lifecycle/notify_settings.h"
#include "store/data_folder.h"

namespace gatehouse {

struct Settings {
  std::string data;      ///< the data folder
  std::string database;  ///< empty: SQLite in the data folder
  store::MasterKeySource master_key;
  std::string gateway = "127.0.0.1:8480";
  std::string admin = "127.0.0.1:8481";
  unsigned threads = 1;    ///< gateway threads
  std::string public_url;  ///< empty: the gateway's own origin
  std::vector<std::string> trusted_proxies;
  bool register_only = false;  ///< no gateway: the register and its reports alone
  Duration stale_limit = std::chrono::seconds(30);
  std::vector<std::string> admin_hosts;               ///< names under which the admin listener may be reached, beside its address
  http::ServerOptions server;                         ///< certificate, time-outs, limits, upstreams
  admin::SessionLimits session_limits;                ///< of people in a browser
  admin::ProviderSettings provider;                   ///< the company's OpenID Connect provider
  admin::AtlassianSettings atlassian;                 ///< the organization's 3LO app
  lifecycle::AuditSinkSettings audit;                 ///< where the audit log goes beside the database
  lifecycle::NotifySettings notify;                   ///< mail server, links, addresses of webhooks
  std::optional<Instant> provider_secret_expires_at;  ///< as whoever gave it out said
  std::optional<Instant> mail_password_expires_at;
};

/// Reads FILE (TOML, docs/operate/configuration.md) over `settings`. An unknown key is an error that names it with its line.
Result<void> read_configuration(const std::string& file, Settings& settings);
/// HTTPS_PROXY and NO_PROXY, and the addresses that a site may have without being named in the configuration: public ones, and
/// this machine's where the site's URL says so literally.
Result<void> read_environment(Settings& settings);
/// The texts parsed and the rule of listeners checked: what is wrong is told before anything is opened.
Result<void> complete(Settings& settings);

}  // namespace gatehouse
