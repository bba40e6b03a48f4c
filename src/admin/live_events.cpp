#include "admin/live_events.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "admin/authority.h"
#include "admin/find.h"

namespace gatehouse::admin {
namespace {

using std::chrono::steady_clock;

/// Changes that come one after the other are told together.
constexpr std::chrono::milliseconds kTogether{200};
/// Changes of other nodes, and matters.
constexpr std::chrono::seconds kLook{1};
constexpr std::chrono::seconds kUsageEvery{10};
/// What is told at fixed times to those who don't read everything.
constexpr std::chrono::seconds kRoundEvery{60};
constexpr int kMostRecords = 1000;
constexpr std::size_t kMostDenied = 200;

/// The kind of event that a record of the audit chain makes; empty: none.
std::string_view kind_of(const AuditRecord& record) {
  const std::string& target = record.event.target_kind;
  if (record.event.outcome == "refused") return {};
  if (record.event.action.starts_with("notify.")) return "notices";
  if (target == "token" || target == "consent") return "tokens";
  if (target == "account") return "accounts";
  if (target == "grant") return "grants";
  if (target == "site" || target == "site_credential") return "sites";
  if (target == "user" || target == "directory_group") return "users";
  if (target == "policy") return "policy";
  if (target == "approval") return "approvals";
  return {};
}

std::string frame(std::string_view kind, std::string_view id = {}) {
  std::string text = "event: " + std::string(kind) + "\ndata: {";
  // Ids are of our own making: 16 letters and digits.
  if (!id.empty()) text += "\"id\":\"" + std::string(id) + "\"";
  return text + "}\n\n";
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

/// Whether this very record may be seen; an error counts as no.
bool sees(const store::Repositories& at, const Principal& who, std::string_view kind, const std::string& id) {
  if (kind == "users") return who.user.value == id;
  if (kind == "accounts") {
    const auto account = at.accounts.get(AccountId(id));
    if (!account) return false;
    const auto seen = may_see(at, who, account.value().value);
    return seen && seen.value();
  }
  if (kind == "tokens") {
    const auto token = at.credentials.get(CredentialId(id));
    if (!token) return false;
    const auto account = at.accounts.get(token.value().value.account);
    return account && may_see(who, token.value().value, account.value().value);
  }
  if (kind == "grants") {
    const auto grant = at.grants.get(GrantId(id));
    if (!grant) return false;
    const auto account = at.accounts.get(grant.value().value.account);
    return account && may_see(who, grant.value().value, account.value().value);
  }
  return false;
}

/// Whether the list of denials shows them this one (store::sight_of_denials).
bool lists(const store::Repositories& at, const Principal& who, const std::string& token, const Resource& resource) {
  if (token.empty()) return false;
  if (!resource.id.empty() && who.covers(resource)) return true;
  const auto found = at.credentials.get(CredentialId(token));
  if (!found) return false;
  const auto account = at.accounts.get(found.value().value.account);
  return account && answers_for(who, found.value().value, account.value().value);
}

}  // namespace

struct LiveEvents::Subscriber {
  std::string session;
  UserId user;
  std::mutex mutex;  ///< of `sink`
  std::shared_ptr<EventSink> sink;
  // Below: of the thread alone.
  steady_clock::time_point told = steady_clock::now();
  steady_clock::time_point checked{};
  steady_clock::time_point usage_due{};
  steady_clock::time_point round_due = steady_clock::now() + kRoundEvery;
  bool usage_waits = false;
  bool greeted = false;

  std::shared_ptr<EventSink> opened() {
    const std::lock_guard lock(mutex);
    return sink;
  }
};

class LiveEvents::Stream : public EventStream {
 public:
  Stream(std::shared_ptr<Subscriber> subscriber, std::shared_ptr<std::set<std::shared_ptr<Subscriber>>> all,
         std::shared_ptr<std::mutex> all_mutex)
      : subscriber_(std::move(subscriber)), all_(std::move(all)), all_mutex_(std::move(all_mutex)) {}
  ~Stream() override {
    const std::lock_guard lock(*all_mutex_);
    all_->erase(subscriber_);
  }
  void open(std::shared_ptr<EventSink> sink) override {
    sink->push("retry: 3000\n\n");
    {
      const std::lock_guard lock(subscriber_->mutex);
      subscriber_->sink = sink;
    }
    // stop() finishes what it finds opened; what was opened after it finds its place gone.
    const std::lock_guard lock(*all_mutex_);
    if (!all_->contains(subscriber_)) sink->finish();
  }

