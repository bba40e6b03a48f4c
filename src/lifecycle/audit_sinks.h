// Where the audit log goes beside the database: its signed head as an anchor by webhook and syslog, and every record to syslog.
//
// Set in the configuration file only, so that nobody who can change the database or has an administrator's key can turn it off or
// elsewhere. How far each has come stands in a file of the data folder: after an outage it goes on where it was. An anchor that
// somebody else keeps is held against the chain by `gatehouse audit verify --head FILE`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "admin/services.h"
#include "base/clock.h"
#include "base/result.h"

namespace gatehouse::lifecycle {

/// Section [audit] of the configuration file.
struct AuditSinkSettings {
  std::string webhook_url;          ///< https://…, or http://… on this machine; empty: none
  std::string webhook_secret_file;  ///< whsec_…, which signs what is posted (Standard Webhooks)
  std::string syslog;               ///< udp://host:514, tcp://host:601 or unix:/dev/log; empty: none
  bool stream = true;               ///< every record to syslog (CEF), not the anchors alone
  Duration anchor_every = std::chrono::minutes(1);
  bool enabled() const noexcept { return !webhook_url.empty() || !syslog.empty(); }
};

/// "udp", "tcp" or "unix" and where that is.
struct SyslogTarget {
  std::string way;
  std::string host;  ///< or the path of a socket
  std::string port;
};
Result<SyslogTarget> parse_syslog_target(std::string_view text);

/// RFC 5424, facility 13 (log audit): "<110>1 2027-01-01T00:00:00Z gatehouse gatehouse - audit - TEXT". `severity` as syslog
/// counts.
std::string syslog_message(int severity, Instant at, std::string_view kind, std::string_view text);

/// Run by one thread.
class AuditSinks {
 public:
  /// kInvalidArgument where a setting can't be. `progress_path` is a file of the data folder.
  static Result<std::unique_ptr<AuditSinks>> make(admin::Services& services, AuditSinkSettings settings,
                                                  std::string progress_path);
  ~AuditSinks();

  /// A job: sends what is new. What fails is told in the error and sent again at the next turn.
  Result<void> run(Instant now);

 private:
  struct State;
  explicit AuditSinks(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::lifecycle
