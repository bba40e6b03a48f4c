#include "token/live_index.h"

#include <algorithm>
#include <functional>

#include "token/live_copy.h"

namespace gatehouse::token {
namespace {

/// A hash of a secret's id. Ids are random, but a forged one need not be.
using Tag = std::uint64_t;
Tag tag_of(std::string_view id) noexcept {
  Tag tag = 0xcbf29ce484222325ULL;
  for (const char byte : id) tag = (tag ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  return tag ^ (tag >> 32U);
}

/// What a table keeps of one secret: where it may be found. Its id stands in the credential.
struct Entry {
  Tag tag = 0;
  LiveCredentialPtr credential;  ///< null: an empty slot
};

/// A credential lies on several cache lines, of which a request needs all: they are fetched side by side.
void prefetch(const LiveCredential& credential) noexcept {
  const char* const begin = reinterpret_cast<const char*>(&credential);
  for (std::size_t at = 0; at < sizeof(LiveCredential); at += 64) __builtin_prefetch(begin + at);
}
bool credential_before(const LiveCredentialPtr& credential, const Key& id) noexcept { return credential->id < id; }

/// The live secret of that id, or nullptr.
const LiveSecret* secret_of(const LiveCredential& credential, std::string_view id) noexcept {
  for (std::size_t which = 0; which < LiveSecrets::size(); ++which) {
    const LiveSecret& secret = credential.secrets[which];
    if (secret.state != SecretState::kRetired && as_view(secret.id) == id) return &secret;
  }
  return nullptr;
}

/// Ids under which it is found: its live secrets', and its own where access tokens name it.
template <class Use>
void for_each_secret(const LiveCredential& credential, const Use& use) {
  if (credential.kind != CredentialKind::kApiToken) use(as_view(credential.id));
  for (std::size_t which = 0; which < LiveSecrets::size(); ++which) {
    const LiveSecret& secret = credential.secrets[which];
    if (secret.state != SecretState::kRetired) use(as_view(secret.id));
  }
}

}  // namespace

/// The live secrets of one shard, by open addressing with a quarter of the slots empty. Never changed once published.
struct LiveIndex::Table {
  Table() : Table(std::vector<Entry>()) {}
  explicit Table(std::vector<Entry> entries) : slots_(entries.size() + entries.size() / 3 + 1) {
    for (Entry& entry : entries) {
      std::size_t slot = begin_of(entry.tag);
      while (slots_[slot].credential) slot = after(slot);
      slots_[slot] = std::move(entry);
    }
  }

  const LiveCredentialPtr* find(Tag tag, std::string_view id, const LiveSecret*& secret) const noexcept {
    for (std::size_t slot = begin_of(tag); slots_[slot].credential; slot = after(slot)) {
      const Entry& entry = slots_[slot];
      if (entry.tag != tag) continue;
      prefetch(*entry.credential);
      secret = secret_of(*entry.credential, id);
      if (secret != nullptr) return &entry.credential;
      const LiveCredential& credential = *entry.credential;
      if (credential.kind != CredentialKind::kApiToken && as_view(credential.id) == id) return &entry.credential;
    }
    return nullptr;
  }

  std::vector<Entry> entries() const {
    std::vector<Entry> all;
    all.reserve(slots_.size());
    for (const Entry& entry : slots_) {
      if (entry.credential) all.push_back(entry);
    }
    return all;
  }

 private:
  std::size_t begin_of(Tag tag) const noexcept { return static_cast<std::size_t>(((tag & 0xffffffffU) * slots_.size()) >> 32U); }
  std::size_t after(std::size_t slot) const noexcept { return slot + 1 == slots_.size() ? 0 : slot + 1; }

