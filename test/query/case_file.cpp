#include "test/query/case_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace gatehouse::query::test {
namespace {

std::vector<std::filesystem::path> files_in(std::string_view folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(GATEHOUSE_SOURCE_DIR) / folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_result(std::string_view line) {
  return line.starts_with("out:") || line.starts_with("named:") || line.starts_with("error ");
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

/// `KEYWORD: text` or `KEYWORD:` as an input; an empty keyword where the line is none.
CaseInput input_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (line.empty() || line.front() == '#' || is_result(line) || colon == std::string_view::npos) return {};
  CaseInput input{std::string(line.substr(0, colon)), std::string(line.substr(std::min(line.size(), colon + 2)))};
  constexpr std::string_view kBytes = "-bytes";
  if (input.keyword.ends_with(kBytes)) {
    input.keyword.resize(input.keyword.size() - kBytes.size());
    input.text = percent_decoded(input.text);
  }
  return input;
}

/// The file as it would be with the results that the code gives today.
std::vector<std::string> with_results(const std::vector<std::string>& lines, const CaseRunner& runner, int& cases) {
  std::vector<std::string> out;
  bool answered = false;
  for (const std::string& line : lines) {
    if (line.empty()) answered = false;
    if (is_result(line) && answered) continue;
    out.push_back(line);
    const CaseInput input = input_of(line);
    if (input.keyword.empty()) continue;
    const std::vector<std::string> result = runner(input);
    if (result.empty()) continue;
    out.insert(out.end(), result.begin(), result.end());
    answered = true;
    ++cases;
  }
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::ostringstream out;
  for (const std::string& line : lines) out << line << '\n';
  return out.str();
}

void compare(const std::filesystem::path& path, const std::vector<std::string>& written, const std::vector<std::string>& actual) {
  const auto [theirs, ours] = std::mismatch(written.begin(), written.end(), actual.begin(), actual.end());
  if (theirs == written.end() && ours == actual.end()) return;
  const auto line = static_cast<std::size_t>(theirs - written.begin());
  std::string input;
  for (std::size_t i = 0; i < line && i < written.size(); ++i) {
    if (!input_of(written[i]).keyword.empty()) input = written[i];
  }
  ADD_FAILURE_AT(path.c_str(), static_cast<int>(line + 1))
      << "case:   " << input << "\nfile:   " << (theirs == written.end() ? "(end)" : *theirs)
      << "\nactual: " << (ours == actual.end() ? "(end)" : *ours);
}

}  // namespace

void run_case_files(std::string_view folder, const CaseRunner& runner) {
  int cases = 0;
  for (const auto& path : files_in(folder)) {
    const std::vector<std::string> written = lines_of(path);
    const std::vector<std::string> actual = with_results(written, runner, cases);
    if (std::getenv("GATEHOUSE_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path) << joined(actual);
    } else {
      compare(path, written, actual);
    }
  }
  EXPECT_GT(cases, 0) << "no case in " << folder;
}

std::vector<std::string> case_texts(std::string_view folder, const std::vector<std::string>& keywords) {
  std::vector<std::string> texts;
  for (const auto& path : files_in(folder)) {
    for (const std::string& line : lines_of(path)) {
      CaseInput input = input_of(line);
      if (std::find(keywords.begin(), keywords.end(), input.keyword) != keywords.end()) texts.push_back(std::move(input.text));
    }
  }
  return texts;
}

}  // namespace gatehouse::query::test
