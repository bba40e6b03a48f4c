// The reports beside a recount in memory, over a world that grows at random for months, on both databases.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "store/places.h"
#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;
using store::Reports;

constexpr Duration kDay = 24h;
const store::Retention kRetention{7 * kDay, 60 * kDay, 60 * kDay};

struct Event {
  std::string token;
  Instant at;
  std::string operation;
  std::string resource;
  std::string outcome;
  std::string address;
  std::string user_agent;
  std::int64_t count = 1;
};

/// Written out here and not computed, so that a fault in store/places.cpp shows.
const std::map<std::string, std::string> kPlaces{{"10.0.0.1", "10.0.0.0/24"},
                                                 {"10.0.0.77", "10.0.0.0/24"},
                                                 {"192.0.2.9", "192.0.2.0/24"},
                                                 {"2001:db8::1", "2001:db8::/64"},
                                                 {"2001:db8::ffff:1", "2001:db8::/64"}};
const std::map<std::string, std::string> kTools{{"curl/7.88.1", "curl"},
                                                {"curl/8.5.0", "curl"},
                                                {"python-requests/2.31.0 sync/1 (Linux; x86)", "python-requests sync"},
                                                {"", "none"}};

template <class Map>
std::string any_key(const Map& map) {
  auto at = map.begin();
  std::advance(at, *rc::gen::inRange<std::size_t>(0, map.size()));
  return at->first;
}

int upto(int most) { return *rc::gen::inRange(0, most + 1); }

struct Consumer {
  Instant first;
  Instant last;
};

class ReportsRecount : public StoreTest {
 protected:
  void tend() {
    bool more = true;
    while (more) {
      ASSERT_TRUE(database_->tend_usage([&](store::Rollups& rollups, const store::Repositories&) -> Result<void> {
        GH_TRY(more, rollups.roll_up_hour(clock_.now()));
        return success();
      }));
    }
    for (bool done = false; !done;) {
      const auto outcome = database_->tend_usage([&](store::Rollups& rollups, const store::Repositories& at) -> Result<void> {
        GH_TRY(done, rollups.refresh(clock_.now(), kRetention, at, compare_use));
        return success();
      });
      ASSERT_TRUE(outcome) << outcome.error().log_detail;
    }
    for (bool done = false; !done;) {
      const auto outcome = database_->tend_usage([&](store::Rollups& rollups, const store::Repositories&) -> Result<void> {
        GH_TRY(done, rollups.drop_old(clock_.now(), kRetention));
        return success();
      });
      ASSERT_TRUE(outcome) << outcome.error().log_detail;
    }
    forget();
  }

  static Result<store::Compared> compare_use(const store::Repositories&, const store::SeenOfCredential& seen) {
    store::Compared compared{"write", "", ""};
    for (const store::Seen& one : seen.seen) {
      if (one.kind == store::SeenKind::kOperation && one.b == "edit") compared.unused_scopes.clear();
    }
    return compared;
  }

  /// What the daily round does, in memory.
  void forget() {
    refreshed_ = clock_.now();
    std::erase_if(consumers_, [&](const auto& one) { return one.second.last < clock_.now() - kRetention.days; });
    std::erase_if(edits_, [&](const auto& one) { return one.second < clock_.now() - kRetention.days; });
    without_edit_.clear();
    for (const auto& [token, at] : last_) {
      if (!edits_.contains(token)) without_edit_.insert(token);
    }
    recent_consumers_.clear();
    for (const auto& [key, consumer] : consumers_) {
      if (consumer.last >= clock_.now() - store::kMonth) ++recent_consumers_[std::get<0>(key)];
    }
    busy_.clear();
    const auto first = std::chrono::floor<std::chrono::days>(clock_.now() - store::kMonth);
    std::map<std::string, std::set<Instant>> days;
    for (const Event& event : events_) {
      const Instant day = std::chrono::floor<std::chrono::days>(event.at);
      if (day >= first) days[event.token].insert(day);
    }
    for (const auto& [token, of] : days) {
      if (of.size() >= 20) busy_.insert(token);
    }
  }

