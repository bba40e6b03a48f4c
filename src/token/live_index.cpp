#include "token/live_index.h"

#include <algorithm>
#include <functional>

namespace gatehouse::token {
namespace {

/// The beginning of a secret's id, as a number in the order of ids.
using Tag = std::uint64_t;
Tag tag_of(std::string_view id) noexcept {
  Tag tag = 0;
  for (std::size_t i = 0; i < sizeof tag && i < id.size(); ++i) tag = (tag << 8U) | static_cast<unsigned char>(id[i]);
  return tag;
}

/// What a table keeps of one secret: where it may be found. The rest of its id stands in the credential.
struct Entry {
  Tag tag = 0;
  LiveCredentialPtr credential;
};

bool before(const Entry& entry, Tag tag) noexcept { return entry.tag < tag; }
bool credential_before(const LiveCredentialPtr& credential, const Key& id) noexcept { return credential->id < id; }

/// The live secret of that id, or nullptr.
const LiveSecret* secret_of(const LiveCredential& credential, std::string_view id) noexcept {
  for (std::size_t which = 0; which < LiveSecrets::size(); ++which) {
    const LiveSecret& secret = credential.secrets[which];
    if (secret.state != SecretState::kRetired && as_view(secret.id) == id) return &secret;
  }
  return nullptr;
}

template <class Use>
void for_each_secret(const LiveCredential& credential, const Use& use) {
  for (std::size_t which = 0; which < LiveSecrets::size(); ++which) {
    const LiveSecret& secret = credential.secrets[which];
    if (secret.state != SecretState::kRetired) use(as_view(secret.id));
  }
}

}  // namespace

/// The live secrets of one shard, sorted by tag. Never changed once published.
struct LiveIndex::Table {
  std::vector<Entry> entries;
};

/// A table that was replaced, and how often each reader had passed by then.
struct LiveIndex::Retired {
  std::unique_ptr<const Table> table;
  std::vector<std::uint64_t> passed;
};

std::optional<Key> to_key(std::string_view text) noexcept {
  Key key{};
  if (text.size() != key.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), key.begin());
  return key;
}

LiveIndex::LiveIndex(unsigned readers) : readers_(readers) {
  for (auto& shard : shards_) shard.store(new Table, std::memory_order_relaxed);
}

LiveIndex::~LiveIndex() {
  for (auto& shard : shards_) delete shard.load(std::memory_order_relaxed);
}

std::size_t LiveIndex::shard_of(std::string_view id) noexcept {
  // FNV-1a: ids are random, but a forged one need not be.
  std::uint32_t hash = 2166136261U;
  for (const char byte : id) hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
  return (hash >> 8U) % kShards;
}

Found LiveIndex::find(std::string_view secret_id) const noexcept {
  const Table& table = *shards_[shard_of(secret_id)].load(std::memory_order_acquire);
  const Tag tag = tag_of(secret_id);
  for (auto at = std::lower_bound(table.entries.begin(), table.entries.end(), tag, before);
       at != table.entries.end() && at->tag == tag; ++at) {
    if (const LiveSecret* secret = secret_of(*at->credential, secret_id)) return {at->credential, secret};
  }
  return {};
}

Found LiveIndex::find_locked(std::string_view secret_id) const {
  const std::lock_guard lock(writer_);
  return find(secret_id);
}

void LiveIndex::pass(unsigned reader) noexcept { readers_[reader].passed.fetch_add(1, std::memory_order_release); }

void LiveIndex::publish(std::size_t shard, std::unique_ptr<const Table> table) {
  std::unique_ptr<const Table> old(shards_[shard].exchange(table.release(), std::memory_order_acq_rel));
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
  std::vector<std::unique_ptr<Table>> tables(kShards);
  for (auto& table : tables) table = std::make_unique<Table>();
  for (const LiveCredentialPtr& credential : credentials) {
    for_each_secret(*credential, [&tables, &credential](std::string_view id) {
      tables[shard_of(id)]->entries.push_back({tag_of(id), credential});
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
    auto& entries = tables[shard]->entries;
    std::sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) { return left.tag < right.tag; });
    entries.shrink_to_fit();
    publish(shard, std::move(tables[shard]));
  }
  reclaim();
}

/// Publishes the shards that `removed` and `added` touch, each once.
void LiveIndex::edit(const LiveCredentialPtr& added, const LiveCredentialPtr& removed) {
  std::vector<std::size_t> touched;
  const auto note = [&touched](std::string_view id) { touched.push_back(shard_of(id)); };
  if (added) for_each_secret(*added, note);
  if (removed) for_each_secret(*removed, note);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const std::size_t shard : touched) {
    auto table = std::make_unique<Table>(*shards_[shard].load(std::memory_order_acquire));
    auto& entries = table->entries;
    if (removed) {
      entries.erase(
          std::remove_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.credential == removed; }),
          entries.end());
    }
    if (added) {
      for_each_secret(*added, [&](std::string_view id) {
        if (shard_of(id) != shard) return;
        const Tag tag = tag_of(id);
        entries.insert(std::lower_bound(entries.begin(), entries.end(), tag, before), {tag, added});
      });
    }
    publish(shard, std::move(table));
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

std::size_t LiveIndex::size() const {
  const std::lock_guard lock(writer_);
  return by_credential_.size();
}

}  // namespace gatehouse::token
