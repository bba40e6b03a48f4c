#include "lifecycle/watch.h"

#include <algorithm>
#include <map>
#include <set>

#include "admin/error_streaks.h"
#include "admin/notices.h"
#include "admin/policy.h"
#include "admin/recorder.h"
#include "store/watch.h"

namespace gatehouse::lifecycle {
namespace {

using namespace std::chrono_literals;
using admin::Notice;
using admin::NoticeKind;
using Outcome = store::Watch::Outcome;

constexpr Duration kLookBack = 2h;
constexpr Duration kCalm = 10min;
constexpr Duration kDeadIsQuiet = 24h * 7;
constexpr Duration kLearnFrom = 24h * 14;
constexpr Duration kQuietForAWhile = 2h;
constexpr Duration kSilenceCounts = 24h * 14;  ///< who has been quiet for longer has been told of, or is `unused`
constexpr int kMost = 20'000;

/// Refusals that are told in another way, or are meant to pass: not a failure of the automation.
bool is_other_trouble(std::string_view outcome) {
  static const std::set<std::string_view> others{"rate_limited",   "token_paused", "grant_paused", "resource_paused",
                                                 "account_paused", "site_paused",  "expired",      "revoked",
                                                 "invalid_token",  "no_credential"};
  return others.contains(outcome);
}

bool is_our_trouble(std::string_view outcome) {
  static const std::set<std::string_view> failed{
      "upstream_unavailable", "upstream_credential", "upstream_answer", "overloaded", "stale", "internal"};
  return failed.contains(outcome);
}

/// What one credential did with one operation.
struct Course {
  std::optional<Instant> permitted;
  std::optional<Instant> refused;
  std::string refused_as;
};

struct CourseOfCredential {
  std::map<std::string, Course> operations;
  std::optional<Instant> permitted;
};

std::map<CredentialId, CourseOfCredential> courses_of(const std::vector<Outcome>& outcomes) {
  std::map<CredentialId, CourseOfCredential> all;
  for (const Outcome& one : outcomes) {
    if (is_other_trouble(one.outcome)) continue;
    CourseOfCredential& credential = all[one.credential];
    Course& course = credential.operations[one.operation];
    if (one.outcome == to_string(Reason::kPermitted)) {
      course.permitted = std::max(course.permitted, std::optional(one.last_at));
      credential.permitted = std::max(credential.permitted, std::optional(one.last_at));
    } else if (!is_our_trouble(one.outcome) && (!course.refused || *course.refused < one.last_at)) {
      course.refused = one.last_at;
      course.refused_as = one.outcome;
    }
  }
  return all;
}

class Watcher {
 public:
  Watcher(admin::Services& services, Instant now) : services_(services), now_(now) {}

  Result<void> look() {
    GH_TRY(const store::Reader reader, services_.database.read());
    at_ = reader.operator->();
    GH_TRY(const admin::Policy policy, admin::read_policy(*at_));
    GH_TRY(const auto outcomes, at_->watch.outcomes(std::chrono::floor<std::chrono::hours>(now_ - kLookBack), kMost));
    const auto courses = courses_of(outcomes);
    GH_TRYV(look_for_failures(courses));
    GH_TRYV(look_for_streaks(policy.notify.errors));
    GH_TRYV(look_for_recoveries(courses));
    GH_TRYV(look_at_sites(outcomes));
    GH_TRYV(look_for_new_places());
    GH_TRYV(look_for_dead());
    at_ = nullptr;
    return success();
  }

  Result<void> queue() {
    if (found_.empty() && over_.empty()) return success();
    return services_.database.tend_outbox([this](store::Outbox& outbox, const store::Repositories&) -> Result<void> {
      for (store::Matter& matter : over_) {
        matter.closed_at = now_;
        GH_TRYV(outbox.update_matter(matter));
      }
      for (const Notice& notice : found_) {
        GH_TRYV(admin::queue_notice(services_, outbox, notice));
      }
      return success();
    });
  }

 private:
  /// With the credential's name; dropped where it is gone.
  Result<void> add(Notice notice) {
    const auto credential = at_->credentials.get(CredentialId(notice.subject_id));
    if (!credential) return credential.error().code == Errc::kNotFound ? Result<void>(success()) : credential.error();
    notice.subject_name = credential.value().value.name;
    found_.push_back(std::move(notice));
    return success();
  }

  Result<bool> open(std::string_view topic, const std::string& id) const {
    GH_TRY(const auto matter, at_->outbox.open_matter(topic, "token", id));
    return matter.has_value();
  }

