// `gatehouse jql confine` and `gatehouse cql confine` as a script sees them: lines in, lines out, exit status.
#include "local/query_commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace gatehouse::local {
namespace {

struct Outcome {
  int status = 0;
  std::string out;
};

/// Runs the command line `words` with `input` as standard input. Status 2 stands for wrong usage.
Outcome run(std::vector<std::string> words, const std::string& input) {
  CLI::App root;
  Outcome outcome;
  add_query_commands(root, outcome.status);
  std::istringstream in(input);
  std::ostringstream out;
  std::streambuf* const old_in = std::cin.rdbuf(in.rdbuf());
  std::streambuf* const old_out = std::cout.rdbuf(out.rdbuf());
  std::reverse(words.begin(), words.end());
  try {
    root.parse(words);
  } catch (const CLI::ParseError&) {
    outcome.status = 2;
  }
  std::cin.rdbuf(old_in);
  std::cout.rdbuf(old_out);
  std::cin.clear();
  outcome.out = out.str();
  return outcome;
}

TEST(JqlConfineCommand, AnswersEachLineAndEndsWellThoughSomeAreRefused) {
  const Outcome outcome =
      run({"jql", "confine", "--project", "A", "IN"}, "status = Open\nproject = A) OR (project = B\n\norder by key");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, R"~({"ok":true,"jql":"project in (\"A\", \"IN\") AND (status = Open)"}
{"ok":false,"error":"Expected AND, OR, ORDER BY or the end, but found \")\".","at":11}
{"ok":true,"jql":"project in (\"A\", \"IN\")"}
{"ok":true,"jql":"project in (\"A\", \"IN\") ORDER BY key"}
)~");
}

TEST(JqlConfineCommand, TakesKeysInAnyForm) {
  const std::string expected = R"~({"ok":true,"jql":"project in (\"A\", \"B\")"}
)~";
  EXPECT_EQ(run({"jql", "confine", "--project", "A", "--project", "B"}, "\n").out, expected);
  EXPECT_EQ(run({"jql", "confine", "--project", "acme/A", "acme/B"}, "\n").out, expected);
  EXPECT_EQ(run({"jql", "confine", "--project", "A", "acme/B", "A", "--json"}, "\n").out, expected);
}

TEST(JqlConfineCommand, AnswersBytesThatAreNoTextWithAnErrorThatIs) {
  EXPECT_EQ(run({"jql", "confine", "--project", "A"}, "x = \"\xFF\"\n").out,
            R"~({"ok":false,"error":"Here is no valid UTF-8.","at":5}
)~");
  EXPECT_EQ(run({"jql", "confine", "--project", "A"}, std::string("x = \0", 5)).out,
            R"~({"ok":false,"error":"A query can't hold the character \"\\u0000\".","at":4}
)~");
}

TEST(JqlConfineCommand, RefusesALineThatIsTooLongAndReadsTheNext) {
  const Outcome outcome = run({"jql", "confine", "--project", "A"}, "x = " + std::string(1000000, 'y') + "\nx = 1\n");
  EXPECT_EQ(outcome.out, R"~({"ok":false,"error":"The query is longer than 65536 bytes.","at":65536}
{"ok":true,"jql":"project in (\"A\") AND (x = 1)"}
)~");
}

TEST(JqlConfineCommand, StrictKnowsTheGivenKeysOnlyAndListsWhatItCannotProve) {
  EXPECT_EQ(run({"jql", "confine", "--project", "A", "--strict"}, "project = a\nproject = B\nparent = A-1\ncf[1] = 2\n").out,
            R"~({"ok":true,"jql":"project in (\"A\") AND (project = \"A\")"}
{"ok":false,"error":"\"B\" is none of the token's projects.","at":10}
{"ok":true,"jql":"project in (\"A\") AND (parent = A-1)","to_prove":[{"kind":"issue","text":"A-1"}]}
{"ok":false,"error":"The strict rule doesn't know the field \"1\", or it looks beyond the token's projects.","at":0}
)~");
}

TEST(JqlConfineCommand, SaysWhatIsWrongUsage) {
  EXPECT_EQ(run({"jql"}, "").status, 2);
  EXPECT_EQ(run({"jql", "confine"}, "").status, 2);
  EXPECT_EQ(run({"jql", "confine", "--project"}, "").status, 2);
  EXPECT_EQ(run({"jql", "confine", "--project", "A B"}, "x = 1").status, 2);
  EXPECT_EQ(run({"jql", "confine", "--project", "10001"}, "x = 1").status, 2);
  EXPECT_EQ(run({"jql", "confine", "--project", "acme/*"}, "x = 1").status, 2);
  EXPECT_EQ(run({"jql", "confine", "--project", "acme/A", "other/A"}, "x = 1").status, 2);
  EXPECT_EQ(run({"jql", "confine", "--space", "A"}, "x = 1").status, 2);
}

TEST(CqlConfineCommand, AnswersEachLine) {
  const Outcome outcome =
      run({"cql", "confine", "--space", "acme-wiki/DOCS", "~1:b", "--strict"}, "type = page or ancestor = 5\nspace = HR\n");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, R"~({"ok":true,"cql":"space in (\"DOCS\", \"~1:b\") AND (type = \"page\" OR ancestor = 5)",)~"
                         R"~("to_prove":[{"kind":"content","text":"5"}]}
{"ok":false,"error":"\"HR\" is none of the token's spaces.","at":8}
)~");
}

}  // namespace
}  // namespace gatehouse::local