 private:
  std::shared_ptr<Subscriber> subscriber_;
  std::shared_ptr<std::set<std::shared_ptr<Subscriber>>> all_;
  std::shared_ptr<std::mutex> all_mutex_;
};

/// What happened since the last look.
struct LiveEvents::News {
  bool any_record = false;
  std::set<std::pair<std::string_view, std::string>> changed;  ///< kind and id; an id that is none of ours is empty
  std::set<Denied> denied;
  bool matters = false;
  bool used = false;
  bool lost = false;  ///< the store was away: nobody knows what happened
};

/// What one person may hear of the news, once for all their pages.
struct LiveEvents::Heard {
  Principal who;
  std::map<std::string_view, std::set<std::string>> told;
};

LiveEvents::LiveEvents(Services& services)
    : services_(services),
      all_(std::make_shared<std::set<std::shared_ptr<Subscriber>>>()),
      all_mutex_(std::make_shared<std::mutex>()) {
  services_.live_events = this;
}

LiveEvents::~LiveEvents() {
  stop();
  services_.live_events = nullptr;
}

void LiveEvents::start() {
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void LiveEvents::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  const auto open = subscribers();
  {
    const std::lock_guard lock(*all_mutex_);
    all_->clear();
  }
  for (const auto& one : open) {
    if (const auto sink = one->opened()) sink->finish();
  }
}

void LiveEvents::wake() noexcept {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

void LiveEvents::denied(const std::vector<Denied>& denials) {
  const std::lock_guard lock(mutex_);
  for (const Denied& one : denials) {
    if (denied_.size() < kMostDenied) denied_.insert(one);
  }
  woken_ = true;
  changed_.notify_one();
}

void LiveEvents::used() noexcept {
  const std::lock_guard lock(mutex_);
  used_ = true;
}

std::vector<std::shared_ptr<LiveEvents::Subscriber>> LiveEvents::subscribers() const {
  const std::lock_guard lock(*all_mutex_);
  return {all_->begin(), all_->end()};
}

std::size_t LiveEvents::streams() const {
  const std::lock_guard lock(*all_mutex_);
  return all_->size();
}

Result<std::shared_ptr<EventStream>> LiveEvents::subscribe(const LiveSession& session) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->session = session.session.id;
  subscriber->user = session.user.id;
  {
    const std::lock_guard stopping(mutex_);
    if (stopping_) return fail(Errc::kUnavailable, "Gatehouse is about to end.");
  }
  const std::lock_guard lock(*all_mutex_);
  const auto theirs = std::count_if(all_->begin(), all_->end(), [&](const auto& one) { return one->user == subscriber->user; });
  if (all_->size() >= kMost || static_cast<std::size_t>(theirs) >= kMostOfOnePerson)
    return fail(Errc::kLimitExceeded, "Too many pages are kept up to date at once; this one asks for itself.");
  all_->insert(subscriber);
  return std::shared_ptr<EventStream>(std::make_shared<Stream>(std::move(subscriber), all_, all_mutex_));
}

LiveEvents::News LiveEvents::look() {
  News news;
  {
    const std::lock_guard lock(mutex_);
    news.denied.swap(denied_);
    news.used = std::exchange(used_, false);
  }
  const auto reader = services_.database.read();
  if (!reader) {
    news.lost = true;
    return news;
  }
  const store::Repositories& at = *reader.value().operator->();
  if (const auto end = at.audit_records.end()) {
    const bool first = seen_ < 0;
    if (!first && end.value().sequence > seen_) {
      store::Page page{std::to_string(seen_), kMostRecords};
      const auto records = at.audit_records.list({}, page);
      if (!records) {
        news.lost = true;
        return news;
      }
      news.any_record = true;
      for (const AuditRecord& record : records.value().items) {
        const std::string_view kind = kind_of(record);
        const bool id = is_id(record.event.target_id) && kind != "sites" && kind != "policy";
        if (!kind.empty()) news.changed.emplace(kind, id ? record.event.target_id : std::string());
        seen_ = std::max(seen_, record.sequence);
      }
    }
    if (first) seen_ = end.value().sequence;
  } else {
    news.lost = true;
  }
  if (auto matters = at.outbox.matters_mark()) {
    news.matters = !matters_.empty() && matters.value() != matters_;
    matters_ = std::move(matters.value());
  }
  return news;
}

Result<LiveEvents::Heard> LiveEvents::hear(const User& user, const News& news) {
  GH_TRY(const store::Reader reader, services_.database.read());
  const store::Repositories& at = *reader.operator->();
  Heard heard;
  GH_TRY(heard.who, principal_of(services_, at, user, SignedInBy::kSession));
  const Principal& who = heard.who;
  for (const auto& [kind, id] : news.changed) {
    if (stopping()) break;
    if (who.reads_all() || (!id.empty() && sees(at, who, kind, id))) heard.told[kind].insert(id);
  }
  const bool denials = std::any_of(news.denied.begin(), news.denied.end(), [&](const Denied& one) {
    return who.reads_all() || lists(at, who, one.token, {SiteId(one.site), one.resource, {}});
  });
  if (denials) heard.told["denials"].insert(std::string());
  if (news.matters && who.reads_all()) heard.told["notices"].insert(std::string());
  return heard;
}

bool LiveEvents::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

/// False where the stream is over.
bool LiveEvents::tell(Subscriber& to, const News& news, std::map<std::string, Heard>& heard) {
  const auto now = steady_clock::now();
  const auto sink = to.opened();
  // Its head is still on the way.
  if (!sink) return true;
  // What it may have missed it asks for when it is greeted again.
  if (news.lost) {
    to.greeted = false;
    return true;
  }
  // The page asks for everything when it is greeted; what changes from then on, and not before, is told.
  std::string text = to.greeted ? std::string() : frame("hello");
  const bool due = now - to.checked >= kBeat;
  const bool something = news.any_record || !news.denied.empty() || news.matters;
  if (news.used) to.usage_waits = true;
  std::optional<Principal> who;
  if (due || something) {
    const auto session = peek_session(services_, to.session);
    if (!session) {
      // Where the store is away nobody knows; the stream goes on without saying anything.
      if (session.error().code != Errc::kUnauthenticated) {
        to.greeted = false;
        return true;
      }
      sink->finish();
      return false;
    }
    to.checked = now;
    auto known = heard.find(to.user.value);
    if (known == heard.end()) {
      auto fresh = hear(session.value().user, news);
      if (!fresh) {
        to.greeted = false;
        return true;
      }
      known = heard.emplace(to.user.value, std::move(fresh.value())).first;
    }
    who = known->second.who;
    for (const auto& [kind, ids] : known->second.told) {
      if (ids.size() > kMostIds || ids.contains(std::string())) {
        text += frame(kind);
      } else {
        for (const std::string& id : ids) text += frame(kind, id);
      }
    }
    if (who->reads_all()) to.round_due = now + kRoundEvery;
  }
  // To who reads everything when there was some, to others at fixed times: that somebody used something is not theirs to know.
  if (now >= to.round_due) {
    text += frame("notices") + frame("approvals") + frame("usage");
    to.round_due = now + kRoundEvery;
  } else if (to.usage_waits && who && who->reads_all() && now >= to.usage_due) {
    text += frame("usage");
    to.usage_due = now + kUsageEvery;
    to.usage_waits = false;
  }
  if (text.empty() && now - to.told >= kBeat) text = ": beat\n\n";
  if (text.empty()) return true;
  to.told = now;
  to.greeted = true;
  return sink->push(std::move(text));
}

void LiveEvents::turn() {
  const News news = look();
  std::map<std::string, Heard> heard;
  for (const auto& one : subscribers()) {
    if (stopping()) return;
    if (tell(*one, news, heard)) continue;
    const std::lock_guard lock(*all_mutex_);
    all_->erase(one);
  }
}

void LiveEvents::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, kLook, [this] { return stopping_ || woken_; });
    if (woken_ && !stopping_) changed_.wait_for(lock, kTogether, [this] { return stopping_; });
    woken_ = false;
    if (stopping_) break;
    lock.unlock();
    if (streams() > 0) {
      turn();
    } else {
      // Whoever comes next asks for everything anyhow.
      seen_ = -1;
    }
    lock.lock();
    if (streams() == 0) {
      denied_.clear();
      used_ = false;
    }
  }
}

}  // namespace gatehouse::admin
