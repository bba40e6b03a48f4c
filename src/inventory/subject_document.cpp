#include "inventory/subject_document.h"

#include <algorithm>
#include <array>

#include "admin/describe.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using store::Subject;

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// The runs of set bits among `count` bits, as "a-b" by `name`.
template <class Name>
std::string runs(std::int64_t bits, int count, const Name& name) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    if ((bits >> i & 1) == 0) continue;
    int end = i;
    while (end + 1 < count && (bits >> (end + 1) & 1) != 0) ++end;
    if (!out.empty()) out += ", ";
    out += name(i);
    if (end > i) out += "-" + name(end);
    i = end;
  }
  return out;
}

using admin::instant_or_null;

}  // namespace

std::string_view kind_of(const Subject& subject) {
  switch (subject.kind) {
    case Subject::Kind::kAccount: return "account";
    case Subject::Kind::kSiteCredential: return "site credential";
    case Subject::Kind::kToken: break;
  }
  if (subject.credential_kind == CredentialKind::kOAuthClient) return "oauth client";
  return subject.credential_kind == CredentialKind::kExternal ? "external credential" : "token";
}

std::vector<std::string> people_of(const Subject& subject) {
  std::vector<std::string> people;
  for (const store::PersonOf* person : {&subject.owner, &subject.account_owner, &subject.deputy}) {
    if (!person->live || person->email.empty()) continue;
    if (std::find(people.begin(), people.end(), person->email) == people.end()) people.push_back(person->email);
  }
  return people;
}

std::string answers_for(const Subject& subject) {
  const auto people = people_of(subject);
  return people.empty() ? std::string() : people.front();
}

std::int64_t calls_a_day(const Subject& subject, Instant now) {
  if (subject.month_requests == 0) return 0;
  const Duration life = std::min<Duration>(store::kMonth, now - subject.created_at);
  const std::int64_t days = std::max<std::int64_t>(1, life / std::chrono::hours(24));
  return (subject.month_requests + days - 1) / days;
}

Document describe(const Subject& subject, Instant now) {
  Document document;
  document["kind"] = kind_of(subject);
  document["id"] = subject.id;
  document["name"] = subject.kind == Subject::Kind::kSiteCredential ? "the credential of " + subject.site : subject.name;
  document["account"] = text_or_null(subject.account);
  document["site"] = text_or_null(subject.site);
  document["owner"] = text_or_null(subject.owner.email);
  document["owner_live"] = subject.owner.live;
  document["account_owner"] = text_or_null(subject.account_owner.email);
  document["deputy"] = text_or_null(subject.deputy.email);
  document["criticality"] = admin::to_string(subject.criticality);
  document["purpose"] = subject.purpose;
  document["runs_in"] = subject.runs_in;
  document["runbook"] = text_or_null(subject.runbook_url);
  document["expires_at"] = instant_or_null(subject.expires_at);
  document["last_used_at"] = instant_or_null(subject.last_used_at);
  document["calls_a_day"] = calls_a_day(subject, now);
  return document;
}

std::string hours_in_words(std::int64_t hours) {
  static constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const std::int64_t of_day = hours & 0xffffff, of_week = hours >> 24 & 0x7f;
  if (of_day == 0) return {};
  std::string out = of_day == 0xffffff ? "around the clock" : runs(of_day, 24, two_digits) + " UTC";
  if (of_week != 0x7f)
    out += ", " + runs(of_week, 7, [](int day) { return std::string(kDays.at(static_cast<std::size_t>(day))); });
  return out;
}

Document describe_consumer(const store::Seen& seen) {
  Document document;
  document["place"] = seen.a;
  document["tool"] = seen.b;
  document["sample"] = text_or_null(seen.sample);
  document["first_seen_at"] = format_instant(seen.first_at);
  document["last_seen_at"] = format_instant(seen.last_at);
  document["requests"] = seen.requests;
  document["days"] = seen.days;
  document["hours"] = text_or_null(hours_in_words(seen.hours));
  return document;
}

json::array as_array(const std::vector<std::string>& words) {
  json::array array;
  for (const std::string& word : words) array.emplace_back(word);
  return array;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string join(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

std::vector<const store::Seen*> seen_of(const std::vector<store::Seen>& all, const std::string& credential,
                                        store::SeenKind kind) {
  std::vector<const store::Seen*> found;
  for (const store::Seen& seen : all) {
    if (seen.credential.value == credential && seen.kind == kind) found.push_back(&seen);
  }
  return found;
}

}  // namespace gatehouse::inventory