  void grow() {
    if (users_.size() < 3 || upto(4) == 0) users_.push_back(add_user("u" + std::to_string(users_.size()) + "@example.com"));
    const auto user = [&] { return users_.at(static_cast<std::size_t>(upto(static_cast<int>(users_.size()) - 1))); };
    if (accounts_.empty() || upto(3) == 0) {
      ServiceAccount account;
      account.id = new_id<AccountId>(random_);
      account.handle = "h" + std::to_string(accounts_.size());
      account.owner = user().id;
      if (upto(1)) account.deputy = user().id;
      if (upto(1)) account.docs_url = "https://docs.example";
      if (upto(2)) account.runbook_url = "https://runbook.example";
      if (upto(1)) account.rotate_every = 90 * kDay;
      if (upto(2)) account.purpose = "p";
      if (upto(2)) account.runs_in = "r";
      if (upto(2) == 0) account.expected_every = kDay;
      account.criticality = upto(1) ? Criticality::kLow : Criticality::kHigh;
      account.state = upto(9) ? State::kLive : State::kArchived;
      account.created_at = clock_.now();
      ASSERT_TRUE(commit([&](auto& work) { return work->accounts.insert(account); }));
      accounts_.push_back(account);
    }
    Credential token =
        credential(accounts_.at(static_cast<std::size_t>(upto(static_cast<int>(accounts_.size()) - 1))).id, user().id, site_);
    token.pause = {};
    token.state = upto(9) ? State::kLive : State::kRevoked;
    token.relaxed_queries = upto(4) == 0;
    token.rotate_every.reset();
    if (upto(1)) token.rotate_every = 20 * kDay;
    if (upto(3) == 0) token.boundary = {{{site_.id, "*", "*"}, ""}};
    token.expires_at = clock_.now() + upto(120) * kDay + 1h;
    if (upto(3) == 0) token.expires_at.reset();
    ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(token); }));
    tokens_.push_back(token);
    if (upto(5) == 0) {
      auto stored = database_->read().value()->users.get(user().id).value();
      stored.value.state = stored.value.state == State::kLive ? State::kPaused : State::kLive;
      ASSERT_TRUE(commit([&](auto& work) { return work->users.update(stored.value, stored.version); }));
      suspended_[stored.value.id.value] = stored.value.state == State::kPaused;
    }
  }

  void use() {
    store::UsageBatch batch;
    const int times = upto(12);
    for (int i = 0; i < times; ++i) {
      // The first ones are busy, the last ones hardly used.
      const int which = std::min(upto(static_cast<int>(tokens_.size()) - 1), upto(static_cast<int>(tokens_.size()) - 1));
      Event event;
      event.token = tokens_.at(static_cast<std::size_t>(which)).id.value;
      event.at = clock_.now();
      event.operation = upto(2) ? "get" : "edit";
      event.resource = upto(1) ? "A" : "A B";
      event.outcome = upto(3) ? "permitted" : upto(1) ? "outside_boundary" : "upstream_answer";
      event.address = any_key(kPlaces);
      event.user_agent = any_key(kTools);
      event.count = upto(5) + 1;
      events_.push_back(event);
      last_[event.token] = event.at;
      first_.try_emplace(event.token, event.at);
      if (event.operation == "edit" && event.outcome == "permitted") edits_[event.token] = event.at;
      auto& consumer = consumers_[{event.token, kPlaces.at(event.address), kTools.at(event.user_agent)}];
      if (consumer.first == Instant{}) consumer.first = event.at;
      consumer.last = event.at;
      store::UsageTick tick;
      tick.credential = CredentialId(event.token);
      tick.hour = std::chrono::floor<std::chrono::hours>(event.at);
      tick.site = site_.id;
      tick.operation = event.operation;
      tick.resource = event.resource;
      tick.outcome = event.outcome;
      tick.address = event.address;
      tick.user_agent = event.user_agent;
      tick.count = event.count;
      tick.last_at = event.at;
      batch.ticks.push_back(tick);
    }
    const auto stored = database_->record(batch);
    ASSERT_TRUE(stored) << stored.error().log_detail;
  }

  bool live(const Credential& token) const {
    return token.state == State::kLive && (!token.expires_at || *token.expires_at > clock_.now());
  }
  bool live(const UserId& user) const {
    const auto found = suspended_.find(user.value);
    return !user.empty() && (found == suspended_.end() || !found->second);
  }
  const ServiceAccount& account_of(const Credential& token) const {
    return *std::find_if(accounts_.begin(), accounts_.end(), [&](const auto& one) { return one.id == token.account; });
  }

  using Expected = std::map<std::string, std::int64_t>;

  Expected unused() const {
    Expected out;
    for (const Credential& token : tokens_) {
      if (!live(token)) continue;
      const auto used = last_.find(token.id.value);
      std::int64_t reasons = 0;
      if (used == last_.end() && token.created_at < clock_.now() - 7 * kDay) reasons |= Reports::kNeverUsed;
      if (used != last_.end() && used->second < clock_.now() - store::kMonth) reasons |= Reports::kIdle;
      if (without_edit_.contains(token.id.value)) reasons |= Reports::kUnusedScopes;
      if (reasons != 0) out[token.id.value] = reasons;
    }
    return out;
  }

  Expected shared() const {
    std::map<std::string, std::int64_t> consumers;
    for (const auto& [key, consumer] : consumers_) {
      if (consumer.last >= clock_.now() - store::kMonth) ++consumers[std::get<0>(key)];
    }
    Expected out;
    for (const Credential& token : tokens_) {
      if (live(token) && consumers[token.id.value] > 1) out[token.id.value] = consumers[token.id.value];
    }
    return out;
  }

  Expected drift() const {
    Expected out;
    for (const Credential& token : tokens_) {
      if (!live(token)) continue;
      for (const auto& [key, consumer] : consumers_) {
        if (std::get<0>(key) != token.id.value || consumer.first < clock_.now() - 7 * kDay) continue;
        if (first_.at(token.id.value) < consumer.first - 7 * kDay) out[token.id.value] = Reports::kNewPlace;
      }
    }
    for (const ServiceAccount& account : accounts_) {
      if (!account.expected_every || account.state != State::kLive) continue;
      Instant last{};
      for (const Credential& token : tokens_) {
        if (token.account == account.id && last_.contains(token.id.value)) last = std::max(last, last_.at(token.id.value));
      }
      if (last > Instant{} && last < clock_.now() - 3 * *account.expected_every)
        out[account.id.value] = Reports::kQuieterThanDeclared;
    }
    return out;
  }

  Expected orphans() const {
    Expected out;
    for (const Credential& token : tokens_) {
      if (!live(token) || live(token.owner)) continue;
      const ServiceAccount& account = account_of(token);
      out[token.id.value] = Reports::kOwnerGone |
                            (live(account.owner) || live(account.deputy) ? std::int64_t{0} : std::int64_t{Reports::kNobodyLeft});
    }
    for (const ServiceAccount& account : accounts_) {
      if (account.state == State::kArchived || live(account.owner)) continue;
      out[account.id.value] = Reports::kOwnerGone | (live(account.deputy) ? std::int64_t{0} : std::int64_t{Reports::kNobodyLeft});
    }
    return out;
  }

  Expected overdue(std::optional<Duration> longest) const {
    Expected out;
    for (const Credential& token : tokens_) {
      auto every = token.rotate_every ? token.rotate_every : account_of(token).rotate_every;
      if (longest && (!every || *every > *longest)) every = longest;
      if (!live(token) || !every) continue;
      const Instant due = token.secrets.front().created_at + *every;
      if (due <= clock_.now() && (!token.expires_at || *token.expires_at > due)) out[token.id.value] = 1;
    }
    return out;
  }

  Expected incomplete() const {
    Expected out;
    for (const ServiceAccount& account : accounts_) {
      if (account.state == State::kArchived) continue;
      std::int64_t missing = 0;
      if (account.docs_url.empty()) missing |= Reports::kNoDocs;
      if (account.runbook_url.empty()) missing |= Reports::kNoRunbook;
      if (!account.rotate_every) missing |= Reports::kNoRotation;
      if (account.deputy.empty()) missing |= Reports::kNoDeputy;
      if (account.purpose.empty()) missing |= Reports::kNoPurpose;
      if (account.runs_in.empty()) missing |= Reports::kNoPlace;
      if (missing != 0) out[account.id.value] = missing;
    }
    return out;
  }

  Expected grown() const {
    Expected out;
    for (const Credential& token : tokens_) {
      const auto consumers = recent_consumers_.find(token.id.value);
      if (!live(token) || !busy_.contains(token.id.value) || account_of(token).criticality != Criticality::kLow) continue;
      if (consumers != recent_consumers_.end() && consumers->second >= 2)
        out[token.id.value] = Reports::kMostDays | Reports::kSecondPlace;
    }
    return out;
  }

  Expected weak() const {
    Expected out;
    for (const Credential& token : tokens_) {
      if (!live(token)) continue;
      std::int64_t reasons = 0;
      if (!token.expires_at) reasons |= Reports::kPermanent;
      if (token.boundary.front().resource.whole_site()) reasons |= Reports::kWholeSite;
      if (!live(token.owner)) reasons |= Reports::kOwnerSuspended;
      if (token.relaxed_queries) reasons |= Reports::kRelaxedQueries;
      if (reasons != 0) out[token.id.value] = reasons;
    }
    return out;
  }

  void same(const char* report, const Result<store::Findings>& answered, const Expected& expected, bool by_weight = false) {
    ASSERT_TRUE(answered) << report << ": " << answered.error().public_detail << " " << answered.error().log_detail;
    Expected found;
    for (const store::Finding& finding : answered.value().items) {
      found[finding.subject.id] |= by_weight ? finding.weight : finding.reasons;
    }
    RC_LOG() << report << " at " << format_instant(clock_.now()) << std::endl;
    RC_ASSERT(found == expected);
    RC_ASSERT(answered.value().count == static_cast<std::int64_t>(answered.value().items.size()));
  }

  void compare() {
    const store::Reader reader = database_->read().value();
    const store::Reports& reports = reader->reports;
    const Instant now = clock_.now();
    same("unused", reports.unused(now, 10000), unused());
    same("shared", reports.shared(now, 10000), shared(), true);
    same("drift", reports.drift(now, 10000), drift());
    same("orphans", reports.orphans(now, 10000), orphans());
    same("overdue", reports.overdue(now, {}, 10000), overdue({}));
    const Duration longest = std::chrono::hours(24 * 10);
    same("overdue by the policy", reports.overdue(now, longest, 10000), overdue(longest));
    same("incomplete", reports.incomplete(now, 10000), incomplete());
    same("grown", reports.grown(now, 10000), grown());
    same("weak", reports.weak(now, 10000), weak());
    compare_wake(reports);
    compare_lookups(reports);
  }

  void compare_lookups(const store::Reports& reports) {
    std::vector<std::string> ids;
    std::int64_t live_ones = 0;
    for (const Credential& token : tokens_) {
      ids.push_back(token.id.value);
      live_ones += live(token) ? 1 : 0;
    }
    const auto reach = reports.reach(clock_.now(), {upstream_.id.value});
    RC_ASSERT(reach.has_value());
    RC_ASSERT((reach.value().empty() ? 0 : reach.value().front().tokens) == live_ones);
    const auto resources = reports.resources(ids);
    RC_ASSERT(resources.has_value());
    std::size_t entries = 0;
    for (const Credential& token : tokens_) entries += token.boundary.size();
    RC_ASSERT(resources.value().size() == entries);
    const auto told = reports.told(ids);
    RC_ASSERT(told.has_value());
    RC_ASSERT(told.value().empty());
    const auto seen = reports.seen(ids);
    RC_ASSERT(seen.has_value());
    std::size_t consumers = 0;
    for (const store::Seen& one : seen.value()) consumers += one.kind == store::SeenKind::kConsumer ? 1 : 0;
    RC_ASSERT(consumers == consumers_.size());
  }

  void compare_wake(const store::Reports& reports) {
    store::WakeWanted wanted;
    wanted.from = clock_.now();
    wanted.until = clock_.now() + 10 * kDay;
    Expected expected;
    for (const Credential& token : tokens_) {
      if (live(token) && token.expires_at && *token.expires_at <= wanted.until) expected[token.id.value] = 0;
    }
    same("wake", reports.wake(clock_.now(), wanted, 10000), expected);
    wanted.user = users_.front().id;
    expected.clear();
    for (const Credential& token : tokens_) {
      const ServiceAccount& account = account_of(token);
      if (live(token) && (token.owner == wanted.user || account.owner == wanted.user || account.deputy == wanted.user)) {
        expected[token.id.value] = 0;
      }
    }
    const auto leaving = reports.wake(clock_.now(), wanted, 10000);
    same("a person leaving", leaving, expected);
    const Instant first_day = std::chrono::floor<std::chrono::days>(clock_.now() - store::kMonth);
    for (const store::Finding& finding : leaving.value().items) {
      std::int64_t requests = 0;
      for (const Event& event : events_) {
        if (event.token == finding.subject.id && std::chrono::floor<std::chrono::days>(event.at) >= first_day)
          requests += event.count;
      }
      RC_ASSERT(finding.subject.month_requests == requests);
      RC_ASSERT(finding.subject.last_used_at.has_value() == last_.contains(finding.subject.id));
      if (finding.subject.last_used_at) RC_ASSERT(*finding.subject.last_used_at == last_.at(finding.subject.id));
    }
  }

  Site site_;
  UpstreamCredential upstream_;
  std::vector<User> users_;
  std::vector<ServiceAccount> accounts_;
  std::vector<Credential> tokens_;
  std::vector<Event> events_;
  std::map<std::string, bool> suspended_;
  std::map<std::string, Instant> first_, last_, edits_;
  std::map<std::tuple<std::string, std::string, std::string>, Consumer> consumers_;
  std::map<std::string, int> recent_consumers_;
  std::set<std::string> without_edit_, busy_;
  Instant refreshed_{};
};

