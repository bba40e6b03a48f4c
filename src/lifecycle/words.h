// A notice in words: what mail, chat messages and webhooks say. One place, so that all channels say the same.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lifecycle/subject.h"
#include "store/outbox.h"

namespace gatehouse::lifecycle {

/// What does not hurry may wait for a digest.
enum class Urgency { kCalm, kUrgent };

struct Words {
  std::string title;                                         ///< one line: a mail's subject
  std::string what;                                          ///< one or two sentences: what happened and what follows
  std::vector<std::pair<std::string, std::string>> details;  ///< "Ends", "2027-01-01T00:00:00Z"
  std::string command;  ///< what puts it right, as one command; empty where nothing has to be
};

/// `now` is for "in 3 days". Every value of `notice.facts` is taken as text for people, control characters left out.
Words words_of(const store::StoredNotice& notice, const Subject& subject, Instant now);

/// An end in a week or more, what somebody did on purpose, and good news are calm.
Urgency urgency_of(const store::StoredNotice& notice);

/// "3 days", "5 hours", "12 minutes": rounded to the nearest, never 0.
std::string in_words(Duration span);

/// "token.expiring", "account.paused": the type of a webhook.
std::string type_of(const store::StoredNotice& notice);

}  // namespace gatehouse::lifecycle