  Result<void> look_for_failures(const std::map<CredentialId, CourseOfCredential>& courses) {
    for (const auto& [credential, course] : courses) {
      for (const auto& [operation, one] : course.operations) {
        if (operation.empty() || !one.refused || (one.permitted && *one.permitted > *one.refused)) continue;
        GH_TRY(const bool told, open("failing", credential.value));
        if (told) break;
        GH_TRY(const auto before, at_->watch.last_permitted(credential, operation));
        if (!before || *before > *one.refused) continue;
        Notice notice{NoticeKind::kFailing, "token", credential.value};
        notice.facts["because"] = "An operation that used to succeed is refused now: " + operation + " (" + one.refused_as + ").";
        notice.facts["operation"] = operation;
        notice.facts["command"] = "gatehouse token show " + credential.value;
        GH_TRYV(add(std::move(notice)));
        break;
      }
    }
    return success();
  }

  Result<void> look_for_streaks(std::int64_t errors) {
    for (const auto& [credential, streak] : admin::error_streaks(services_)) {
      if (streak.errors < errors) continue;
      Notice notice{NoticeKind::kFailing, "token", credential.value};
      notice.facts["because"] =
          "Its requests fail behind Gatehouse, one after another (" + std::string(to_string(streak.reason)) + ").";
      notice.facts["errors"] = streak.errors;
      GH_TRYV(add(std::move(notice)));
    }
    return success();
  }

  Result<void> look_for_recoveries(const std::map<CredentialId, CourseOfCredential>& courses) {
    GH_TRY(const auto matters, at_->outbox.open_matters({}));
    const auto streaks = admin::error_streaks(services_);
    for (const store::Matter& matter : matters) {
      if (matter.topic != "failing" || matter.subject_kind != "token") continue;
      const CredentialId id(matter.subject_id);
      const auto course = courses.find(id);
      if (course == courses.end()) continue;
      GH_TRY(const auto notices, at_->outbox.notices_of_matter(matter.id));
      if (notices.empty()) continue;
      const boost::json::value facts = boost::json::parse(notices.front().facts);
      const boost::json::value* const operation = facts.as_object().if_contains("operation");
      std::optional<Instant> permitted = course->second.permitted, refused;
      if (operation) {
        const auto one = course->second.operations.find(std::string(operation->as_string()));
        if (one == course->second.operations.end()) continue;
        permitted = one->second.permitted;
        refused = one->second.refused;
      } else if (streaks.contains(id)) {
        continue;
      }
      if (!permitted || *permitted < matter.opened_at || (refused && *refused + kCalm > *permitted)) continue;
      Notice notice{NoticeKind::kRecovered, "token", matter.subject_id};
      GH_TRYV(add(std::move(notice)));
    }
    return success();
  }

  Result<void> look_at_sites(const std::vector<Outcome>& outcomes) {
    std::map<SiteId, std::pair<std::optional<Instant>, std::optional<Instant>>> sites;
    for (const Outcome& one : outcomes) {
      auto& [refused, answered] = sites[one.site];
      if (one.outcome == to_string(Reason::kUpstreamCredential)) refused = std::max(refused, std::optional(one.last_at));
      if (one.outcome == to_string(Reason::kPermitted)) answered = std::max(answered, std::optional(one.last_at));
    }
    for (const auto& [id, last] : sites) {
      const auto& [refused, answered] = last;
      const bool bad = refused && (!answered || *answered < *refused);
      if (id.empty() || (!bad && !answered)) continue;
      const auto site = at_->sites.get(id);
      if (!site) continue;
      Notice notice{bad ? NoticeKind::kUpstreamRefused : NoticeKind::kUpstreamWell, "site", id.value, site.value().value.key};
      notice.facts["site"] = site.value().value.key;
      GH_TRY(const auto matter, at_->outbox.open_matter("upstream", "site", id.value));
      // Some operations may still be answered while others are refused: well is who is not refused for a while.
      if (bad == matter.has_value() || (!bad && refused && *refused + kCalm > *answered)) continue;
      found_.push_back(std::move(notice));
    }
    return success();
  }

  Result<void> look_for_new_places() {
    GH_TRY(const auto places, at_->watch.new_places(std::chrono::floor<std::chrono::hours>(now_ - kLookBack), kMost));
    for (const auto& one : places) {
      Notice notice{NoticeKind::kNewPlace, "token", one.credential.value};
      notice.facts["address"] = one.address;
      notice.facts["user_agent"] = one.user_agent;
      notice.once_key = "place/" + one.credential.value + "/" + one.place;
      GH_TRYV(add(std::move(notice)));
    }
    return success();
  }