TEST_P(ReportsRecount, AgreeOverMonths) {
  site_ = add_site("acme");
  upstream_.id = new_id<UpstreamCredentialId>(random_);
  upstream_.site = site_.id;
  upstream_.owner = add_user("site@example.com").id;
  upstream_.deputy = upstream_.owner;
  upstream_.expires_at = clock_.now() + 1000 * kDay;
  upstream_.state = State::kLive;
  upstream_.created_at = clock_.now();
  ASSERT_TRUE(commit([&](auto& work) { return work->upstream_credentials.insert(upstream_); }));
  EXPECT_TRUE(rc::check("reports agree with a recount in memory", [this] {
    // The world goes on growing from case to case: what is found at a later one may need all before it.
    clock_.advance(upto(4) ? kDay : (1 + upto(8)) * kDay + 3min);
    tend();
    if (!tokens_.empty()) compare();
    grow();
    use();
    compare();
  }));
}

GATEHOUSE_ON_BOTH(ReportsRecount);

class UsageRollups : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (!database_) return;
    const User user = add_user("owner@example.com");
    site_ = add_site("acme");
    token_ = credential(add_account("ci", user.id).id, user.id, site_);
    ASSERT_TRUE(commit([&](auto& work) { return work->credentials.insert(token_); }));
  }
  void record(const std::string& address, Instant at, std::int64_t count) {
    store::UsageTick tick;
    tick.credential = token_.id;
    tick.hour = std::chrono::floor<std::chrono::hours>(at);
    tick.site = site_.id;
    tick.operation = "getIssue";
    tick.resource = "A";
    tick.outcome = "permitted";
    tick.address = address;
    tick.user_agent = "curl/8";
    tick.count = count;
    tick.last_at = at;
    store::UsageBatch batch;
    batch.ticks = {tick};
    ASSERT_TRUE(database_->record(batch));
  }
  int roll_up() {
    int hours = 0;
    for (bool more = true; more; hours += more ? 1 : 0) {
      const auto done = database_->tend_usage([&](store::Rollups& rollups, const store::Repositories&) -> Result<void> {
        GH_TRY(more, rollups.roll_up_hour(clock_.now()));
        return success();
      });
      EXPECT_TRUE(done) << done.error().log_detail;
      if (!done) break;
    }
    return hours;
  }
  void refresh() {
    for (bool done = false; !done;) {
      ASSERT_TRUE(database_->tend_usage([&](store::Rollups& rollups, const store::Repositories& at) -> Result<void> {
        const auto nothing = [](const auto&, const auto&) -> Result<store::Compared> { return store::Compared{}; };
        GH_TRY(done, rollups.refresh(clock_.now(), kRetention, at, nothing));
        return success();
      }));
    }
  }
  std::vector<store::Seen> seen(store::SeenKind kind) {
    auto all = database_->read().value()->reports.seen({token_.id.value}).value();
    std::erase_if(all, [kind](const store::Seen& one) { return one.kind != kind; });
    return all;
  }

  Site site_;
  Credential token_;
};

