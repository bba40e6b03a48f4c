// Notifier: sends what is due in the outbox, and is the jobs behind telling people. main/ makes one a process.
//
// At least once: a message is claimed, sent, then noted, each in a transaction of its own. A crash between the last two sends it
// once more, with the same Message-ID or webhook-id. It is noted as sent only after the mail server or receiver took it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "admin/services.h"
#include "lifecycle/jobs.h"
#include "lifecycle/mail.h"
#include "lifecycle/watch.h"
#include "lifecycle/webhook.h"
#include "store/outbox.h"

namespace gatehouse::lifecycle {

/// The link by which whoever got a message acknowledges its matter, without signing in: it can't be guessed, and does that alone.
std::string action_link(const admin::Services& services, const std::string& url, const std::string& message);
/// The message of such a link's last part; nothing where it was not made by us.
std::optional<std::string> message_of_link(const admin::Services& services, std::string_view token);

class Notifier {
 public:
  /// `services` must outlive it.
  Notifier(admin::Services& services, NotifySettings settings);

  /// Ladder, watch, addressing, escalation, house-keeping.
  void add_jobs(Jobs& jobs);
  /// Sends what is due; blocks for as long as servers take. An error means that the database could not be asked; what a server
  /// refuses stands in the delivery log.
  Result<void> deliver(Instant now);

 private:
  Result<void> send_mail(std::vector<store::Message> messages, Instant now, bool& server_away);
  /// `away` takes the id of a receiver that was not reached: the others for it wait.
  Result<void> send_webhook(const store::Message& message, Instant now, std::set<std::string>& away);
  Result<bool> claim(const store::Message& message, Instant now);
  Result<bool> still_needed(const store::Reader& reader, const store::StoredNotice& notice) const;
  Result<void> note(const std::vector<store::Message>& messages, const Result<void>& outcome, Instant now);
  Result<void> note_webhook(store::Message message, const Result<WebhookAnswer>& answer, Instant now);
  Result<void> disable(const std::string& webhook, std::string_view reason);
  Duration jittered(Duration span);

  admin::Services& services_;
  const NotifySettings settings_;
  http::FetchOptions fetch_;
  /// Of the jobs' thread.
  std::optional<Instant> laddered_, whole_ladder_;
  Rhythms rhythms_;
};

}  // namespace gatehouse::lifecycle