  std::vector<Entry> slots_;
};

/// A table that was replaced, and how often each reader had passed by then.
struct LiveIndex::Retired {
  std::shared_ptr<const void> table;
  std::vector<std::uint64_t> passed;
};

/// Sorted by id. Never changed once published.
struct LiveIndex::EndedSet {
  std::vector<std::pair<Key, Instant>> ids;
};

std::optional<Key> to_key(std::string_view text) noexcept {
  Key key{};
  if (text.size() != key.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), key.begin());
  return key;
}

LiveCredentialPtr with_proposed_boundary(const LiveCredential& credential) {
  if (!credential.proposal->boundary) return nullptr;
  const auto bounded = copy_of(credential);
  bounded->boundary = credential.proposal->boundary;
  return bounded;
}

ScopeSet LiveCredential::scopes_on(const SiteId& site, std::string_view resource_id) const noexcept {
  if (!narrowing || narrowing->scoped.empty()) return *scopes;
  ScopeSet here;
  for (const Narrowing::Scoped& one : narrowing->scoped) {
    if (one.site == site && (one.id == "*" || one.id == resource_id)) here |= one.scopes;
  }
  here &= *scopes;
  return here;
}

LiveIndex::LiveIndex(unsigned readers) : ended_(new EndedSet), readers_(readers) {
  for (auto& shard : shards_) shard.store(new Table, std::memory_order_relaxed);
}

LiveIndex::~LiveIndex() {
  for (auto& shard : shards_) delete shard.load(std::memory_order_relaxed);
  delete ended_.load(std::memory_order_relaxed);
}

std::size_t LiveIndex::shard_of(std::uint64_t tag) noexcept { return static_cast<std::size_t>(tag >> 32U) % kShards; }

Found LiveIndex::find(std::string_view secret_id) const noexcept {
  const Tag tag = tag_of(secret_id);
  const Table& table = *shards_[shard_of(tag)].load(std::memory_order_acquire);
  const LiveSecret* secret = nullptr;
  const LiveCredentialPtr* credential = table.find(tag, secret_id, secret);
  return credential == nullptr ? Found{} : Found{*credential, secret};
}

Found LiveIndex::find_locked(std::string_view secret_id) const {
  const std::lock_guard lock(writer_);
  return find(secret_id);
}

void LiveIndex::pass(unsigned reader) noexcept { readers_[reader].passed.fetch_add(1, std::memory_order_release); }

void LiveIndex::publish(std::size_t shard, std::unique_ptr<const Table> table) {
  retire(std::shared_ptr<const Table>(shards_[shard].exchange(table.release(), std::memory_order_acq_rel)));
}

void LiveIndex::retire(std::shared_ptr<const void> old) {
  Retired retired{std::move(old), {}};
  retired.passed.reserve(readers_.size());
  for (const Reader& reader : readers_) retired.passed.push_back(reader.passed.load(std::memory_order_acquire));
  retired_.push_back(std::move(retired));
}

void LiveIndex::reclaim() {
  const auto all_have_passed = [this](const Retired& retired) {
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      if (readers_[i].passed.load(std::memory_order_acquire) == retired.passed[i]) return false;
    }
    return true;
  };
  retired_.erase(std::remove_if(retired_.begin(), retired_.end(), all_have_passed), retired_.end());
}

void LiveIndex::assign(std::vector<LiveCredentialPtr> credentials) {
  std::sort(credentials.begin(), credentials.end(), [](const auto& left, const auto& right) { return left->id < right->id; });
  std::vector<std::vector<Entry>> shards(kShards);
  for (const LiveCredentialPtr& credential : credentials) {
    for_each_secret(*credential, [&shards, &credential](std::string_view id) {
      const Tag tag = tag_of(id);
      shards[shard_of(tag)].push_back({tag, credential});
    });
  }
  const std::lock_guard lock(writer_);
  for (const LiveCredentialPtr& old : by_credential_) {
    const auto kept = std::lower_bound(credentials.begin(), credentials.end(), old->id, credential_before);
    // What is given anew unchanged goes on; everything else that was live before is not to be sent under any more.
    if (kept == credentials.end() || *kept != old) old->withdrawn.store(true, std::memory_order_release);
  }
  by_credential_ = std::move(credentials);
  by_credential_.shrink_to_fit();
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    std::vector<Entry> entries = std::move(shards[shard]);
    publish(shard, std::make_unique<Table>(std::move(entries)));
  }
  reclaim();
}

