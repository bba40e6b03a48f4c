// Recount: what the model says, held against the mails that were really received and against what the reports say. Each
// difference is one line that names the object and the day.
#pragma once

#include <string>
#include <vector>

#include "test/year/story.h"

namespace gatehouse::year {

using Differences = std::vector<std::string>;

struct Telling {
  int ends = 0;     ///< that came
  int told = 0;     ///< … to a person, before
  int excused = 0;  ///< … and no mail could have come before: it lived too short, or the mail server was away
  int mails = 0;
  int items = 0;
};
Telling recount_telling(const Story& story, Differences& differences);
void recount_webhooks(const Story& story, Differences& differences);
/// At this moment of the story.
void recount_reports(Story& story, Differences& differences);

}  // namespace gatehouse::year
