#include "crypto/keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/encoding.h"
#include "crypto/aead.h"

namespace gatehouse::crypto {
namespace {

constexpr std::string_view kMasterForm = "gatehouse-master-key-1 ";
constexpr std::string_view kKeyringForm = "gatehouse-keyring-1 ";
constexpr std::size_t kLongestFile = 4096;
constexpr std::array<KeyPurpose, 4> kPurposes{KeyPurpose::kAudit, KeyPurpose::kSealing, KeyPurpose::kTokenHash,
                                              KeyPurpose::kHeadSigning};

std::string_view word(KeyPurpose purpose) {
  switch (purpose) {
    case KeyPurpose::kAudit: return "audit";
    case KeyPurpose::kSealing: return "sealing";
    case KeyPurpose::kTokenHash: return "token-hash";
    case KeyPurpose::kHeadSigning: return "head-signing";
  }
  return "";
}

Key fresh_key(Random& random) {
  std::array<std::byte, kKeySize> bytes{};
  random.fill(bytes);
  Key key(bytes);
  secure_zero(bytes.data(), bytes.size());
  return key;
}

/// Exactly one key in base64url.
Result<Key> parse_key(std::string_view text) {
  GH_TRY(auto bytes, from_base64url(text));
  const SecretBytes wipe(std::move(bytes));
  if (wipe.expose().size() != kKeySize) return fail(Errc::kDataCorrupt, "A key has a wrong length.");
  std::array<std::byte, kKeySize> raw{};
  std::copy(wipe.expose().begin(), wipe.expose().end(), raw.begin());
  Key key(raw);
  secure_zero(raw.data(), raw.size());
  return key;
}

struct Descriptor {
  int value;
  explicit Descriptor(int number) : value(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

Result<SecretString> read_all(int descriptor, const std::string& where) {
  // Of its full size from the start: a growing string would leave copies behind.
  std::string text(kLongestFile, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(descriptor, text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Errc::kUnavailable, "Could not read the master key from " + where + ": " + std::strerror(errno) + ".");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  SecretString whole(text.substr(0, length));
  secure_zero(text.data(), text.size());
  return whole;
}

}  // namespace

MasterKey MasterKey::generate(Random& random) { return MasterKey(fresh_key(random)); }

Result<MasterKey> MasterKey::parse(std::string_view text, const std::string& where) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.starts_with(kMasterForm)) {
    auto key = parse_key(text.substr(kMasterForm.size()));
    if (key) return MasterKey(std::move(key).value());
  }
  return fail(Errc::kDataCorrupt, "There is no Gatehouse master key in " + where + "; expected one line that begins with " +
                                      std::string(kMasterForm.substr(0, kMasterForm.size() - 1)) + ".");
}

Result<MasterKey> MasterKey::from_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.value < 0) {
    const Errc code = errno == ENOENT ? Errc::kNotFound : Errc::kUnavailable;
    return fail(code, "Could not open the master key " + path + ": " + std::strerror(errno) + ".");
  }
  struct stat status {};
  if (::fstat(file.value, &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(Errc::kInvalidArgument, "The master key " + path + " is not a regular file.");
  }
  if ((status.st_mode & 077) != 0) {
    return fail(Errc::kNotAllowed, "The master key " + path + " can be read or written by others; run: chmod 600 " + path);
  }
  GH_TRY(const auto text, read_all(file.value, path));
  return parse(text.expose(), path);
}

Result<MasterKey> MasterKey::from_descriptor(int descriptor) {
  const Descriptor file(descriptor);
  const std::string where = "descriptor " + std::to_string(descriptor);
  GH_TRY(const auto text, read_all(descriptor, where));
  return parse(text.expose(), where);
}

Result<MasterKey> MasterKey::from_systemd_credential(std::string_view name) {
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0') {
    return fail(Errc::kNotFound,
                "CREDENTIALS_DIRECTORY is not set; the unit needs LoadCredential=" + std::string(name) + ":FILE.");
  }
  if (name.empty() || name.find('/') != std::string_view::npos) {
    return fail(Errc::kInvalidArgument, "The name of a systemd credential is one file name.");
  }
  // systemd sees to who may read these files; their mode is 0440 with an ACL, which looks open and isn't.
  const std::string path = std::string(folder) + "/" + std::string(name);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(Errc::kNotFound, "Could not open the credential " + path + ": " + std::strerror(errno) + ".");
  return from_descriptor(descriptor);
}

