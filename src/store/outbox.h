// The outbox: what is to be told (notices), what stays open until somebody has dealt with it (matters), each notice's way to each
// recipient (messages) and every attempt (deliveries).
//
// A use case writes its notice in the unit of work of its cause (admin/notices.h), so that both commit together. lifecycle/ makes
// messages of notices and delivers them in transactions of their own (Database::tend_outbox), which no audit record belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "store/stored.h"

namespace gatehouse::store {

/// At most one of a topic and subject is open.
struct Matter {
  std::string id;
  std::string topic;
  std::string subject_kind;
  std::string subject_id;
  Instant opened_at{};
  std::optional<Instant> closed_at;
  int rung = 0;                        ///< how far up it has been told
  std::optional<Instant> escalate_at;  ///< when the next rung is told, unless somebody acknowledges before
  std::optional<Instant> acknowledged_at;
  UserId acknowledged_by;
};

struct StoredNotice {
  std::string id;
  Instant at{};
  int kind = 0;              ///< admin::NoticeKind
  std::string subject_kind;  ///< "token", "account" …
  std::string subject_id;
  std::string subject_name;
  std::string facts;     ///< a JSON object without secrets
  std::string once_key;  ///< a second notice of the same key is not written; empty: any number
  std::string matter;    ///< empty: it belongs to none
  std::optional<Instant> addressed_at;
};

enum class MessageState { kGivenUp = 0, kWaiting = 1, kSent = 2, kNotNeeded = 3 };

struct Message {
  std::string id;
  std::string notice;
  std::string channel;    ///< "email" or "webhook"
  std::string recipient;  ///< the user's or the webhook's id
  std::string reason;     ///< why this recipient: "owner of the token"
  MessageState state = MessageState::kWaiting;
  Instant created_at{};
  Instant due_at{};
  int attempts = 0;
  std::optional<Instant> sent_at;
  std::string problem;  ///< of the last attempt
};

struct Delivery {
  std::string message;
  int attempt = 0;
  Instant at{};
  std::string outcome;  ///< "sent", "failed", "given up"
  std::string detail;
};

/// How many messages of one channel came to one end.
struct MessageCount {
  std::string channel;
  MessageState state = MessageState::kWaiting;
  std::int64_t messages = 0;
};

class Outbox {
 public:
  explicit Outbox(Session& session) noexcept : session_(session) {}
  Outbox(const Outbox&) = delete;

  /// False where a notice of that once_key is there already: nothing was written.
  Result<bool> insert_notice(const StoredNotice& notice);
  /// Whether a notice of that once_key is there.
  Result<bool> knows(const std::string& once_key) const;
  /// Those of them that are there.
  Result<std::set<std::string>> known_of(const std::vector<std::string>& once_keys) const;
  Result<StoredNotice> notice(const std::string& id) const;
  /// Those of which no messages were made yet, oldest first.
  Result<std::vector<StoredNotice>> unaddressed(int limit) const;
  Result<void> mark_addressed(const std::string& notice, Instant at);
  /// Newest first.
  Result<std::vector<StoredNotice>> notices_of(const std::string& subject_id, int limit) const;
  Result<std::vector<StoredNotice>> notices_of_matter(const std::string& matter) const;

  /// The open one, or nothing.
  Result<std::optional<Matter>> open_matter(std::string_view topic, std::string_view subject_kind,
                                            std::string_view subject_id) const;
  Result<Matter> matter(const std::string& id) const;
  Result<void> insert_matter(const Matter& matter);
  Result<void> update_matter(const Matter& matter);
  /// All open ones of a subject; empty subject: of all.
  Result<std::vector<Matter>> open_matters(const std::string& subject_id) const;
  /// Open ones that nobody has acknowledged and of which this person was told by mail.
  Result<std::vector<Matter>> matters_told_to(const UserId& user) const;
  /// A text that changes whenever a matter is opened, closed, acknowledged or told further up.
  Result<std::string> matters_mark() const;
  /// Open ones that were overtaken: their token or site credential is gone, or the expiry of a token that they are about ends
  /// after `latest` now, or never. That a dead token was reused or is in use is not overtaken by its death.
  Result<std::vector<Matter>> overtaken(Instant latest) const;
  /// Open, unacknowledged, and their time is up at `now`.
  Result<std::vector<Matter>> to_escalate(Instant now, int limit) const;

  /// False where the recipient has that notice on that channel already.
  Result<bool> insert_message(const Message& message);
  Result<Message> message(const std::string& id) const;
  /// Waiting and due, oldest first, without those that another node works on.
  Result<std::vector<Message>> due(Instant now, int limit) const;
  Result<std::vector<Message>> messages_of(const std::string& notice) const;
  /// Of all that are kept.
  Result<std::vector<MessageCount>> counts() const;
  /// Waiting ones that were tried in vain at least once.
  Result<std::vector<MessageCount>> retried() const;
  /// Who sends it, until when the others leave it alone. False where another node was quicker.
  Result<bool> claim(const std::string& message, Instant now, Instant until);
  /// The outcome of one attempt, with its line in the delivery log. `message` holds the new state.
  Result<void> finish(const Message& message, const Delivery& delivery);

  struct LogFilter {
    std::string subject_id;
    std::string recipient;
    std::string notice;
  };
  struct LogLine {
    StoredNotice notice;
    Message message;
    std::optional<Delivery> last;
  };
  /// Newest first.
  Result<std::vector<LogLine>> log(const LogFilter& filter, int limit) const;
  Result<std::vector<Delivery>> deliveries(const std::string& message) const;

  /// What was dealt with before this instant goes.
  Result<void> forget_before(Instant before);

 private:
  Session& session_;
};

}  // namespace gatehouse::store
