// Runs the case files in test/golden/gateway: each a whole conversation between client, gateway and site that a person can read.
// test/golden/gateway/README.md says how one is written.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/gateway_exchange.h"
#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

struct Section {
  std::string kind;
  std::vector<std::string> lines;
};

struct Upstream {
  std::string line;
  std::vector<std::string> present;  ///< header fields that must be in the head
  std::vector<std::string> absent;   ///< names that must not
  std::optional<std::string> body;
  SiteAnswer answer;
};

struct Case {
  TokenSpec token;
  bool no_token = false;
  std::string request;
  std::vector<Upstream> upstream;
  int status = 0;
  std::vector<std::string> present;
  std::vector<std::string> absent;
  std::optional<std::string> body;
};

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::vector<Section> sections_of(const std::string& file) {
  std::ifstream in(file);
  std::vector<Section> sections;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      sections.push_back({line.substr(3), {}});
    } else if (!sections.empty()) {
      sections.back().lines.push_back(line);
    }
  }
  for (Section& section : sections) {
    while (!section.lines.empty() && section.lines.back().empty()) section.lines.pop_back();
  }
  return sections;
}

std::string joined(std::vector<std::string>::const_iterator from, std::vector<std::string>::const_iterator to) {
  std::string text;
  for (; from != to; ++from) text += (text.empty() ? "" : "\n") + *from;
  return text;
}

void read_token(const Section& section, Case& out) {
  for (const std::string& line : section.lines) {
    std::vector<std::string> word = words(line);
    if (word.empty()) continue;
    const std::string name = word[0];
    word.erase(word.begin());
    if (name == "projects")
      out.token.projects = word;
    else if (name == "granted")
      out.token.granted = word;
    else if (name == "scopes")
      out.token.scopes = word;
    else if (name == "grant-scopes")
      out.token.grant_scopes = word;
    else if (name == "role")
      out.token.role = word.at(0);
    else if (name == "restricted")
      out.token.restricted = true;
    else if (name == "directory")
      out.token.directory = true;
    else if (name == "relaxed")
      out.token.relaxed = true;
    else if (name == "none")
      out.no_token = true;
    else
      ADD_FAILURE() << "unknown word in == token: " << name;
  }
}

/// Header lines until a blank one; then the body.
void read_message(const Section& section, std::size_t from, std::size_t to, std::vector<std::string>& present,
                  std::vector<std::string>& absent, std::optional<std::string>& body) {
  std::size_t i = from;
  for (; i < to && !section.lines[i].empty(); ++i) {
    if (section.lines[i][0] == '!')
      absent.push_back(section.lines[i].substr(1));
    else
      present.push_back(section.lines[i]);
  }
  if (i + 1 < to) {
    body = joined(section.lines.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  section.lines.begin() + static_cast<std::ptrdiff_t>(to));
  }
}

void read_upstream(const Section& section, Case& out) {
  Upstream& upstream = out.upstream.emplace_back();
  const auto split =
      std::find_if(section.lines.begin(), section.lines.end(), [](const std::string& line) { return line.starts_with("-- "); });
  ASSERT_TRUE(!section.lines.empty() && split != section.lines.end()) << "an == upstream needs a request line and -- STATUS";
  const auto at = static_cast<std::size_t>(split - section.lines.begin());
  upstream.line = section.lines[0];
  std::size_t end = at;
  while (end > 1 && section.lines[end - 1].empty()) --end;
  read_message(section, 1, end, upstream.present, upstream.absent, upstream.body);
  const std::string status = split->substr(3);
  upstream.answer.late = status == "late";
  upstream.answer.fails = status == "fails" || upstream.answer.late;
  if (!upstream.answer.fails) upstream.answer.status = std::stoi(status);
  upstream.answer.fields.emplace_back("Content-Type", "application/json;charset=UTF-8");
  std::vector<std::string> fields;
  std::vector<std::string> none;
  std::optional<std::string> body;
  read_message(section, at + 1, section.lines.size(), fields, none, body);
  for (const std::string& field : fields) {
    const std::size_t colon = field.find(": ");
    if (field.starts_with("Content-Type")) upstream.answer.fields.clear();
    upstream.answer.fields.emplace_back(field.substr(0, colon), field.substr(colon + 2));
  }
  upstream.answer.body = body.value_or("");
}

