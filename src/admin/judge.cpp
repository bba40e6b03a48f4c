#include "admin/judge.h"

#include <algorithm>
#include <set>

#include "admin/describe.h"
#include "admin/explain.h"
#include "admin/find.h"
#include "admin/json_values.h"
#include "admin/recorder.h"
#include "gateway/explain.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostWaiting = 1024;
constexpr std::size_t kMostRemembered = 4096;
constexpr Duration kRemember = std::chrono::minutes(10);
constexpr Duration kEvery = std::chrono::seconds(1);
constexpr std::string_view kNotJudged = "not judged: ";

std::string not_judged(std::string_view why) { return std::string(kNotJudged) + std::string(why); }

}  // namespace

Judge::Judge(Services& services, int look_ups) : services_(services), most_look_ups_(look_ups) { services.judge = this; }

Judge::~Judge() {
  stop();
  services_.judge = nullptr;
}

void Judge::start() {
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Judge::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Judge::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kEvery, [this] { return stopping_; });
    lock.unlock();
    // Counts that could not be stored stay and are tried again; health tells of a database that is away.
    const Result<void> outcome = work();
    static_cast<void>(outcome.has_value());
    lock.lock();
  }
}

void Judge::add(const gateway::RequestRecord& record) {
  if (!record.credential || !record.site || !record.operation) return;
  Item item{record.credential, record.site, record.judged, record.operation->id, record.client, record.at};
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < 2 * kMostWaiting) {
    // Beyond the bound only that there was one is kept.
    if (waiting_.size() >= kMostWaiting) item.request.reset();
    waiting_.push_back(std::move(item));
  }
}

Result<void> Judge::work() {
  const std::lock_guard lock(work_mutex_);
  for (;;) {
    Item item;
    {
      const std::lock_guard queue_lock(mutex_);
      if (waiting_.empty()) break;
      item = std::move(waiting_.front());
      waiting_.pop_front();
    }
    judge(item);
  }
  if (counts_.empty()) return success();
  std::vector<store::Judgement> batch;
  for (const auto& [key, one] : counts_) batch.push_back(one);
  GH_TRYV(services_.database.record_judgements(batch));
  counts_.clear();
  return success();
}

void Judge::judge(const Item& item) {
  if (!item.request) return count(item, not_judged("there were too many at once"), {});
  if (!item.request->whole) return count(item, not_judged("its body is longer than 64 KiB"), {});
  gateway::ExplainRequest wanted;
  wanted.credential = token::with_proposed_boundary(*item.credential);
  if (!wanted.credential) return;
  wanted.method = item.request->method;
  wanted.target = item.request->target;
  wanted.body = item.request->body;
  if (!item.request->content_type.empty()) wanted.content_type = item.request->content_type;
  wanted.address = item.address;
  wanted.name_outside = true;
  bool starved = false;
  const auto ask = [this, &starved](const http::UpstreamRequest& one) {
    auto answer = look_up(one);
    if (answer) return *answer;
    starved = true;
    http::LookupAnswer none;
    none.failed = true;
    return none;
  };
  const Decision decision = gateway::explain(services_.gateway, wanted, ask, services_.clock.now());
  if (starved) return count(item, not_judged("it would need a look-up, and no more are made this minute"), {});
  if (decision.effect == Effect::kCouldNotDecide) return count(item, not_judged("the site could not be asked"), {});
  count(item, std::string(to_string(decision.reason)), decision.permitted() ? std::string() : decision.resource);
}

void Judge::count(const Item& item, const std::string& outcome, const std::string& resource) {
  store::Judgement one;
  one.credential = CredentialId(std::string(token::as_view(item.credential->id)));
  one.site = item.site->site.id;
  one.operation = item.operation;
  one.outcome = outcome;
  one.resource = resource;
  one.first_at = item.at;
  if (item.request) one.request_id = item.request->request_id;
  const Key key{one.credential.value, one.site.value, one.operation, one.outcome, one.resource};
  store::Judgement& known = counts_.try_emplace(key, one).first->second;
  ++known.count;
  known.last_at = std::max(known.last_at, item.at);
  if (!one.request_id.empty()) known.request_id = one.request_id;
}

