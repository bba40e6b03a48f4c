#include "crypto/keys.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gatehouse::crypto {
namespace {

using ::testing::HasSubstr;

class Keys : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/gatehouse-keys.XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/master.key";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool same(const MasterKey& one, const MasterKey& other) {
    return one.derive("x", "y").expose() == other.derive("x", "y").expose();
  }

  SystemRandom random_;
  std::string folder_;
  std::string path_;
};

TEST_F(Keys, AMasterKeyIsReadBackFromItsFile) {
  const MasterKey key = MasterKey::generate(random_);
  ASSERT_TRUE(key.write_file(path_));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_TRUE(same(MasterKey::from_file(path_).value(), key));
  EXPECT_TRUE(same(MasterKey::from_descriptor(::open(path_.c_str(), O_RDONLY)).value(), key));
  EXPECT_EQ(key.write_file(path_).error().code, Errc::kConflict);
}

TEST_F(Keys, AFileThatOthersCanReadIsRefusedWithTheCommandThatMendsIt) {
  ASSERT_TRUE(MasterKey::generate(random_).write_file(path_));
  for (const mode_t mode : {0640U, 0604U, 0660U, 0601U}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    const auto read = MasterKey::from_file(path_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::kNotAllowed);
    EXPECT_THAT(read.error().public_detail, HasSubstr("chmod 600 " + path_));
  }
}

TEST_F(Keys, ASystemdCredentialIsReadByName) {
  ASSERT_TRUE(MasterKey::generate(random_).write_file(path_));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_THAT(MasterKey::from_systemd_credential("master.key").error().public_detail, HasSubstr("LoadCredential="));
  ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  EXPECT_TRUE(MasterKey::from_systemd_credential("master.key"));
  EXPECT_EQ(MasterKey::from_systemd_credential("other").error().code, Errc::kNotFound);
  EXPECT_EQ(MasterKey::from_systemd_credential("../master.key").error().code, Errc::kInvalidArgument);
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(Keys, WhatIsNoMasterKeyIsSaidToBeNone) {
  EXPECT_EQ(MasterKey::from_file(path_).error().code, Errc::kNotFound);
  EXPECT_EQ(MasterKey::from_file(folder_).error().code, Errc::kInvalidArgument);
  for (const char* text : {"", "x", "gatehouse-master-key-1 ", "gatehouse-master-key-1 AAAA\n"}) {
    std::ofstream(path_) << text;
    ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
    EXPECT_EQ(MasterKey::from_file(path_).error().code, Errc::kDataCorrupt) << text;
  }
}

TEST_F(Keys, DerivedKeysDifferByPurposeAndSalt) {
  const MasterKey key = MasterKey::generate(random_);
  EXPECT_EQ(key.derive("a", "b").expose(), key.derive("a", "b").expose());
  EXPECT_NE(key.derive("a", "b").expose(), key.derive("a", "c").expose());
  EXPECT_NE(key.derive("a:", "b").expose(), key.derive("a", ":b").expose());
}

TEST_F(Keys, AKeyringIsOpenedByItsMasterKeyAlone) {
  const MasterKey master = MasterKey::generate(random_);
  Keyring keys = Keyring::generate(random_);
  keys.add_epoch(KeyPurpose::kSealing, random_);
  const std::string sealed = keys.seal(master, random_);
  const Keyring back = Keyring::open(sealed, master).value();
  for (const KeyPurpose purpose : {KeyPurpose::kAudit, KeyPurpose::kSealing, KeyPurpose::kTokenHash, KeyPurpose::kHeadSigning}) {
    ASSERT_EQ(back.current_epoch(purpose), purpose == KeyPurpose::kSealing ? 2 : 1);
    EXPECT_EQ(back.find(purpose, 1)->expose(), keys.find(purpose, 1)->expose());
  }
  EXPECT_EQ(back.find(KeyPurpose::kAudit, 2), nullptr);
  EXPECT_EQ(Keyring::open(sealed, MasterKey::generate(random_)).error().code, Errc::kDataCorrupt);
  for (std::size_t at = 0; at + 1 < sealed.size(); at += 7) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Keyring::open(changed, master)) << at;
  }
  EXPECT_FALSE(Keyring::open(sealed.substr(0, sealed.size() - 5), master));
}

TEST_F(Keys, EachPurposeHasAKeyOfItsOwn) {
  const Keyring keys = Keyring::generate(random_);
  EXPECT_NE(keys.find(KeyPurpose::kAudit, 1)->expose(), keys.find(KeyPurpose::kSealing, 1)->expose());
  EXPECT_NE(keys.find(KeyPurpose::kTokenHash, 1)->expose(), keys.find(KeyPurpose::kHeadSigning, 1)->expose());
}

}  // namespace
}  // namespace gatehouse::crypto
