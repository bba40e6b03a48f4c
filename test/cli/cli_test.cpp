// The command line against a real admin listener: what stands on standard output, and how it ends.
#include <gmock/gmock.h>

#include <fstream>

#include "test/cli/command_line.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class CommandLine : public TypedCommands {
 protected:
  void populate() {
    ASSERT_EQ(run({"site", "add", "acme", "--product", "jira", "--url", world.site().base_url(), "--auth", "basic", "--username",
                   sandbox::kUsername, "--secret-file", "-"},
                  std::string(sandbox::kToken) + "\n"),
              kDone)
        << err;
    ASSERT_EQ(run({"account", "create", "ci", "--owner", test::kAdministrator, "--purpose", "p", "--runs-in", "CI"}), kDone)
        << err;
    ASSERT_EQ(run({"grant", "add", "--account", "ci", "--project", "acme/A", "--scopes", "read:jira-work,write:jira-work"}),
              kDone)
        << err;
  }
  json::object create(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"token",    "create",         "--account",  "ci",     "--name", "n",
                                   "--scopes", "read:jira-work", "--resource", "acme/A", "--json"};
    if (more.empty()) more = {"--expires-in", "30d"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run(words), kDone) << err;
    return json::parse(out).as_object();
  }
};

TEST_F(CommandLine, MakesATokenAndPrintsItAlone) {
  populate();
  ASSERT_EQ(run({"token", "create", "--account", "ci", "--name", "n", "--scopes", "read:jira-work", "--resource", "acme/A",
                 "--expires-in", "30d"}),
            kDone)
      << err;
  EXPECT_THAT(out, testing::MatchesRegex("gtht_[0-9A-Za-z]{65}\n"));
  EXPECT_THAT(err, HasSubstr("only time"));
  const json::object token = create();
  for (const char* member : {"id", "token", "account", "scopes", "resources", "expires_at"})
    EXPECT_TRUE(token.contains(member)) << member;
  EXPECT_EQ(json::serialize(token.at("resources")), R"(["acme/A"])");
  const std::string id(token.at("id").as_string());
  ASSERT_EQ(run({"token", "rotate", id, "--overlap", "1h", "--json"}), kDone) << err;
  const json::object rotated = json::parse(out).as_object();
  for (const char* member : {"id", "token", "replaces", "overlap_ends_at"}) EXPECT_TRUE(rotated.contains(member)) << member;
  EXPECT_EQ(rotated.at("id").as_string(), id);
}

TEST_F(CommandLine, ListsAsPlainArrays) {
  populate();
  create();
  create({"--expires-in", "2d", "--allow-ip", "10.0.0.0/8", "--allow-ip", "192.0.2.7", "--rate", "10/s"});
  ASSERT_EQ(run({"token", "list", "--json"}), kDone) << err;
  EXPECT_EQ(json::parse(out).as_array().size(), 2U);
  ASSERT_EQ(run({"--json", "token", "list", "--expiring-within", "3d"}), kDone) << err;
  ASSERT_EQ(json::parse(out).as_array().size(), 1U);
  EXPECT_EQ(json::parse(out).as_array()[0].at("allow_ips").as_array().size(), 2U);
  ASSERT_EQ(run({"token", "list"}), kDone);
  EXPECT_THAT(out, HasSubstr("EXPIRES"));
  ASSERT_EQ(run({"token", "list", "--account", "nobody"}), kNotFound);
  ASSERT_EQ(run({"account", "list", "--owner", test::kAdministrator, "--json"}), kDone) << err;
  EXPECT_EQ(json::parse(out).as_array().size(), 1U);
}

TEST_F(CommandLine, EndsAsItPromises) {
  populate();
  const std::string id(create().at("id").as_string());
  EXPECT_EQ(run({"token", "show", "nothing"}), kNotFound);
  EXPECT_THAT(err, HasSubstr("no token"));
  EXPECT_EQ(run({"token", "show", "nothing", "--json"}), kNotFound);
  EXPECT_EQ(json::parse(out).at("status").as_int64(), 404);
  EXPECT_EQ(run({"account", "create", "ci", "--owner", test::kAdministrator, "--purpose", "p", "--runs-in", "CI"}), kConflict);
  EXPECT_EQ(run({"token", "frobnicate"}), kWrongUsage);
  EXPECT_EQ(run({"token", "list", "--colour", "blue"}), kWrongUsage);
  EXPECT_EQ(run({"token", "list", "--expiring-within", "soon"}), kWrongUsage);
  EXPECT_EQ(run({"token", "create", "--account", "ci", "--name", "n", "--scopes", "s", "--resource", "acme/A"}), kWrongUsage)
      << "no lifetime";
  EXPECT_EQ(run({"token", "create", "--account", "ci", "--name", "n", "--scopes", "read:jira-wrok", "--resource", "acme/A",
                 "--expires-in", "1d"}),
            kWrongUsage);
  EXPECT_THAT(err, HasSubstr("read:jira-work"));
  EXPECT_EQ(run({"token", "revoke", id, "--reason", "test"}), kDone);
  EXPECT_EQ(run({"token", "resume", id}), kConflict);
  setenv("GATEHOUSE_KEY", "gtha_nonsense", 1);
  EXPECT_EQ(run({"token", "list"}), kNotAllowed);
  unsetenv("GATEHOUSE_KEY");
  EXPECT_EQ(run({"token", "list"}), kWrongUsage);
  EXPECT_THAT(err, HasSubstr("GATEHOUSE_KEY"));
  setenv("GATEHOUSE_KEY", world.key().c_str(), 1);
  server->stop();
  EXPECT_EQ(run({"token", "list"}), kNotReached);
  EXPECT_THAT(err, HasSubstr(url));
}