/// Publishes the shards that `removed` and `added` touch, each once.
void LiveIndex::edit(const LiveCredentialPtr& added, const LiveCredentialPtr& removed) {
  std::vector<std::size_t> touched;
  const auto note = [&touched](std::string_view id) { touched.push_back(shard_of(tag_of(id))); };
  if (added) for_each_secret(*added, note);
  if (removed) for_each_secret(*removed, note);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const std::size_t shard : touched) {
    std::vector<Entry> entries = shards_[shard].load(std::memory_order_acquire)->entries();
    if (removed) std::erase_if(entries, [&](const Entry& entry) { return entry.credential == removed; });
    if (added) {
      for_each_secret(*added, [&](std::string_view id) {
        const Tag tag = tag_of(id);
        if (shard_of(tag) == shard) entries.push_back({tag, added});
      });
    }
    publish(shard, std::make_unique<Table>(std::move(entries)));
  }
}

void LiveIndex::put(LiveCredentialPtr credential, bool withdraw_old) {
  const std::lock_guard lock(writer_);
  const auto at = std::lower_bound(by_credential_.begin(), by_credential_.end(), credential->id, credential_before);
  LiveCredentialPtr old;
  if (at != by_credential_.end() && (*at)->id == credential->id) {
    old = std::exchange(*at, credential);
  } else {
    by_credential_.insert(at, credential);
  }
  edit(credential, old);
  if (old && withdraw_old) old->withdrawn.store(true, std::memory_order_release);
  reclaim();
}

void LiveIndex::remove(const Key& credential_id) {
  const std::lock_guard lock(writer_);
  const auto at = std::lower_bound(by_credential_.begin(), by_credential_.end(), credential_id, credential_before);
  if (at == by_credential_.end() || (*at)->id != credential_id) return;
  const LiveCredentialPtr old = *at;
  by_credential_.erase(at);
  edit(nullptr, old);
  old->withdrawn.store(true, std::memory_order_release);
  reclaim();
}

bool LiveIndex::ended(const Key& id) const noexcept {
  const auto& ids = ended_.load(std::memory_order_acquire)->ids;
  const auto at =
      std::lower_bound(ids.begin(), ids.end(), id, [](const auto& one, const Key& wanted) { return one.first < wanted; });
  return at != ids.end() && at->first == id;
}

bool LiveIndex::ended(const LiveCredential& credential) const noexcept {
  const Narrowing* const named = credential.narrowing.get();
  if (!named) return false;
  return ended(named->token) || (named->family != Key{} && ended(named->family)) ||
         std::any_of(named->ancestors.begin(), named->ancestors.end(), [this](const Key& one) { return ended(one); });
}

bool LiveIndex::ended_locked(const Key& id) const {
  const std::lock_guard lock(writer_);
  return ended(id);
}

void LiveIndex::assign_ended(std::vector<std::pair<Key, Instant>> all) {
  std::sort(all.begin(), all.end());
  auto next = std::make_unique<EndedSet>();
  next->ids = std::move(all);
  const std::lock_guard lock(writer_);
  retire(std::shared_ptr<const EndedSet>(ended_.exchange(next.release(), std::memory_order_acq_rel)));
  reclaim();
}

void LiveIndex::end(const Key& id, Instant until, Instant now) {
  const std::lock_guard lock(writer_);
  auto next = std::make_unique<EndedSet>();
  const auto& present = ended_.load(std::memory_order_acquire)->ids;
  next->ids.reserve(present.size() + 1);
  for (const auto& one : present) {
    if (one.second > now && one.first != id) next->ids.push_back(one);
  }
  const auto at = std::lower_bound(next->ids.begin(), next->ids.end(), id,
                                   [](const auto& one, const Key& wanted) { return one.first < wanted; });
  next->ids.insert(at, {id, until});
  retire(std::shared_ptr<const EndedSet>(ended_.exchange(next.release(), std::memory_order_acq_rel)));
  reclaim();
}

std::size_t LiveIndex::size() const {
  const std::lock_guard lock(writer_);
  return by_credential_.size();
}

}  // namespace gatehouse::token