TEST_P(UsageRollups, AnHourIsAddedOnceAndALateTickStillCounts) {
  const Instant hour = std::chrono::ceil<std::chrono::hours>(clock_.now());
  record("10.0.0.1", hour + 30min, 3);
  clock_.set(hour + 61min);
  EXPECT_EQ(roll_up(), 0) << "a flush may still be on its way";
  clock_.set(hour + 63min);
  EXPECT_EQ(roll_up(), 1);
  EXPECT_EQ(roll_up(), 0);
  record("10.0.0.1", hour + 59min, 2);
  ASSERT_EQ(seen(store::SeenKind::kConsumer).size(), 1U);
  EXPECT_EQ(seen(store::SeenKind::kConsumer)[0].requests, 5);
  clock_.set(hour + 123min);
  EXPECT_EQ(roll_up(), 1);
  EXPECT_EQ(roll_up(), 0);
  const auto consumers = seen(store::SeenKind::kConsumer);
  ASSERT_EQ(consumers.size(), 1U);
  EXPECT_EQ(consumers[0].requests, 5);
  EXPECT_EQ(consumers[0].days, 1);
  EXPECT_EQ(consumers[0].a, "10.0.0.0/24");
  EXPECT_EQ(consumers[0].last_at, hour + 59min);
  EXPECT_EQ(database_->read().value()->usage.last_used(token_.id).value(), hour + 59min);
}

