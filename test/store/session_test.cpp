// What the wrapper around SOCI refuses, since SOCI itself would store it wrongly without a word.
#include "store/session.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>

namespace gatehouse::store {
namespace {

class Sessions : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-session-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    session_ = std::move(Session::open({false, folder_ + "/test.db", "test"}, {std::chrono::seconds(1), 0}).value());
    ASSERT_TRUE(session_->script("CREATE TABLE pairs (one TEXT, other TEXT)"));
  }
  void TearDown() override {
    session_.reset();
    std::filesystem::remove_all(folder_);
  }
  Errc run(std::string_view sql, const std::vector<Value>& binds) {
    const auto done = session_->run(sql, binds);
    return done ? Errc{} : done.error().code;
  }

  std::string folder_;
  std::unique_ptr<Session> session_;
};

TEST_F(Sessions, ValuesStandInTheOrderOfTheirNames) {
  EXPECT_TRUE(session_->run("INSERT INTO pairs (one, other) VALUES (:p1, :p2)", {std::string("a"), std::string("b")}));
  EXPECT_EQ(run("UPDATE pairs SET one = :p2 WHERE other = :p1", {std::string("b"), std::string("c")}), Errc::kInternal);
  EXPECT_EQ(run("UPDATE pairs SET one = :p1, other = :p1", {std::string("c")}), Errc::kInternal) << "each name once";
  EXPECT_EQ(run("UPDATE pairs SET one = :p1", {std::string("c"), std::string("d")}), Errc::kInternal);
  EXPECT_EQ(run("UPDATE pairs SET one = :p1 WHERE other = :p2", {std::string("c")}), Errc::kInternal);
  EXPECT_EQ(session_->rows("SELECT one FROM pairs WHERE one = :p2", "t", {std::string("a")}).error().code, Errc::kInternal);
  EXPECT_FALSE(session_->run_each("INSERT INTO pairs (one, other) VALUES (:p2, :p1)", {{std::string("a"), std::string("b")}}));
  const auto rows = session_->rows("SELECT other FROM pairs WHERE one = :p1", "t", {std::string("a")});
  ASSERT_EQ(rows.value().size(), 1U) << "nothing of all that was done";
  EXPECT_EQ(std::get<std::string>(rows.value().front().front()), "b");
  EXPECT_TRUE(session_->rows("SELECT one FROM pairs WHERE one = ':p7' OR other = :p1", "t", {std::string("b")}))
      << "a text in quotes is no name";
}

// `gatehouse user reset-link` opens the database beside a server. A process that closes it as the last removes the write-ahead
// log.
TEST_F(Sessions, KeepsItsLogWhenAnotherProcessComesAndGoes) {
  ASSERT_TRUE(session_->run("INSERT INTO pairs (one, other) VALUES (:p1, :p2)", {std::string("a"), std::string("b")}));
  // The pool opens more of them while others are in use.
  const auto second = Session::open({false, folder_ + "/test.db", "test"}, {std::chrono::seconds(1), 0});
  ASSERT_TRUE(second);
  const std::string other = "python3 -c \"import sqlite3; c = sqlite3.connect('" + folder_ +
                            "/test.db'); c.execute('SELECT * FROM pairs').fetchall(); c.close()\"";
  ASSERT_EQ(std::system(other.c_str()), 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/test.db-wal")) << "it is still written to";
  ASSERT_TRUE(session_->run("INSERT INTO pairs (one, other) VALUES (:p1, :p2)", {std::string("c"), std::string("d")}));
  const auto third = Session::open({false, folder_ + "/test.db", "test"}, {std::chrono::seconds(1), 0});
  ASSERT_TRUE(third);
  EXPECT_EQ(third.value()->rows("SELECT one FROM pairs WHERE other = :p1", "t", {std::string("d")}).value().size(), 1U);
}

}  // namespace
}  // namespace gatehouse::store
