#include "admin/advise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::admin {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Document advice(const JobAnswers& answers) {
  auto advised = advise_on_job(answers);
  EXPECT_TRUE(advised) << answers.runs_in;
  return advised ? std::move(advised).value() : Document();
}

std::vector<std::string> commands(const Document& document) {
  std::vector<std::string> out;
  for (const auto& one : document.at("commands").as_array()) out.emplace_back(one.as_string());
  return out;
}

TEST(Advise, HasOneAnswerForEachJob) {
  for (const auto& [runs_in, what] :
       {std::pair("github", "federation"), std::pair("gitlab", "federation"), std::pair("kubernetes", "federation"),
        std::pair("bitbucket", "federation"), std::pair("server", "OAuth client"), std::pair("tool", "API token"),
        std::pair("outside", "API token")}) {
    EXPECT_EQ(advice({"system", runs_in, "one", "long"}).at("recommendation").as_string(), what) << runs_in;
    EXPECT_EQ(advice({"person", runs_in, "one", "long"}).at("recommendation").as_string(), "app with consent") << runs_in;
  }
}

/// A boundary opens nothing that is not granted, so that the commands would be of no use without these.
TEST(Advise, SaysWhatTheCredentialRestsOn) {
  EXPECT_THAT(
      commands(advice({"system", "server", "many", "long"})),
      ElementsAre(
          StartsWith("gatehouse grant add --account HANDLE --resource acme/A "),
          StartsWith("gatehouse grant add --account HANDLE --resource acme/B "),
          HasSubstr("client create --account HANDLE --name NAME --scopes read:jira-work --resource acme/A --resource acme/B")));
  for (bool JobAnswers::*why : {&JobAnswers::critical, &JobAnswers::other_team, &JobAnswers::named}) {
    JobAnswers answers{"system", "tool", "one", "days"};
    EXPECT_EQ(advice(answers).at("account").as_string(), "shared");
    answers.*why = true;
    EXPECT_EQ(advice(answers).at("account").as_string(), "own");
    EXPECT_THAT(commands(advice(answers)).front(), StartsWith("gatehouse account create HANDLE --owner EMAIL --deputy EMAIL "));
    EXPECT_EQ(answers.named, commands(advice(answers)).at(1).starts_with("gatehouse site credential add ")) << "Jira's history";
  }
  EXPECT_THAT(commands(advice({"person", "server", "one", "long"})), Not(Contains(HasSubstr("HANDLE")))) << "an app has its own";
}

TEST(Advise, AsksWhatIsMissing) {
  for (const JobAnswers& answers : {JobAnswers{"", "tool", "one", "long"}, JobAnswers{"system", "cron", "one", "long"},
                                    JobAnswers{"system", "tool", "", "long"}, JobAnswers{"system", "tool", "one", "ever"}}) {
    const auto refused = advise_on_job(answers);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kInvalidArgument);
    EXPECT_FALSE(refused.error().field.empty());
  }
}

}  // namespace
}  // namespace gatehouse::admin
