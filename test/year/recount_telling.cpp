#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <tuple>

#include "test/year/recount.h"

namespace gatehouse::year {
namespace {

/// Kind, subject, end, person.
using Key = std::tuple<std::string, std::string, std::string, std::string>;

std::string end_of(const std::string& kind, const std::string& ends) {
  return kind == "expiring" || kind == "expired" || kind == "extended" ? ends : std::string();
}

std::string in_words(const Key& key) {
  return std::get<0>(key) + " of " + std::get<1>(key) + (std::get<2>(key).empty() ? "" : " (ends " + std::get<2>(key) + ")") +
         " to " + std::get<3>(key);
}

int day_of(Instant at) { return static_cast<int>((at - kStart) / kDay); }

class Postroom {
 public:
  explicit Postroom(const Story& story, Instant now) : story_(story), model_(story.model()), now_(now) {}

  /// When the last attempt was made for certain, as the mail server's weather was; nothing: it was given up.
  std::optional<Instant> surely_sent(const Expected& one) const {
    constexpr Duration kBetweenLooks = 13h, kBetweenAttempts = 4h, kGivesUp = 72h;
    Instant sent = (one.calm ? std::chrono::ceil<std::chrono::hours>(one.at) : one.at) + (one.calm ? kBetweenLooks : 1h);
    for (const Weather& weather : story_.weather()) {
      if (weather.from > sent || weather.until <= one.at) continue;
      if (weather.until >= one.at + kGivesUp - kBetweenLooks) return std::nullopt;
      sent = std::max(sent, weather.until + kBetweenAttempts + kBetweenLooks);
    }
    return sent;
  }
  bool excused(const Expected& one, const std::string& person) const {
    const auto sent = surely_sent(one);
    return !sent || *sent >= now_ || (one.needed_until && *sent >= *one.needed_until) || model_.away(person, one.at, *sent);
  }

