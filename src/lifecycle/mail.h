// Mail: one message or a digest as RFC 5322 text with a plain and an HTML form, and its way to the mail server by SMTP (libcurl).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "lifecycle/notify_settings.h"
#include "lifecycle/words.h"

namespace gatehouse::lifecycle {

/// One thing that a mail tells.
struct MailItem {
  Words words;
  std::string reason;      ///< why this person is told
  std::string action;      ///< the one link; empty where nothing has to be done
  std::string message_id;  ///< of the outbox
  std::string thread;      ///< stable per credential: "token.ID"
};

struct Mail {
  std::string to;
  std::string message_id;  ///< without angle brackets
  std::string text;        ///< the whole message, lines ended by CRLF
};

/// `items` is not empty; more than one make a digest. The same items give the same Message-ID, so that a mail that went out twice
/// (the server crashed before it noted the first) is one to the reader's program. kInvalidArgument where `to` can't stand in a
/// header.
Result<Mail> compose(const MailSettings& settings, const std::string& to, const std::vector<MailItem>& items, Instant now);

/// Blocks, for at most 20 seconds. Errors: kUnavailable (try again: not reached, busy, refused for now), kInvalidArgument (the
/// server refuses this mail for good).
Result<void> send(const MailSettings& settings, const Mail& mail);
/// The same conversation without a mail: whether the server is there and takes the password. For `gatehouse doctor`.
Result<void> try_server(const MailSettings& settings);

}  // namespace gatehouse::lifecycle
