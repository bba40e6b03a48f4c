// Findings as JSON: the one form that all reports share, so that whoever reads one can read all. Used inside inventory/ only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "admin/json_values.h"
#include "store/reports.h"

namespace gatehouse::inventory {

using admin::Document;

/// "token", "external credential", "account", "site credential"
std::string_view kind_of(const store::Subject& subject);
/// Whom to ask, where nobody else is named: the token's owner, else the account's owner, else the deputy; only who is not
/// suspended.
std::string answers_for(const store::Subject& subject);
/// The live people behind it in that order, each once.
std::vector<std::string> people_of(const store::Subject& subject);

/// {"kind","id","name","account","site","owner","account_owner","deputy","criticality","purpose","runs_in","expires_at",
///  "last_used_at","calls_a_day"}
Document describe(const store::Subject& subject, Instant now);
/// {"place","tool","sample","first_seen_at","last_seen_at","requests","days","hours"}
Document describe_consumer(const store::Seen& seen);
/// "01-02, 09-17 UTC, Mon-Fri"; empty where it is not known yet.
std::string hours_in_words(std::int64_t hours);
/// Of the last month, or of its life where that is shorter; rounded up, so that a little is not nothing.
std::int64_t calls_a_day(const store::Subject& subject, Instant now);

using admin::text_or_null;
boost::json::array as_array(const std::vector<std::string>& words);
std::vector<std::string> split_words(std::string_view text);
std::string join(const std::vector<std::string>& words, std::string_view between);

/// What was seen of one credential, from the rows of many.
std::vector<const store::Seen*> seen_of(const std::vector<store::Seen>& all, const std::string& credential, store::SeenKind kind);

}  // namespace gatehouse::inventory
