#include "store/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace gatehouse::store {
namespace {

constexpr std::size_t kLongestSmallFile = std::size_t{1} << 20;

std::string why() { return std::strerror(errno); }

struct Descriptor {
  int value;
  explicit Descriptor(int number) : value(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

/// The folder and everything secret in it are for their owner alone.
Result<void> check_private(const std::string& path, const char* mode) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT)
      return fail(Errc::kNotFound, path + " does not exist; `gatehouse init --data DIR` makes a new installation.");
    return fail(Errc::kUnavailable, "Could not look at " + path + ": " + why() + ".");
  }
  if ((status.st_mode & 077) != 0) {
    return fail(Errc::kNotAllowed, path + " can be read by others; run: chmod " + mode + " " + path);
  }
  return success();
}

Result<void> flush_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.value < 0 || ::fsync(opened.value) != 0)
    return fail(Errc::kUnavailable, "Could not flush the folder " + folder + ": " + why() + ".");
  return success();
}

Result<crypto::MasterKey> read_master_key(const MasterKeySource& source, const std::string& standard) {
  if (source.descriptor >= 0) return crypto::MasterKey::from_descriptor(source.descriptor);
  if (!source.systemd_credential.empty()) return crypto::MasterKey::from_systemd_credential(source.systemd_credential);
  return crypto::MasterKey::from_file(source.file.empty() ? standard : source.file);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  {
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.value < 0) return fail(Errc::kUnavailable, "Could not write " + fresh + ": " + why() + ".");
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t written = ::write(file.value, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail(Errc::kUnavailable, "Could not write " + fresh + ": " + why() + ".");
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.value) != 0) return fail(Errc::kUnavailable, "Could not flush " + fresh + ": " + why() + ".");
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0)
    return fail(Errc::kUnavailable, "Could not replace " + path + ": " + why() + ".");
  return flush_folder_of(path);
}

Result<std::string> read_small_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.value < 0) {
    return fail(errno == ENOENT ? Errc::kNotFound : Errc::kUnavailable, "Could not open " + path + ": " + why() + ".");
  }
  std::string text;
  char piece[4096];
  while (text.size() <= kLongestSmallFile) {
    const ssize_t got = ::read(file.value, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::kUnavailable, "Could not read " + path + ": " + why() + ".");
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
  }
  return fail(Errc::kDataCorrupt, path + " is far too long to be what it should be.");
}

Result<DataFolder> DataFolder::create(const std::string& path, Random& random) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Errc::kUnavailable, "Could not make the folder " + path + ": " + why() + ".");
  }
  GH_TRYV(check_private(path, "700"));
  DataFolder folder;
  folder.path_ = path;
  GH_TRYV(folder.lock());
  for (const std::string& there : {folder.master_key_path(), folder.keyring_path(), folder.database_path()}) {
    if (exists(there))
      return fail(Errc::kConflict, path + " holds an installation already (" + there + "); choose an empty folder.");
  }
  folder.master_key_ = std::make_unique<crypto::MasterKey>(crypto::MasterKey::generate(random));
  GH_TRYV(folder.master_key_->write_file(folder.master_key_path()));
  GH_TRYV(folder.save_keyring(crypto::Keyring::generate(random), random));
  return folder;
}

Result<DataFolder> DataFolder::open_beside(const std::string& path, const MasterKeySource& source) {
  GH_TRYV(check_private(path, "700"));
  DataFolder folder;
  folder.path_ = path;
  auto sealed = read_small_file(folder.keyring_path());
  if (!sealed && sealed.error().code == Errc::kNotFound) {
    return fail(Errc::kNotFound, path + " holds no installation (no keyring); `gatehouse init --data " + path + "` makes one.");
  }
  GH_TRYV(sealed);
  GH_TRYV(check_private(folder.keyring_path(), "600"));
  if (exists(folder.database_path())) {
    GH_TRYV(check_private(folder.database_path(), "600"));
  }
  GH_TRY(auto master, read_master_key(source, folder.master_key_path()));
  folder.master_key_ = std::make_unique<crypto::MasterKey>(std::move(master));
  auto keyring = crypto::Keyring::open(sealed.value(), *folder.master_key_);
  if (!keyring) return fail(Errc::kDataCorrupt, folder.keyring_path() + ": " + keyring.error().public_detail);
  folder.keyring_ = std::make_unique<crypto::Keyring>(std::move(keyring).value());
  return folder;
}

Result<DataFolder> DataFolder::open(const std::string& path, const MasterKeySource& source) {
  GH_TRY(auto folder, open_beside(path, source));
  GH_TRYV(folder.lock());
  return folder;
}

Result<DataFolder> DataFolder::claim(const std::string& path, const MasterKeySource& source) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Errc::kUnavailable, "Could not make the folder " + path + ": " + why() + ".");
  }
  GH_TRYV(check_private(path, "700"));
  DataFolder folder;
  folder.path_ = path;
  GH_TRYV(folder.lock());
  for (const std::string& there : {folder.keyring_path(), folder.database_path()}) {
    if (exists(there))
      return fail(Errc::kConflict, path + " holds an installation already (" + there + "); choose an empty folder.");
  }
  if (exists(folder.head_path())) {
    return fail(Errc::kConflict,
                folder.head_path() +
                    " is left of an installation that may have gone further than the backup. Compare it (`gatehouse audit "
                    "verify --head`), then move it away.");
  }
  auto master = read_master_key(source, folder.master_key_path());
  if (!master && master.error().code == Errc::kNotFound) {
    return fail(Errc::kNotFound, master.error().public_detail +
                                     " Put the installation's master key there, or name it with --master-key-file FILE.");
  }
  GH_TRYV(master);
  folder.master_key_ = std::make_unique<crypto::MasterKey>(std::move(master).value());
  if (!source.file.empty() && !exists(folder.master_key_path())) {
    GH_TRYV(folder.master_key_->write_file(folder.master_key_path()));
  }
  return folder;
}

Result<void> DataFolder::adopt(std::string_view sealed_keyring, std::string_view head) {
  GH_TRY(auto keyring, crypto::Keyring::open(sealed_keyring, *master_key_));
  keyring_ = std::make_unique<crypto::Keyring>(std::move(keyring));
  if (!head.empty()) {
    GH_TRYV(replace_file(head_path(), head));
  }
  return replace_file(keyring_path(), sealed_keyring);
}

void DataFolder::disown() noexcept {
  ::unlink(keyring_path().c_str());
  ::unlink(head_path().c_str());
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      master_key_(std::move(other.master_key_)),
      keyring_(std::move(other.keyring_)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<void> DataFolder::lock() {
  const std::string path = path_ + "/lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_ < 0) return fail(Errc::kUnavailable, "Could not open " + path + ": " + why() + ".");
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return success();
  if (errno == EWOULDBLOCK) {
    return fail(Errc::kConflict, "Another Gatehouse uses " + path_ + "; stop it first, or use its REST API.");
  }
  return fail(Errc::kUnavailable, "Could not lock " + path + ": " + why() + ".");
}

Result<void> DataFolder::save_keyring(const crypto::Keyring& keyring, Random& random) {
  GH_TRYV(replace_file(keyring_path(), keyring.seal(*master_key_, random)));
  keyring_ = std::make_unique<crypto::Keyring>(keyring);
  return success();
}

}  // namespace gatehouse::store
