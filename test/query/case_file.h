// Case files that a person can read: test/golden/jql/*.txt and test/golden/cql/*.txt.
//
// A block of lines is a case: `#` lines say why, `KEYWORD: text` lines are its input, and the lines that begin with `out:`,
// `named:` or `error` are its result. In the text of a `…-bytes:` line %XX is a byte. With GATEHOUSE_UPDATE_GOLDEN=1 in the
// environment the results are written anew; the difference is then reviewed like code.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::query::test {

struct CaseInput {
  std::string keyword;
  std::string text;
};

/// The result lines of one case, without line ends.
using CaseRunner = std::function<std::vector<std::string>(const CaseInput&)>;

/// Runs every case of every .txt file in `folder` (below the source folder) whose keyword `runner` answers with anything.
/// Fails the running test for each case whose result differs, and if there is no case at all.
void run_case_files(std::string_view folder, const CaseRunner& runner);

/// Every input text in `folder` with one of `keywords`, for the tests that need a corpus.
std::vector<std::string> case_texts(std::string_view folder, const std::vector<std::string>& keywords);

}  // namespace gatehouse::query::test
