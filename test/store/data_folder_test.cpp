#include "store/data_folder.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/utf8.h"

namespace gatehouse::store {
namespace {

using ::testing::HasSubstr;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/gatehouse-folder.XXXXXX";
    base_ = ::mkdtemp(pattern.data());
    path_ = base_ + "/data";
  }
  void TearDown() override { std::filesystem::remove_all(base_); }

  SystemRandom random_;
  std::string base_;
  std::string path_;
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST_F(Folder, IsMadeForItsOwnerAloneAndOpenedAgain) {
  { ASSERT_TRUE(DataFolder::create(path_, random_)); }
  EXPECT_EQ(mode_of(path_), 0700U);
  for (const char* name : {"/master.key", "/keyring", "/lock"}) EXPECT_EQ(mode_of(path_ + name), 0600U) << name;
  const auto opened = DataFolder::open(path_);
  ASSERT_TRUE(opened) << opened.error().public_detail;
  EXPECT_EQ(opened.value().keyring().current_epoch(crypto::KeyPurpose::kAudit), 1);
  EXPECT_EQ(DataFolder::create(path_, random_).error().code, Errc::kConflict);
}

TEST_F(Folder, OthersEyesAreRefusedWithTheCommandThatMendsIt) {
  { ASSERT_TRUE(DataFolder::create(path_, random_)); }
  std::ofstream(path_ + "/gatehouse.db") << "";
  ::chmod((path_ + "/gatehouse.db").c_str(), 0600);
  for (const char* name : {"", "/master.key", "/keyring", "/gatehouse.db"}) {
    const std::string file = path_ + name;
    const mode_t before = mode_of(file);
    ::chmod(file.c_str(), before | 0040);
    const auto refused = DataFolder::open(path_);
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().code, Errc::kNotAllowed);
    EXPECT_THAT(refused.error().public_detail, HasSubstr("chmod"));
    EXPECT_THAT(refused.error().public_detail, HasSubstr(file));
    ::chmod(file.c_str(), before);
    EXPECT_TRUE(DataFolder::open(path_)) << file;
  }
}

TEST_F(Folder, AFolderOfOthersIsNotTakenForANewOne) {
  std::filesystem::create_directory(path_);
  ::chmod(path_.c_str(), 0755);
  const auto refused = DataFolder::create(path_, random_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().public_detail, HasSubstr("chmod 700 " + path_));
}

TEST_F(Folder, IsOpenToOneProcessAtATime) {
  auto first = DataFolder::create(path_, random_);
  ASSERT_TRUE(first);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto second = DataFolder::open(path_);
    ::_exit(!second && second.error().code == Errc::kConflict ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(DataFolder::open_beside(path_)) << "reading beside it is possible";
  { const DataFolder moved = std::move(first).value(); }
  EXPECT_TRUE(DataFolder::open(path_));
}

TEST_F(Folder, WhatIsMissingIsNamed) {
  EXPECT_EQ(DataFolder::open(path_).error().code, Errc::kNotFound);
  std::filesystem::create_directory(path_);
  ::chmod(path_.c_str(), 0700);
  const auto empty = DataFolder::open(path_);
  EXPECT_EQ(empty.error().code, Errc::kNotFound);
  EXPECT_THAT(empty.error().public_detail, HasSubstr("gatehouse init"));
  { ASSERT_TRUE(DataFolder::create(path_, random_)); }
  std::filesystem::rename(path_ + "/master.key", base_ + "/elsewhere.key");
  EXPECT_EQ(DataFolder::open(path_).error().code, Errc::kNotFound);
  MasterKeySource source;
  source.file = base_ + "/elsewhere.key";
  EXPECT_TRUE(DataFolder::open(path_, source));
  std::ofstream(path_ + "/keyring") << "x";
  const auto damaged = DataFolder::open(path_, source);
  EXPECT_EQ(damaged.error().code, Errc::kDataCorrupt);
  EXPECT_THAT(damaged.error().public_detail, HasSubstr(path_ + "/keyring"));
}

TEST_F(Folder, ANewEpochIsKept) {
  {
    auto folder = DataFolder::create(path_, random_).value();
    crypto::Keyring keys = folder.keyring();
    keys.add_epoch(crypto::KeyPurpose::kAudit, random_);
    ASSERT_TRUE(folder.save_keyring(keys, random_));
    EXPECT_EQ(folder.keyring().current_epoch(crypto::KeyPurpose::kAudit), 2);
  }
  EXPECT_EQ(DataFolder::open(path_).value().keyring().current_epoch(crypto::KeyPurpose::kAudit), 2);
}

TEST_F(Folder, AReplacedFileIsWholeOrOld) {
  const std::string file = base_ + "/file";
  ASSERT_TRUE(replace_file(file, "old"));
  ASSERT_TRUE(replace_file(file, std::string(100000, 'x')));
  EXPECT_EQ(read_small_file(file).value().size(), 100000U);
  EXPECT_EQ(mode_of(file), 0600U);
  std::filesystem::create_directory(file + ".new");
  EXPECT_EQ(replace_file(file, "lost").error().code, Errc::kUnavailable);
  EXPECT_EQ(read_small_file(file).value().size(), 100000U);
  EXPECT_EQ(read_small_file(base_ + "/none").error().code, Errc::kNotFound);
}

TEST(StoredText, IsUtf8WithoutNul) {
  for (const char* good : {"", "abc", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(valid_stored_text(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xe2\x82", "\xff"}) {
    EXPECT_FALSE(valid_stored_text(bad)) << bad;
  }
  EXPECT_FALSE(valid_stored_text(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace gatehouse::store