TEST_P(UsageRollups, ManyPlacesBecomeOthers) {
  Instant at = std::chrono::ceil<std::chrono::hours>(clock_.now());
  for (int i = 0; i < 90; ++i) record("10.0." + std::to_string(i) + ".1", at += 1h, 1);
  clock_.set(at + 2h);
  EXPECT_EQ(roll_up(), 90);
  refresh();
  const auto consumers = seen(store::SeenKind::kConsumer);
  EXPECT_EQ(consumers.size(), static_cast<std::size_t>(store::kMostSeen));
  std::int64_t requests = 0, others = 0;
  for (const store::Seen& one : consumers) {
    requests += one.requests;
    if (one.a == store::kOthers) others = one.requests;
  }
  EXPECT_EQ(requests, 90) << "none is lost";
  EXPECT_EQ(others, 90 - store::kMostSeen + 1);
}

TEST_P(UsageRollups, OldTicksGoAndTheLastUseStays) {
  const Instant used = clock_.now();
  record("10.0.0.1", used, 1);
  clock_.advance(kRetention.hours + 2h);
  EXPECT_EQ(roll_up(), 1);
  for (bool done = false; !done;) {
    ASSERT_TRUE(database_->tend_usage([&](store::Rollups& rollups, const store::Repositories&) -> Result<void> {
      GH_TRY(done, rollups.drop_old(clock_.now(), kRetention));
      return success();
    }));
  }
  EXPECT_TRUE(database_->read().value()->usage.ticks(token_.id, Instant{}).value().empty());
  EXPECT_EQ(database_->read().value()->usage.last_used(token_.id).value(), used);
}

GATEHOUSE_ON_BOTH(UsageRollups);

TEST(Places, NetworksAndToolsWithoutVersions) {
  for (const auto& [address, place] : kPlaces) EXPECT_EQ(store::place_of(address), place);
  for (const auto& [agent, tool] : kTools) EXPECT_EQ(store::tool_of(agent), tool);
  EXPECT_EQ(store::place_of("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(store::place_of("others"), "others");
  EXPECT_EQ(store::tool_of("others"), "others");
  EXPECT_EQ(store::tool_of("Mozilla/5.0 (X11; Linux (x86)) AppleWebKit/537.36 Chrome/120"), "Mozilla AppleWebKit Chrome");
}

}  // namespace
}  // namespace gatehouse::test
