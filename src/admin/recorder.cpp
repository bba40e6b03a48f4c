#include "admin/recorder.h"

#include <boost/json.hpp>
#include <sstream>

#include "admin/tokens.h"

namespace gatehouse::admin {
namespace {

constexpr Duration kEvery = std::chrono::milliseconds(250);
/// The same secret is not recorded as reused more often than this: whoever holds it could fill the chain.
constexpr Duration kTellReuseEvery = std::chrono::hours(1);
/// While the database is away, batches pile up; beyond this the oldest ticks and decisions go, never a write line.
constexpr std::size_t kMostWaiting = 100'000;

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

/// What a client sent may hold anything; the store takes UTF-8 only, and one odd user agent must not lose a batch.
std::string printable(std::string_view from) {
  std::string out(from.substr(0, 200));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return out;
}

}  // namespace

Recorder::Recorder(Services& services, gateway::RequestLog& log) : services_(services), log_(log) { services.recorder = this; }

Recorder::~Recorder() {
  stop();
  services_.recorder = nullptr;
}

void Recorder::start() {
  stopping_ = false;
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
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kEvery, [this] { return stopping_; });
    lock.unlock();
    // A failure is seen in health by the feed's own reads; the batch stays and is tried again.
    const Result<void> outcome = flush();
    static_cast<void>(outcome.has_value());
    lock.lock();
  }
  const Result<void> last = flush();
  static_cast<void>(last.has_value());
}

void Recorder::add_tick(const gateway::RequestRecord& record) {
  store::UsageTick tick;
  if (record.credential) tick.credential = CredentialId(text(record.credential->id));
  tick.hour = hour_of(record.at);
  if (record.site) tick.site = record.site->site.id;
  if (record.operation) tick.operation = record.operation->id;
  tick.resource = printable(record.resource);
  tick.outcome = to_string(record.reason);
  tick.address = format_ip(record.client);
  tick.user_agent = printable(record.user_agent);
  const TickKey key = tick.credential.value + '\n' + std::to_string(tick.hour.time_since_epoch().count()) + '\n' +
                      tick.site.value + '\n' + tick.operation + '\n' + tick.resource + '\n' + tick.outcome + '\n' + tick.address +
                      '\n' + tick.user_agent;
  store::UsageTick& known = ticks_.try_emplace(key, tick).first->second;
  ++known.count;
  known.last_at = std::max(known.last_at, record.at);
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
  if (ticks_.size() < kMostWaiting) add_tick(record);
  const CredentialId credential(record.credential ? text(record.credential->id) : std::string());
  if (record.write && record.credential && record.site) {
    store::WriteLine line;
    line.at = record.at;
    line.credential = credential;
    line.secret = SecretId(text(record.secret));
    line.account = record.credential->account->account.id;
    line.site = record.site->site.id;
    line.operation = record.operation ? record.operation->id : std::string();
    line.resource = printable(record.resource_ids);
    line.request_id = record.request_id;
    line.upstream_trace_id = printable(record.upstream_trace);
    line.status = record.status;
    add_lines(record, std::move(line));
  }
  if (record.effect != Effect::kPermit && !record.request_id.empty() && batch_.decisions.size() < kMostWaiting) {
    batch_.decisions.push_back({record.request_id, record.at, credential, decision_json(record)});
  }
  if (record.successor_used && record.credential) first_uses_.push_back({credential, SecretId(text(record.secret)), record.at});
  if (record.retired_used && record.credential) {
    const std::string secret = text(record.secret);
    reuses_.try_emplace(secret, Reuse{credential, SecretId(secret), format_ip(record.client)});
  }
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
    const Result<void> outcome = promote_secret(services_, use.credential, use.secret, use.at);
    if (!outcome && may_pass(outcome.error())) return outcome;
    first_uses_.pop_back();
  }
  const Instant now = services_.clock.now();
  std::erase_if(told_, [now](const auto& one) { return one.second + kTellReuseEvery <= now; });
  while (!reuses_.empty()) {
    const Reuse& reuse = reuses_.begin()->second;
    if (!told_.contains(reuse.secret.value)) {
      const Result<void> outcome = note_reuse(services_, reuse.credential, reuse.secret, reuse.address);
      if (!outcome && may_pass(outcome.error())) return outcome;
      told_.emplace(reuse.secret.value, now);
    }
    reuses_.erase(reuses_.begin());
  }
  return success();
}

Result<void> Recorder::flush() {
  const std::lock_guard lock(flush_mutex_);
  log_.drain([this](const gateway::RequestRecord& record) { take(record); });
  if (!ticks_.empty() || !batch_.writes.empty() || !batch_.decisions.empty()) {
    batch_.ticks.clear();
    for (const auto& [key, tick] : ticks_) batch_.ticks.push_back(tick);
    GH_TRYV(services_.database.record(batch_));
    batch_ = {};
    ticks_.clear();
  }
  return carry_out();
}

}  // namespace gatehouse::admin