TEST_F(CommandLine, TakesItsKeyFromAFileAndItsAddressFromAnOption) {
  const std::string file = testing::TempDir() + "/gatehouse-cli-test.key";
  std::ofstream(file) << world.key() << "\n";
  unsetenv("GATEHOUSE_KEY");
  unsetenv("GATEHOUSE_URL");
  EXPECT_EQ(run({"user", "list", "--url", url, "--key-file", file, "--json"}), kDone) << err;
  EXPECT_EQ(run({"--url", url + "/", "--key-file", file, "user", "show", test::kAdministrator}), kDone) << err;
  EXPECT_THAT(out, HasSubstr("org-admin"));
  EXPECT_EQ(run({"user", "list", "--url", url, "--key-file", file + ".none"}), kWrongUsage);
  EXPECT_EQ(run({"user", "list", "--url", "localhost:8481", "--key-file", file}), kWrongUsage);
  std::remove(file.c_str());
}

TEST_F(CommandLine, WalksThroughEveryVerb) {
  populate();
  const std::string id(create().at("id").as_string());
  using Words = std::vector<std::string>;
  const std::vector<Words> all{
      {"site", "list"},
      {"site", "show", "acme"},
      {"site", "test", "acme"},
      {"site", "pause", "acme", "--reason", "r"},
      {"site", "resume", "acme"},
      {"site", "credential", "list", "--site", "acme"},
      {"user", "add", "eva@example.com", "--name", "Eva", "--role", "project-admin", "--resource", "acme/A"},
      {"user", "suspend", "eva@example.com", "--reason", "r"},
      {"user", "restore", "eva@example.com"},
      {"user", "list", "--role", "org-admin"},
      {"account", "show", "ci"},
      {"account", "edit", "ci", "--deputy", "eva@example.com", "--criticality", "high", "--expected-every", "1h"},
      {"account", "pause", "ci", "--until", "2030-01-01T00:00:00Z"},
      {"account", "resume", "ci"},
      {"account", "transfer", "ci", "--to", "eva@example.com"},
      {"grant", "list", "--account", "ci"},
      {"token", "show", id},
      {"token", "transfer", id, "--to", "eva@example.com"},
      {"token", "narrow", "--resource", "acme/A=viewer", id},
      {"token", "pause", id},
      {"token", "resume", id},
      {"trace", "acme", "A-1"},
      {"explain", "--token-id", id, "GET", "/ex/jira/acme/rest/api/3/issue/A-1"},
      {"audit", "list", "--action", "token."},
      {"audit", "export"},
      {"policy", "show"},
      {"policy", "set", "reuse", "pause"},
      {"account", "archive", "ci", "--reason", "r"},
      {"site", "remove", "acme"}};
  for (const Words& words : all) {
    std::string typed;
    for (const std::string& word : words) typed += " " + word;
    EXPECT_EQ(run(words), kDone) << typed << "\n" << err;
  }
}

TEST_F(CommandLine, TellsByItsExitThatSomebodyIsWoken) {
  populate();
  EXPECT_EQ(run({"tonight"}), kDone);
  EXPECT_THAT(err, HasSubstr("Nobody"));
  create({"--expires-in", "20h"});
  EXPECT_EQ(run({"tonight"}), kFoundSomething);
  EXPECT_THAT(out, HasSubstr(test::kAdministrator));
  EXPECT_EQ(run({"report", "wake", "--within", "1h", "--json"}), kDone);
  EXPECT_TRUE(json::parse(out).at("items").as_array().empty());
}

TEST_F(CommandLine, AsksTheServerWhetherItsAuditLogIsWhole) {
  std::istringstream in;
  std::ostringstream out_stream;
  Context context{in, out_stream, out_stream};
  EXPECT_EQ(verify_audit(context), kDone);
  EXPECT_THAT(out_stream.str(), HasSubstr("whole"));
}

TEST_F(CommandLine, NeedsNoSecretOnTheCommandLine) {
  const std::vector<std::string> words{
      "site", "add", "acme", "--product", "jira", "--url", "https://acme.atlassian.net", "--auth", "bearer", "--secret-file"};
  auto from_nowhere = words;
  from_nowhere.push_back("/nowhere/secret");
  EXPECT_EQ(run(from_nowhere), kWrongUsage);
  auto from_input = words;
  from_input.push_back("-");
  EXPECT_EQ(run(from_input, ""), kWrongUsage);
  EXPECT_EQ(run(from_input, "secret\n"), kDone) << err;
  EXPECT_THAT(out + err, testing::Not(HasSubstr("secret\n")));
}

TEST(Printing, ShowsNoControlsOfATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\x7f\nc"), "a?[2Jb? c");
  EXPECT_EQ(in_words(json::value(nullptr)), "-");
  EXPECT_EQ(in_words(json::array{"a", "b"}), "a, b");
}

TEST(Paths, AreEscaped) {
  EXPECT_EQ(api_path({"users", "eva+x@example.com"}), "/api/v1/users/eva%2Bx%40example.com");
  EXPECT_EQ(api_path({"tokens", "../users"}), "/api/v1/tokens/..%2Fusers");
  EXPECT_EQ(with_query("/x", {{"a", "1"}, {"b", "2 3"}}), "/x?a=1&b=2%203");
}

}  // namespace
}  // namespace gatehouse::cli