  /// That a dead token is used is told where it is noticed (admin/tokens.h); here it is found that it has stopped.
  Result<void> look_for_dead() {
    GH_TRY(const auto matters, at_->outbox.open_matters({}));
    GH_TRY(const auto uses, at_->watch.dead_uses(now_ - kDeadIsQuiet, kMost));
    std::set<std::string> in_use;
    for (const auto& use : uses) in_use.insert(use.credential.value);
    for (const store::Matter& matter : matters) {
      if (matter.topic != "dead" || matter.opened_at + kDeadIsQuiet > now_) continue;
      if (!in_use.contains(matter.subject_id)) over_.push_back(matter);
    }
    return success();
  }

  admin::Services& services_;
  const Instant now_;
  const store::Repositories* at_ = nullptr;
  std::vector<Notice> found_;
  std::vector<store::Matter> over_;  ///< closed without a word
};

}  // namespace

std::optional<Duration> learnt_patience(const std::vector<Instant>& hours) {
  constexpr std::size_t kFewest = 6;
  constexpr Duration kTooLong = 24h * 7;
  if (hours.size() < kFewest) return std::nullopt;
  Duration longest{};
  for (std::size_t i = 1; i < hours.size(); ++i) longest = std::max(longest, hours[i] - hours[i - 1]);
  if (longest >= kTooLong) return std::nullopt;
  return std::max<Duration>(kQuietForAWhile, longest * 3 / 2);
}

Result<void> watch(admin::Services& services, Instant now) {
  GH_TRYV(admin::flush_records(services));
  Watcher watcher(services, now);
  GH_TRYV(watcher.look());
  return watcher.queue();
}

namespace {

struct Silence {
  bool silent = false;
  Duration every{};
  Instant last;
};

/// What was added up, and the hours since then, tell most of them at once; only who seems to be silent is looked at closely.
Result<Silence> silence_of(const store::Reader& reader, const store::Watch::Quiet& one, const std::map<AccountId, Instant>& fresh,
                           Rhythms& rhythms, Instant now) {
  Silence found{false, {}, one.last_at};
  if (const auto use = fresh.find(one.account); use != fresh.end()) found.last = std::max(found.last, use->second);
  std::optional<Duration> patience;
  if (one.expected_every) {
    found.every = *one.expected_every;
    patience = found.every * 3 / 2;
  } else {
    if (found.last + kQuietForAWhile > now) return found;
    auto& [learnt_at, learnt] = rhythms[one.account];
    if (learnt_at != found.last) {
      GH_TRY(const auto hours, reader->watch.account_hours(one.account, found.last - kLearnFrom));
      learnt = learnt_patience(hours);
      learnt_at = found.last;
    }
    patience = learnt;
    if (patience) found.every = *patience * 2 / 3;
  }
  if (!patience || found.last + *patience > now) return found;
  // A token of it that ended since may have been used later.
  GH_TRY(const auto used, reader->watch.account_last_used(one.account));
  found.last = std::max(found.last, used.value_or(found.last));
  found.silent = found.last + *patience <= now;
  return found;
}

}  // namespace

Result<void> watch_silence(admin::Services& services, Instant now, Rhythms& rhythms) {
  GH_TRYV(admin::flush_records(services));
  std::vector<Notice> found;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    std::set<std::string> known_silent;
    GH_TRY(const auto matters, reader->outbox.open_matters({}));
    for (const store::Matter& matter : matters) {
      if (matter.topic == "silent") known_silent.insert(matter.subject_id);
    }
    GH_TRY(const auto quiet, reader->watch.quiet_accounts(now - kSilenceCounts, now, kMost));
    GH_TRY(const auto fresh, reader->watch.fresh_uses());
    for (const auto& one : quiet) {
      GH_TRY(const Silence silence, silence_of(reader, one, fresh, rhythms, now));
      if (silence.silent == known_silent.contains(one.account.value)) continue;
      Notice notice{silence.silent ? NoticeKind::kSilent : NoticeKind::kRecovered, "account", one.account.value, one.handle};
      notice.facts["last_used_at"] = format_instant(silence.last);
      if (silence.silent) {
        const auto every = std::chrono::round<std::chrono::minutes>(silence.every);
        notice.facts["expected_every"] = format_duration(std::max<Duration>(1min, every));
      }
      found.push_back(std::move(notice));
    }
  }
  if (found.empty()) return success();
  return services.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) -> Result<void> {
    for (const Notice& notice : found) {
      GH_TRYV(admin::queue_notice(services, outbox, notice));
    }
    return success();
  });
}

}  // namespace gatehouse::lifecycle