 private:
  const Story& story_;
  const Model& model_;
  const Instant now_;
};

struct Counted {
  int taken = 0;
  int forgotten = 0;
  Instant last{};
  std::string text;  ///< of the last one
};

std::set<std::string> responsible_for(const Story& story, const std::string& subject) {
  const Model& model = story.model();
  std::set<std::string> people;
  const auto add = [&](const std::string& id) {
    const auto found = story.responsible().find(id);
    if (found != story.responsible().end()) people.insert(found->second.begin(), found->second.end());
  };
  add(subject);
  for (const Account& account : model.accounts) {
    if (account.id != subject) continue;
    for (const Credential& token : model.credentials) {
      if (token.of_site || model.accounts.at(token.account).id != subject) continue;
      people.insert({token.owner, token.requested_by});
      add(token.id);
    }
  }
  for (const Person& person : model.people) {
    if (person.org_admin) people.insert(person.email);
  }
  return people;
}

void count_ends(const Story& story, const Postroom& postroom, const std::vector<Told>& told, Telling& telling,
                Differences& differences) {
  std::map<std::pair<std::string, std::string>, Instant> first_told;
  for (const Told& one : told) {
    if (one.kind == "expiring") first_told.try_emplace({one.subject, one.ends}, one.at);
  }
  for (const Expected& end : story.expected()) {
    if (end.kind != "expired") continue;
    ++telling.ends;
    const auto found = first_told.find({end.subject, end.ends});
    const Instant ends = parse_instant(end.ends).value();
    if (found != first_told.end() && found->second < ends) {
      ++telling.told;
      continue;
    }
    const bool could = std::any_of(story.expected().begin(), story.expected().end(), [&](const Expected& one) {
      return one.kind == "expiring" && one.subject == end.subject && one.ends == end.ends && !one.required.empty() &&
             !postroom.excused(one, one.required.front());
    });
    if (could)
      differences.push_back("day " + std::to_string(day_of(ends)) + ": nobody was told in time that " + end.subject + " ends");
    else
      ++telling.excused;
  }
}

}  // namespace

Telling recount_telling(const Story& story, Differences& differences) {
  const Model& model = story.model();
  const Instant now = kStart + kDay * story.day();
  const Postroom postroom(story, now);
  const auto told = story.mail().told();
  const auto mails = story.mail().mails();
  Telling telling;
  telling.mails = static_cast<int>(mails.size());
  telling.items = static_cast<int>(told.size());
  for (const std::string& problem : story.mail().problems()) differences.push_back(problem);

  std::map<std::string, int> ids;
  for (const Mail& mail : mails) {
    if (!mail.forgotten && ++ids[mail.message_id] == 2) differences.push_back("the mail " + mail.message_id + " was sent twice");
    if (model.away(mail.to, mail.at - 1min, mail.at - 1min))
      differences.push_back("day " + std::to_string(day_of(mail.at)) + ": a mail to " + mail.to + ", who is suspended");
  }

  std::map<Key, Counted> received;
  for (const Told& one : told) {
    Counted& counted = received[{one.kind, one.subject, end_of(one.kind, one.ends), one.to}];
    ++(one.forgotten ? counted.forgotten : counted.taken);
    counted.last = one.at;
    counted.text = one.text;
    if (one.kind == "expiring" && parse_instant(one.ends).value() <= one.at)
      differences.push_back("day " + std::to_string(day_of(one.at)) + ": " + one.to + " was told too late: " + one.title);
  }
  std::map<Key, int> events, needed;
  std::map<Key, Instant> since;
  for (const Expected& one : story.expected()) {
    const std::string ends = end_of(one.kind, one.ends);
    ++events[{one.kind, one.subject, ends, {}}];
    for (const std::string& person : one.required) {
      if (postroom.excused(one, person)) continue;
      ++needed[{one.kind, one.subject, ends, person}];
      since[{one.kind, one.subject, ends, person}] = one.at;
    }
  }
  for (const auto& [key, count] : needed) {
    const auto found = received.find(key);
    const int got = found == received.end() ? 0 : std::max(found->second.taken, found->second.forgotten > 0 ? 1 : 0);
    if (got < count) {
      differences.push_back("since day " + std::to_string(day_of(since.at(key))) + ": told " + std::to_string(got) +
                            " times and not " + std::to_string(count) + ": " + in_words(key));
    }
  }
  std::map<std::string, std::set<std::string>> responsible;
  for (const auto& [key, counted] : received) {
    const auto& [kind, subject, ends, person] = key;
    auto known = responsible.find(subject);
    if (known == responsible.end()) known = responsible.emplace(subject, responsible_for(story, subject)).first;
    if (!known->second.contains(person))
      differences.push_back("day " + std::to_string(day_of(counted.last)) + ": whom it does not concern: " + in_words(key));
    const bool of_webhook = kind == "failing" || kind == "recovered";
    if (kind == "nobody" || (of_webhook && !story.responsible().contains(subject))) continue;
    if ((kind == "silent" || kind == "recovered") && story.maybe_silent().contains(subject)) continue;
    const auto found = events.find({kind, subject, ends, {}});
    const int allowed = found == events.end() ? 0 : found->second;
    if (counted.taken > allowed) {
      differences.push_back("day " + std::to_string(day_of(counted.last)) + ": told " + std::to_string(counted.taken) +
                            " times, for " + std::to_string(allowed) + " causes: " + in_words(key) + ": " + counted.text);
    }
  }
  count_ends(story, postroom, told, telling, differences);
  return telling;
}

void recount_webhooks(const Story& story, Differences& differences) {
  std::map<std::string, int> taken;
  std::map<std::string, int> ends;
  for (const Receiver::Post& post : story.receiver().posts()) {
    if (!post.taken) continue;
    if (++taken[post.id] == 2) differences.push_back("the webhook took " + post.id + " twice");
    if (post.type == "token.expired") ++ends[post.subject];
  }
  for (const Expected& one : story.expected()) {
    const int day = day_of(one.at), week = day / 7;
    // On two days of every sixth week nothing got through for longer than it is tried.
    const bool lost = week % 3 == 2 && week % 2 == 0 && day % 7 < 2;
    const bool token = std::any_of(story.model().credentials.begin(), story.model().credentials.end(),
                                   [&](const Credential& c) { return c.id == one.subject && !c.of_site; });
    if (one.kind != "expired" || !token || day >= story.day() - 2) continue;
    if (ends[one.subject] > 1 || (ends[one.subject] == 0 && !lost))
      differences.push_back("day " + std::to_string(day) + ": the webhook was told " + std::to_string(ends[one.subject]) +
                            " times that " + one.subject + " has ended");
  }
}

}  // namespace gatehouse::year
