#include "admin/recorder.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "admin/judge.h"
#include "admin/live_events.h"
#include "admin/tokens.h"
#include "gateway/explain.h"
#include "store/places.h"

namespace gatehouse::admin {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kEvery{250};
/// Where the rings fill quickly they are emptied before they are full.
constexpr std::chrono::milliseconds kEveryWhereBusy{25};
constexpr std::size_t kBusy = 512;
constexpr std::chrono::seconds kUsageEvery = Recorder::kUsageEvery;
/// Rows of usage a transaction: a change (a revocation, say) waits for no more than these.
constexpr std::size_t kUsageSlice = 500;
/// While the database is away, batches pile up; beyond this usage is only counted by token and decisions go, never a write line.
constexpr std::size_t kMostWaiting = 100'000;
/// So many different ticks are stored before their time.
constexpr std::size_t kUsageFull = kMostWaiting / 2;

std::string text(const token::Key& key) { return std::string(token::as_view(key)); }

Instant hour_of(Instant at) { return std::chrono::floor<std::chrono::hours>(at); }

std::string decision_json(const gateway::RequestRecord& record) {
  boost::json::object document;
  document["permitted"] = record.effect == Effect::kPermit;
  document["effect"] = record.effect == Effect::kPermit ? "permit" : record.effect == Effect::kDeny ? "deny" : "could not decide";
  document["reason"] = to_string(record.reason);
  document["status"] = record.status;
  document["method"] = record.method;
  document["path"] = record.path;
  document["operation"] = record.operation ? boost::json::value(record.operation->id) : boost::json::value(nullptr);
  document["site"] = record.site ? boost::json::value(record.site->site.key) : boost::json::value(nullptr);
  document["resource"] = record.resource.empty() ? boost::json::value(nullptr) : boost::json::value(record.resource);
  document["address"] = format_ip(record.client);
  boost::json::array steps;
  steps.push_back(boost::json::object{
      {"step", "outcome"}, {"passed", record.effect == Effect::kPermit}, {"detail", to_string(record.reason)}});
  document["steps"] = std::move(steps);
  return boost::json::serialize(document);
}

/// Gatehouse said no; what failed behind it, or for want of room, is no denial (store::kFailedOutcomes).
bool is_denial(const gateway::RequestRecord& record) {
  switch (record.reason) {
    case Reason::kUpstreamUnavailable:
    case Reason::kUpstreamCredential:
    case Reason::kUpstreamAnswer:
    case Reason::kOverloaded:
    case Reason::kStale:
    case Reason::kInternal: return false;
    default: return record.effect != Effect::kPermit;
  }
}

/// What a client sent may hold anything; the store takes UTF-8 only, and one odd user agent must not lose a batch.
std::string printable(std::string_view from) {
  std::string out(from.substr(0, 200));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return out;
}

}  // namespace

Recorder::Recorder(Services& services, gateway::RequestLog& log)
    : services_(services),
      log_(log),
      mark_((std::filesystem::path(services.head_path).parent_path() / "usage.running").string()),
      secret_uses_(services) {
  services.recorder = this;
}

Recorder::~Recorder() {
  stop();
  services_.recorder = nullptr;
}

void Recorder::start() {
  stopping_ = false;
  // Without the mark usage is stored all the same; only the next start can't say whether some was lost.
  if (const auto before = mark_.begin(services_.clock.now())) unclean_end_ = before.value();
  thread_ = std::thread([this] { run(); });
}

void Recorder::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Recorder::run() {
  bool busy = false;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, busy ? kEveryWhereBusy : kEvery, [this] { return stopping_; });
    lock.unlock();
    {
      const std::lock_guard turn_lock(flush_mutex_);
      // A failure is seen in health by the feed's own reads; the batch stays and is tried again.
      const Result<void> outcome = turn(steady_clock::now() >= usage_due_ || ticks_.size() >= kUsageFull);
      static_cast<void>(outcome.has_value());
      busy = drained_ > kBusy;
    }
    lock.lock();
  }
  if (flush()) mark_.end();
}

std::size_t Recorder::TickHash::operator()(const TickKey& key) const noexcept {
  std::size_t seed = boost::hash_range(key.credential.begin(), key.credential.end());
  boost::hash_combine(seed, key.hour.time_since_epoch().count());
  boost::hash_combine(seed, boost::hash_range(key.address.bytes.begin(), key.address.bytes.end()));
  boost::hash_combine(seed, key.operation);
  boost::hash_combine(seed, key.resource);
  boost::hash_combine(seed, key.user_agent);
  boost::hash_combine(seed, static_cast<int>(key.outcome));
  return seed;
}

std::uint32_t Recorder::place_of(std::string_view name) {
  const auto [found, added] = place_of_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
  if (added) names_.push_back(&found->first);
  return found->second;
}

