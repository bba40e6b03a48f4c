// How people are told, as the configuration file says it: sections [smtp] and [notify] (docs/operate/notifications.md).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "http/upstream_options.h"

namespace gatehouse::lifecycle {

/// No host: there is no mail.
struct MailSettings {
  enum class Security { kStartTls, kTls, kNone };
  std::string host;
  std::uint16_t port = 0;  ///< 0: 587 with STARTTLS, 465 with TLS, 25 without
  Security security = Security::kStartTls;
  std::string username;
  std::string password_file;  ///< read at each connection, so that it may be changed while the server runs
  std::string from;           ///< the sender's address
  std::string ca_file;        ///< PEM bundle; empty: the system's
  bool enabled() const noexcept { return !host.empty(); }
};
/// What is wrong is told at start: no sender, a password without TLS, no TLS towards another machine.
Result<void> check(const MailSettings& settings);

struct NotifySettings {
  MailSettings mail;
  std::string url;                ///< where people reach the admin listener: the beginning of every link
  http::AddressPolicy receivers;  ///< which private addresses webhooks may have: none that it does not name
};

}  // namespace gatehouse::lifecycle
