#include "admin/usage_fold.h"

#include <boost/container_hash/hash.hpp>

namespace gatehouse::admin {

std::size_t UsageFold::KeyHash::operator()(const token::Key& key) const noexcept {
  return boost::hash_range(key.begin(), key.end());
}

void UsageFold::enter(Instant hour) {
  if (hour == hour_) return;
  hour_ = hour;
  places_ = {};
  sorts_ = {};
}

bool UsageFold::tells(const token::Key& credential, std::uint64_t hash, int most, Known& known) {
  boost::hash_combine(hash, KeyHash()(credential));
  if (known.hashes.contains(hash)) return true;
  std::uint16_t& count = known.counts[credential];
  if (count >= most || known.hashes.size() >= kMostInAll) return false;
  known.hashes.insert(hash);
  ++count;
  return true;
}

}  // namespace gatehouse::admin