Result<void> MasterKey::write_file(const std::string& path) const {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.value < 0) {
    const Errc code = errno == EEXIST ? Errc::kConflict : Errc::kUnavailable;
    return fail(code, "Could not create the master key " + path + ": " + std::strerror(errno) + ".");
  }
  const SecretString encoded(to_base64url(key_.expose()));
  const SecretString line(std::string(kMasterForm) + encoded.expose() + "\n");
  const ssize_t written = ::write(file.value, line.expose().data(), line.expose().size());
  if (written != static_cast<ssize_t>(line.expose().size()) || ::fsync(file.value) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(path.c_str());
    return fail(Errc::kUnavailable, "Could not write the master key " + path + ": " + why + ".");
  }
  return success();
}

Key MasterKey::derive(std::string_view purpose, std::string_view salt) const {
  const std::string message = std::to_string(purpose.size()) + ":" + std::string(purpose) + ":" + std::string(salt);
  std::array<std::byte, kKeySize> bytes{};
  crypto_generichash(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                     reinterpret_cast<const unsigned char*>(key_.expose().data()), kKeySize);
  Key key(bytes);
  secure_zero(bytes.data(), bytes.size());
  return key;
}

Keyring Keyring::generate(Random& random) {
  Keyring keyring;
  for (const KeyPurpose purpose : kPurposes) keyring.add_epoch(purpose, random);
  return keyring;
}

std::string Keyring::seal(const MasterKey& master, Random& random) const {
  std::size_t size = 0;
  for (const Entry& entry : entries_) size += word(entry.purpose).size() + 60;
  std::string plain;
  plain.reserve(size);
  for (const Entry& entry : entries_) {
    const SecretString encoded(to_base64url(entry.key.expose()));
    plain.append(word(entry.purpose)).append(" ").append(std::to_string(entry.epoch)).append(" ");
    plain.append(encoded.expose()).append("\n");
  }
  const SecretString text(std::move(plain));
  const auto sealed = aead_seal(master.derive("keyring", ""), as_bytes(text.expose()), kKeyringForm, random);
  return std::string(kKeyringForm) + to_base64url(sealed) + "\n";
}

Result<Keyring> Keyring::open(std::string_view sealed, const MasterKey& master) {
  const Error damaged = fail(Errc::kDataCorrupt, "The keyring is damaged, or it belongs to another master key.");
  while (!sealed.empty() && sealed.back() == '\n') sealed.remove_suffix(1);
  if (!sealed.starts_with(kKeyringForm)) return damaged;
  const auto bytes = from_base64url(sealed.substr(kKeyringForm.size()));
  if (!bytes) return damaged;
  auto opened = aead_open(master.derive("keyring", ""), bytes.value(), kKeyringForm);
  if (!opened) return damaged;
  const SecretBytes wipe(std::move(*opened));
  Keyring keyring;
  std::string_view rest = as_text(wipe.expose());
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t first = line.find(' '), second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return damaged;
    const auto purpose =
        std::find_if(kPurposes.begin(), kPurposes.end(), [&](KeyPurpose one) { return word(one) == line.substr(0, first); });
    int epoch = 0;
    const auto [end, problem] = std::from_chars(line.data() + first + 1, line.data() + second, epoch);
    auto key = parse_key(line.substr(second + 1));
    if (purpose == kPurposes.end() || problem != std::errc() || end != line.data() + second || !key ||
        epoch != keyring.current_epoch(*purpose) + 1) {
      return damaged;
    }
    keyring.entries_.push_back({*purpose, epoch, std::move(key).value()});
  }
  for (const KeyPurpose purpose : kPurposes) {
    if (keyring.current_epoch(purpose) == 0) return damaged;
  }
  return keyring;
}

int Keyring::current_epoch(KeyPurpose purpose) const noexcept {
  int newest = 0;
  for (const Entry& entry : entries_) {
    if (entry.purpose == purpose) newest = std::max(newest, entry.epoch);
  }
  return newest;
}

const Key* Keyring::find(KeyPurpose purpose, int epoch) const noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.purpose == purpose && entry.epoch == epoch; });
  return found == entries_.end() ? nullptr : &found->key;
}

void Keyring::add_epoch(KeyPurpose purpose, Random& random) {
  entries_.push_back({purpose, current_epoch(purpose) + 1, fresh_key(random)});
}

}  // namespace gatehouse::crypto