std::optional<http::LookupAnswer> Judge::look_up(const http::UpstreamRequest& request) {
  const Instant now = services_.clock.now();
  std::string key = request.route->pool_key + '\n' + std::string(request.head) + '\n' + std::string(request.body);
  if (const auto known = remembered_.find(key); known != remembered_.end() && known->second.at + kRemember > now)
    return known->second.answer;
  if (now - minute_ >= std::chrono::minutes(1)) {
    minute_ = now;
    asked_ = 0;
  }
  if (asked_ >= most_look_ups_) return std::nullopt;
  ++asked_;
  if (remembered_.size() >= kMostRemembered) remembered_.clear();
  http::LookupAnswer answer = admin::look_up(services_.fetch, request);
  remembered_[std::move(key)] = {answer, now};
  return answer;
}

namespace {

struct Counts {
  std::int64_t permitted = 0;
  std::int64_t denied = 0;
  std::int64_t not_judged = 0;
};

Document row(const store::Judgement& one, const Credential& token, const std::string& handle, const std::string& site) {
  Document document;
  document["token"] = token.id.value;
  document["name"] = token.name;
  document["account"] = handle;
  document["site"] = text_or_null(site);
  document["operation"] = text_or_null(one.operation);
  document["reason"] = one.outcome;
  document["resource"] = text_or_null(one.resource);
  document["requests"] = one.count;
  document["first_at"] = format_instant(one.first_at);
  document["last_at"] = format_instant(one.last_at);
  document["request_id"] = one.request_id;
  return document;
}

Result<Document> judged_token(Describer& describer, const Credential& token, const std::string& handle, const Counts& counts) {
  GH_TRY(const Document shown, describer.token(token));
  Document document;
  document["token"] = token.id.value;
  document["name"] = token.name;
  document["account"] = handle;
  document["proposed"] = shown.at("proposed");
  document["propose_until"] = shown.at("propose_until");
  document["permitted"] = counts.permitted;
  document["denied"] = counts.denied;
  document["not_judged"] = counts.not_judged;
  document["command"] = "gatehouse token narrow " + token.id.value;
  return document;
}

}  // namespace

Result<std::int64_t> count_would_deny(const store::Repositories& at) {
  GH_TRY(const auto judgements, at.judgements.list({}));
  std::set<std::string> refused;
  for (const store::Judgement& one : judgements) {
    if (one.outcome != to_string(Reason::kPermitted) && !one.outcome.starts_with(kNotJudged))
      refused.insert(one.credential.value);
  }
  std::int64_t count = 0;
  for (const std::string& id : refused) {
    GH_TRY(const auto credential, at.credentials.get(CredentialId(id)));
    if (credential.value.propose_until) ++count;
  }
  return count;
}

Result<Document> report_would_deny(Services& services, std::string_view token) {
  GH_TRYV(flush_records(services));
  if (Judge* const judge = services.judge.load()) {
    GH_TRYV(judge->work());
  }
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  CredentialId only;
  if (!token.empty()) {
    GH_TRY(const auto found, find_token(at, token));
    only = found.value.id;
  }
  GH_TRY(const auto judgements, at.judgements.list(only));
  Describer describer(at, services.clock.now());
  json::array denied;
  json::array not_judged_rows;
  std::map<std::string, Counts> by_token;
  if (!only.empty()) by_token.try_emplace(only.value);
  std::map<std::string, Credential> tokens;
  for (const store::Judgement& one : judgements) {
    if (!tokens.contains(one.credential.value)) {
      GH_TRY(auto found, at.credentials.get(one.credential));
      tokens.emplace(one.credential.value, std::move(found.value));
    }
    const Credential& credential = tokens.at(one.credential.value);
    GH_TRY(const std::string handle, describer.handle_of(credential.account));
    GH_TRY(const auto site, at.sites.get(one.site));
    Counts& counts = by_token[one.credential.value];
    if (one.outcome == to_string(Reason::kPermitted)) {
      counts.permitted += one.count;
    } else if (one.outcome.starts_with(kNotJudged)) {
      counts.not_judged += one.count;
      not_judged_rows.push_back(row(one, credential, handle, site.value.key));
    } else {
      counts.denied += one.count;
      denied.push_back(row(one, credential, handle, site.value.key));
    }
  }
  json::array shown;
  for (const auto& [id, counts] : by_token) {
    GH_TRY(const auto found, at.credentials.get(CredentialId(id)));
    GH_TRY(const std::string handle, describer.handle_of(found.value.account));
    GH_TRY(Document one, judged_token(describer, found.value, handle, counts));
    shown.push_back(std::move(one));
  }
  Document document;
  document["items"] = std::move(denied);
  document["not_judged"] = std::move(not_judged_rows);
  document["tokens"] = std::move(shown);
  return document;
}

}  // namespace gatehouse::admin