/// What may be told apart is counted by itself; beyond that, of any one token or of all, requests are counted together: neither
/// memory nor the store grows with what a client sends.
void Recorder::add_tick(const gateway::RequestRecord& record) {
  TickKey key;
  // What was presented after its end is no use of the token; admin/secret_uses.h keeps who did it.
  const bool dead = record.retired_used || record.reason == Reason::kExpired;
  if (record.credential && !dead) key.credential = record.credential->id;
  key.hour = hour_of(record.at);
  key.outcome = record.reason;
  fold_.enter(key.hour);
  std::size_t place = std::hash<std::string_view>()(record.user_agent);
  boost::hash_combine(place, boost::hash_range(record.client.bytes.begin(), record.client.bytes.end()));
  const bool places = fold_.tells_place(key.credential, place);
  std::size_t sort = std::hash<std::string_view>()(record.resource);
  boost::hash_combine(sort, places ? place : 0);
  boost::hash_combine(sort, record.operation);
  boost::hash_combine(sort, static_cast<int>(record.reason));
  const bool room = ticks_.size() + waiting_.size() < kMostWaiting;
  const bool sorts = room && fold_.tells_sort(key.credential, sort);
  if (record.site && sorts) key.site = token::to_key(record.site->site.id.value).value_or(token::Key{});
  key.operation = place_of(record.operation && sorts ? std::string_view(record.operation->id) : std::string_view());
  key.resource = place_of(sorts ? printable(record.resource) : std::string());
  key.user_agent = place_of(places && sorts ? printable(record.user_agent) : std::string(store::kOthers));
  if (places && sorts) key.address = record.client;
  TickCount& count = ticks_[key];
  ++count.requests;
  count.last_at = std::max(count.last_at, record.at);
}

store::UsageTick Recorder::spell_out(const TickKey& key, const TickCount& count) const {
  const auto id = [](const token::Key& from) { return from == token::Key{} ? std::string() : text(from); };
  store::UsageTick tick;
  tick.credential = CredentialId(id(key.credential));
  tick.hour = key.hour;
  tick.site = SiteId(id(key.site));
  tick.operation = *names_[key.operation];
  tick.resource = *names_[key.resource];
  tick.outcome = to_string(key.outcome);
  tick.address = key.address == IpAddress{} ? std::string(store::kOthers) : format_ip(key.address);
  tick.user_agent = *names_[key.user_agent];
  tick.count = count.requests;
  tick.last_at = count.last_at;
  return tick;
}

/// Kinds that differ are as many as operations and reasons are; beyond the bound they wait for the next turn's room and are lost
/// to this list alone: usage counts them.
void Recorder::add_denial(const gateway::RequestRecord& record) {
  constexpr std::size_t kMostKinds = 10'000;
  store::Denial one;
  const bool dead = record.retired_used || record.reason == Reason::kExpired;
  if (record.credential && !dead) one.credential = CredentialId(text(record.credential->id));
  if (record.site) one.site = record.site->site.id;
  if (record.operation) one.operation = record.operation->id;
  one.reason = to_string(record.reason);
  one.resource = printable(record.resource);
  if (record.resource_ids.find(' ') == std::string::npos) one.resource_id = printable(record.resource_ids);
  one.first_at = record.at;
  one.hidden = gateway::hides_what_was_found(record.reason, record.status);
  const std::string key = one.credential.value + '\n' + one.site.value + '\n' + one.operation + '\n' + one.reason + '\n' +
                          one.resource + '\n' + one.resource_id + (one.hidden ? "\n1" : "\n0");
  auto known = denials_.find(key);
  if (known == denials_.end()) {
    if (denials_.size() >= kMostKinds) return;
    known = denials_.emplace(key, std::move(one)).first;
  }
  ++known->second.count;
  known->second.last_at = std::max(known->second.last_at, record.at);
  if (!record.request_id.empty()) known->second.request_id = record.request_id;
}

/// One line for each object that the write touched, so that each of them can be traced: by its id, by its key.
void Recorder::add_lines(const gateway::RequestRecord& record, store::WriteLine line) {
  const auto add = [&](const std::string& words, std::string store::WriteLine::*column) {
    std::istringstream each(words);
    for (std::string word; each >> word;) {
      line.object_id.clear();
      line.object_key.clear();
      line.*column = printable(word);
      batch_.writes.push_back(line);
    }
  };
  const bool one = record.object.find(' ') == std::string::npos && record.object_ids.find(' ') == std::string::npos;
  if (one) {
    line.object_key = printable(record.object);
    line.object_id = printable(record.object_ids);
    batch_.writes.push_back(std::move(line));
    return;
  }
  add(record.object, &store::WriteLine::object_key);
  add(record.object_ids, &store::WriteLine::object_id);
}

