#include "token/access_keys.h"

#include <algorithm>

namespace gatehouse::token {

std::string_view to_string(AccessForm form) noexcept {
  switch (form) {
    case AccessForm::kOpaque: return "opaque";
    case AccessForm::kEdDsa: return "EdDSA";
    case AccessForm::kEs256: return "ES256";
  }
  return {};
}

Result<AccessKey> AccessKey::make(std::string id, AccessForm form, const crypto::Key& secret, Instant signs_from,
                                  Instant ends_at) {
  AccessKey key;
  key.id = std::move(id);
  key.form = form;
  key.signs_from = signs_from;
  key.ends_at = ends_at;
  switch (form) {
    case AccessForm::kOpaque: key.secret = secret; break;
    case AccessForm::kEdDsa: {
      GH_TRY(key.signing, crypto::SigningKey::ed25519(secret));
      break;
    }
    case AccessForm::kEs256: {
      GH_TRY(key.signing, crypto::SigningKey::p256(secret));
      break;
    }
  }
  return key;
}

const AccessKey* AccessKeys::find(std::string_view id, Instant now) const noexcept {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const AccessKey& one) { return one.id == id; });
  return found == keys_.end() || now >= found->ends_at ? nullptr : &*found;
}

const AccessKey* AccessKeys::signer(AccessForm form, Instant now) const noexcept {
  const AccessKey* best = nullptr;
  for (const AccessKey& one : keys_) {
    if (one.form != form || now < one.signs_from || now >= one.ends_at) continue;
    if (!best || one.signs_from > best->signs_from || (one.signs_from == best->signs_from && one.id > best->id)) best = &one;
  }
  return best;
}

void AccessKeyTable::publish(std::shared_ptr<const AccessKeys> keys) {
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(keys);
  version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const AccessKeys> AccessKeyTable::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

const AccessKeys* AccessKeyReader::get(bool& changed) {
  changed = false;
  if (!table_) return nullptr;
  const std::uint64_t version = table_->version();
  if (version != version_) {
    snapshot_ = table_->snapshot();
    version_ = version;
    changed = true;
  }
  return snapshot_.get();
}

}  // namespace gatehouse::token