Case read_case(const std::string& file) {
  Case out;
  for (const Section& section : sections_of(file)) {
    if (section.kind == "token") {
      read_token(section, out);
    } else if (section.kind == "request") {
      out.request = joined(section.lines.begin(), section.lines.end());
    } else if (section.kind == "upstream") {
      read_upstream(section, out);
    } else if (section.kind == "answer" && !section.lines.empty()) {
      out.status = std::stoi(section.lines[0]);
      read_message(section, 1, section.lines.size(), out.present, out.absent, out.body);
    } else {
      ADD_FAILURE() << file << ": unknown section " << section.kind;
    }
  }
  return out;
}

/// The request of a case as it stands on the wire.
std::string wire_request(const Case& one, const std::string& token) {
  const std::size_t blank = one.request.find("\n\n");
  std::istringstream head(one.request.substr(0, blank));
  const std::string body = blank == std::string::npos ? "" : one.request.substr(blank + 2);
  std::string line;
  std::getline(head, line);
  std::string text = line + " HTTP/1.1\r\n";
  bool host = false;
  bool type = false;
  while (std::getline(head, line)) {
    host = host || line.starts_with("Host:");
    type = type || line.starts_with("Content-Type:");
    text += line + "\r\n";
  }
  if (!host) text += "Host: gate.example\r\n";
  if (!one.no_token) text += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty() && !type) text += "Content-Type: application/json\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

class CaseScript final : public SiteScript {
 public:
  explicit CaseScript(const Case& one) : case_(one) {}
  SiteAnswer answer(const Asked& asked) override {
    const std::string line = asked.method + " " + asked.target;
    if (next_ == case_.upstream.size()) {
      ADD_FAILURE() << "the gateway asked more than the case says: " << line << "\n" << asked.body;
      return {500, {}, "", true};
    }
    const Upstream& expected = case_.upstream[next_++];
    EXPECT_EQ(line, expected.line);
    if (expected.body) {
      EXPECT_EQ(asked.body, *expected.body) << line;
    }
    for (const std::string& field : expected.present)
      EXPECT_NE(asked.head.find("\r\n" + field + "\r\n"), std::string::npos) << field;
    for (const std::string& name : expected.absent) EXPECT_EQ(asked.head.find("\r\n" + name), std::string::npos) << name;
    return expected.answer;
  }
  bool done() const { return next_ == case_.upstream.size(); }

 private:
  const Case& case_;
  std::size_t next_ = 0;
};

std::string request_id_in(const std::string& head) {
  constexpr std::string_view kName = "Gatehouse-Request-Id: ";
  const std::size_t at = head.find(kName);
  return at == std::string::npos ? "" : head.substr(at + kName.size(), 16);
}

std::string with_id(std::string text, const std::string& id) {
  for (std::size_t at = text.find("$ID"); at != std::string::npos; at = text.find("$ID", at)) text.replace(at, 3, id);
  return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, Conversation) {
  const Case one = read_case(GetParam());
  ASSERT_NE(one.status, 0) << "a case needs an == answer";
  World world;
  const std::string token = world.add_token(one.token);
  GatewayFactory factory(world.shared, 0);
  const auto exchange = factory.make();
  CaseScript script(one);
  const Answered answered = converse(world, *exchange, wire_request(one, token), script);
  EXPECT_TRUE(script.done()) << "the gateway did not ask all that the case says";
  EXPECT_EQ(answered.status, one.status) << answered.body;
  const std::string id = request_id_in(answered.head);
  EXPECT_EQ(id.size(), 16U) << answered.head;
  const std::string head = "\r\n" + answered.head;
  for (const std::string& field : one.present)
    EXPECT_NE(head.find("\r\n" + field + "\r\n"), std::string::npos) << field << "\n" << head;
  for (const std::string& name : one.absent) EXPECT_EQ(head.find("\r\n" + name), std::string::npos) << name;
  if (one.body) {
    EXPECT_EQ(answered.body, with_id(*one.body, id));
  }
  for (const char* must : {"X-Content-Type-Options: nosniff", "Content-Security-Policy: sandbox"}) {
    EXPECT_NE(head.find(must), std::string::npos) << must;
  }
}

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(GATEHOUSE_SOURCE_DIR "/test/golden/gateway")) {
    if (entry.path().extension() == ".case") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Gateway, Golden, testing::ValuesIn(case_files()), [](const testing::TestParamInfo<std::string>& tested) {
  return std::filesystem::path(tested.param).stem().string();
});

}  // namespace
}  // namespace gatehouse::gateway