void Recorder::take(const gateway::RequestRecord& record) {
  counts_.at(static_cast<std::size_t>(record.effect)).fetch_add(1, std::memory_order_relaxed);
  streaks_.see(record);
  if (record.judged || record.judge_skipped) {
    if (Judge* const judge = services_.judge.load()) judge->add(record);
  }
  add_tick(record);
  const auto credential = [&record] { return CredentialId(record.credential ? text(record.credential->id) : std::string()); };
  if (record.write && record.credential && record.site) {
    store::WriteLine line;
    line.at = record.at;
    line.credential = credential();
    line.secret = SecretId(text(record.secret));
    line.account = record.credential->account->account.id;
    line.site = record.site->site.id;
    line.operation = record.operation ? record.operation->id : std::string();
    line.resource = printable(record.resource_ids);
    line.request_id = record.request_id;
    line.upstream_trace_id = printable(record.upstream_trace);
    line.address = format_ip(record.client);
    line.status = record.status;
    add_lines(record, std::move(line));
  }
  if (record.effect != Effect::kPermit && !record.request_id.empty() && batch_.decisions.size() < kMostWaiting) {
    batch_.decisions.push_back({record.request_id, record.at, credential(), decision_json(record)});
  }
  if (is_denial(record)) add_denial(record);
  if (record.successor_used && record.credential) first_uses_.push_back({credential(), SecretId(text(record.secret)), record.at});
  secret_uses_.add(record);
}

namespace {

/// Worth another try: the database is away or busy. Anything else would fail for ever and is dropped.
bool may_pass(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kTimeout || error.code == Errc::kConflict ||
         error.code == Errc::kCancelled;
}

}  // namespace

Result<void> Recorder::carry_out() {
  while (!first_uses_.empty()) {
    const FirstUse& use = first_uses_.back();
    const Result<bool> outcome = promote_secret(services_, use.credential, use.secret, use.at);
    if (!outcome && may_pass(outcome.error())) return outcome.error();
    first_uses_.pop_back();
  }
  return success();
}

Result<void> Recorder::store_usage() {
  const bool stored = !waiting_.empty() || !ticks_.empty();
  for (;;) {
    if (waiting_.empty()) {
      if (ticks_.empty()) break;
      waiting_.assign(ticks_.begin(), ticks_.end());
      ticks_ = {};
      // In the order of the table: each of its pages is read once.
      std::sort(waiting_.begin(), waiting_.end(),
                [](const auto& left, const auto& right) { return left.first.credential < right.first.credential; });
    }
    // Each slice is taken off only when it is stored, and then at once: none is counted twice.
    store::UsageBatch batch;
    const std::size_t count = std::min(waiting_.size(), kUsageSlice);
    for (std::size_t i = waiting_.size() - count; i < waiting_.size(); ++i) {
      batch.ticks.push_back(spell_out(waiting_[i].first, waiting_[i].second));
    }
    GH_TRYV(services_.database.record(batch));
    waiting_.resize(waiting_.size() - count);
  }
  waiting_ = {};
  names_.clear();
  place_of_.clear();
  usage_due_ = steady_clock::now() + kUsageEvery;
  if (LiveEvents* const live = services_.live_events.load(); live && stored) live->used();
  return thread_.joinable() ? mark_.stored(services_.clock.now()) : Result<void>(success());
}

Result<void> Recorder::store_attachment_homes() {
  services_.gateway.attachments->take_changed([this](std::uint64_t slot, std::uint64_t value) {
    homes_.push_back({static_cast<std::int64_t>(slot), static_cast<std::int64_t>(value)});
  });
  if (homes_.empty()) return success();
  GH_TRYV(services_.database.record_attachment_homes(homes_));
  homes_.clear();
  return success();
}

Result<void> Recorder::turn(bool with_usage) {
  drained_ = log_.drain([this](const gateway::RequestRecord& record) { take(record); });
  // First: a rotation must not wait for a batch that can't be stored, nor such a batch for a rotation.
  const Result<void> carried = carry_out();
  if (!batch_.writes.empty() || !batch_.decisions.empty() || !denials_.empty()) {
    batch_.denials.clear();
    for (const auto& [kind, denial] : denials_) batch_.denials.push_back(denial);
    GH_TRYV(services_.database.record(batch_));
    if (LiveEvents* const live = services_.live_events.load(); live && !denials_.empty()) {
      std::vector<LiveEvents::Denied> told;
      for (const auto& [kind, one] : denials_)
        told.push_back({one.credential.value, one.site.value, one.hidden ? std::string() : one.resource_id});
      live->denied(told);
    }
    batch_ = {};
    denials_.clear();
  }
  GH_TRYV(carried);
  if (with_usage) {
    GH_TRYV(store_usage());
    GH_TRYV(store_attachment_homes());
  }
  return secret_uses_.store(with_usage);
}

Result<void> Recorder::flush() {
  const std::lock_guard lock(flush_mutex_);
  return turn(true);
}

Result<void> flush_records(Services& services) {
  Recorder* recorder = services.recorder;
  return recorder ? recorder->flush() : Result<void>(success());
}

void note_client_secret(Services& services, const token::LiveCredential& credential, const token::Key& secret,
                        const IpAddress& client, std::string_view user_agent) {
  if (Recorder* recorder = services.recorder) {
    recorder->secret_uses().add(credential, secret, client, user_agent, services.clock.now());
  }
}

}  // namespace gatehouse::admin
