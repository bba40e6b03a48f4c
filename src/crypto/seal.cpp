#include "crypto/seal.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "crypto/epoch_text.h"

namespace gatehouse::crypto {
namespace {

constexpr std::string_view kForm = "s1";
constexpr std::size_t kWrapped = kKeySize + kAeadOverhead;

/// Every part with its length, so that no other context reads the same.
std::string bind(std::string_view layer, int epoch, const SealContext& context) {
  std::string text(layer);
  text += '.' + std::to_string(epoch);
  for (const std::string_view part : {context.purpose, context.record_id, context.origin}) {
    text += '.' + std::to_string(part.size()) + ':';
    text += part;
  }
  return text;
}

Error unreadable() {
  return fail(Errc::kDataCorrupt,
              "A sealed secret can't be opened: it was changed, belongs to another record or address, or its key is gone.");
}

}  // namespace

std::string Sealer::seal(const SecretString& plain, const SealContext& context) const {
  const int epoch = keys_.current_epoch(KeyPurpose::kSealing);
  std::array<std::byte, kKeySize> fresh{};
  random_.fill(fresh);
  const Key data_key(fresh);
  secure_zero(fresh.data(), fresh.size());
  std::vector<std::byte> out =
      aead_seal(*keys_.find(KeyPurpose::kSealing, epoch), data_key.expose(), bind("key", epoch, context), random_);
  const std::vector<std::byte> body = aead_seal(data_key, as_bytes(plain.expose()), bind("data", epoch, context), random_);
  out.insert(out.end(), body.begin(), body.end());
  return format_epoch_text(kForm, epoch, out);
}

Result<SecretString> Sealer::open(std::string_view sealed, const SealContext& context) const {
  const auto parsed = parse_epoch_text(kForm, sealed);
  if (!parsed || parsed->bytes.size() < kWrapped + kAeadOverhead) return unreadable();
  const Key* const key = keys_.find(KeyPurpose::kSealing, parsed->epoch);
  if (key == nullptr) return unreadable();
  const std::span<const std::byte> bytes(parsed->bytes);
  auto unwrapped = aead_open(*key, bytes.first(kWrapped), bind("key", parsed->epoch, context));
  if (!unwrapped) return unreadable();
  const SecretBytes wipe_key(std::move(*unwrapped));
  std::array<std::byte, kKeySize> raw{};
  std::copy(wipe_key.expose().begin(), wipe_key.expose().end(), raw.begin());
  const Key data_key(raw);
  secure_zero(raw.data(), raw.size());
  auto plain = aead_open(data_key, bytes.subspan(kWrapped), bind("data", parsed->epoch, context));
  if (!plain) return unreadable();
  const SecretBytes wipe_plain(std::move(*plain));
  return SecretString(std::string(as_text(wipe_plain.expose())));
}

int Sealer::epoch_of(std::string_view sealed) {
  const auto parsed = parse_epoch_text(kForm, sealed);
  return parsed ? parsed->epoch : 0;
}

}  // namespace gatehouse::crypto
