#include "main/demo.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "admin/index_feed.h"
#include "admin/initialize.h"
#include "base/encoding.h"
#include "http/client.h"
#include "main/command_line.h"
#include "main/installation.h"
#include "main/serve.h"
#include "sandbox/sandbox.h"

namespace gatehouse {
namespace {

namespace json = boost::json;

constexpr const char* kAdministrator = "admin@example.com";

/// Ends the walk: what was expected did not come.
struct Unexpected {
  std::string what;
};

class Walk {
 public:
  Walk(std::ostream& out, std::string admin_url, std::string gateway_url, std::string key_file)
      : out_(out), admin_url_(std::move(admin_url)), gateway_url_(std::move(gateway_url)), key_file_(std::move(key_file)) {}

  void say(std::string_view text) { out_ << "\n" << text << "\n"; }

  /// Runs a command as a user would type it and shows what it prints; `input` goes to its standard input.
  std::string command(const std::vector<std::string>& words, const std::string& input = {}, int expected = 0) {
    const Printed printed = run(words, input, expected);
    out_ << indented(printed.err) << indented(printed.out) << std::flush;
    return printed.out;
  }

  /// The same for a command whose answer is the record that it made: what it is called is enough here.
  void change(const std::vector<std::string>& words, const std::string& input = {}) { run(words, input); }

  struct Printed {
    std::string out;
    std::string err;
  };
  Printed run(const std::vector<std::string>& words, const std::string& input, int expected = 0) {
    std::string typed;
    for (const std::string& word : words) typed += " " + quoted(word);
    out_ << "\n$ " << (input.empty() ? "" : "echo … | ") << "gatehouse" << typed << "\n";
    std::vector<std::string> all = words;
    // Before the noun: behind `site add`, --url is the site's.
    all.insert(all.begin(), {"--url", admin_url_, "--key-file", key_file_});
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream words_for_people;
    const int status = run_command(all, in, out, words_for_people);
    if (status != expected) throw Unexpected{"gatehouse" + typed + " ended with " + std::to_string(status)};
    return {out.str(), words_for_people.str()};
  }

  struct Answer {
    int status = 0;
    std::string body;
    std::string request_id;
  };

  /// One request through the gateway with the token, as curl would send it.
  Answer request(http::Method method, const std::string& path, const std::string& token, int expected,
                 const std::string& body = {}) {
    const std::string target = "/ex/jira/acme" + path;
    out_ << "\n$ curl -u ci@example.com:$TOKEN"
         << (method == http::Method::kGet ? "" : " -X " + std::string(http::to_string(method)));
    if (!body.empty()) out_ << " -H 'Content-Type: application/json' -d '" << body << "'";
    out_ << " '" << gateway_url_ << target << "'\n";
    const http::FetchResponse answer = fetch(method, target, token, body, {});
    const std::string shown = answer.body.size() > 700 ? answer.body.substr(0, 700) + " …" : answer.body;
    out_ << "  HTTP " << answer.status << "\n" << indented(shown) << std::flush;
    if (answer.status != expected) {
      throw Unexpected{path + " was answered " + std::to_string(answer.status) + " instead of " + std::to_string(expected)};
    }
    return {answer.status, answer.body, std::string(answer.field("gatehouse-request-id"))};
  }

  /// A request of which only the command is shown.
  void quiet_request(const std::string& path, const std::string& token, const std::string& agent) {
    const std::string target = "/ex/jira/acme" + path;
    out_ << "\n$ curl -s -o /dev/null -A '" << agent << "' -u ci@example.com:$TOKEN '" << gateway_url_ << target << "'\n";
    if (fetch(http::Method::kGet, target, token, {}, agent).status != 200) throw Unexpected{path + " was refused"};
  }

  void require(bool holds, const char* what) {
    if (!holds) throw Unexpected{what};
  }

 private:
  static std::string quoted(const std::string& word) {
    return word.find_first_of(" *$'\"") == std::string::npos && !word.empty() ? word : "'" + word + "'";
  }
  static std::string indented(const std::string& text) {
    std::string result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) result += "  " + line + "\n";
    return result;
  }
  http::FetchResponse fetch(http::Method method, const std::string& target, const std::string& token, const std::string& body,
                            const std::string& agent) const {
    const auto origin = http::parse_base_url(gateway_url_);
    if (!origin) throw Unexpected{origin.error().public_detail};
    auto route = std::make_shared<http::UpstreamRoute>();
    route->scheme = origin.value().scheme;
    route->host = origin.value().host;
    route->port = origin.value().port;
    route->pool_key = "demo";
    const std::string login = "ci@example.com:" + token;
    route->authorization = SecretString("Authorization: Basic " + to_base64(as_bytes(login)) + "\r\n");
    http::FetchRequest request;
    request.route = std::move(route);
    request.method = method;
    request.target = target;
    request.fields = {{"Accept", "application/json"}};
    if (!agent.empty()) request.fields.emplace_back("User-Agent", agent);
    if (!body.empty()) request.fields.emplace_back("Content-Type", "application/json");
    request.body = body;
    request.has_body = !body.empty();
    http::FetchOptions options;
    options.upstream.addresses.allowed_hosts = {"127.0.0.1", "localhost", "[::1]", "::1"};
    auto answer = http::fetch(options, request);
    if (!answer)
      throw Unexpected{"the gateway gave no answer: " + answer.error().public_detail + " " + answer.error().log_detail};
    return std::move(answer.value());
  }

  std::ostream& out_;
  std::string admin_url_;
  std::string gateway_url_;
  std::string key_file_;
};

void walk_through(Walk& walk, const std::string& site_url) {
  const auto trimmed = [](std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
  };
  const std::string scopes = "read:jira-work,write:jira-work";

  walk.say("1. The site, and the one credential that Gatehouse itself shows to it.");
  walk.change({"site", "add", "acme", "--product", "jira", "--url", site_url, "--auth", "basic", "--username", sandbox::kUsername,
               "--secret-file", "-"},
              std::string(sandbox::kToken) + "\n");
  walk.say("   … and a colleague, who could be a deputy.");
  walk.change({"user", "add", "dana@example.com", "--name", "Dana", "--role", "member"});
  walk.say("2. A service account for one automation, with an owner and a purpose.");
  walk.change({"account", "create", "ci-builds", "--owner", kAdministrator, "--purpose", "opens an issue when a build breaks",
               "--runs-in", "GitLab CI, job notify"});
  walk.say("3. What it may do, and where: project A and nothing else.");
  walk.change({"grant", "add", "--account", "ci-builds", "--resource", "acme/A", "--scopes", scopes, "--role", "member"});
  walk.say("4. A token for 30 days. It is printed once.");
  const std::string token = trimmed(walk.command({"token", "create", "--account", "ci-builds", "--name", "notify", "--scopes",
                                                  scopes, "--resource", "acme/A", "--expires-in", "30d"}));

  walk.say("5. An issue of project A is answered …");
  walk.request(http::Method::kGet, "/rest/api/3/issue/A-1?fields=summary", token, 200);
  walk.say("   … the same request for project B is refused, and nothing tells whether that issue exists …");
  const Walk::Answer refused = walk.request(http::Method::kGet, "/rest/api/3/issue/B-1?fields=summary", token, 404);
  const Walk::Answer missing = walk.request(http::Method::kGet, "/rest/api/3/issue/B-99999?fields=summary", token, 404);
  walk.require(refused.body.size() == missing.body.size(), "the two refusals differ");
  walk.say("   … and this is why:");
  walk.command({"explain", "--request-id", refused.request_id});

  walk.say("6. A search for everything finds what lies in A.");
  const Walk::Answer found =
      walk.request(http::Method::kGet, "/rest/api/3/search/jql?jql=order%20by%20created&fields=summary&maxResults=2", token, 200);
  walk.require(found.body.find(sandbox::Sandbox::canary("B")) == std::string::npos, "the search showed something of project B");
  walk.say("7. It can create in A, and not in B.");
  walk.request(http::Method::kPost, "/rest/api/3/issue", token, 201,
               R"({"fields":{"project":{"key":"A"},"issuetype":{"name":"Task"},"summary":"build 812 is broken"}})");
  walk.request(http::Method::kPost, "/rest/api/3/issue", token, 404,
               R"({"fields":{"project":{"key":"B"},"issuetype":{"name":"Task"},"summary":"build 812 is broken"}})");

  walk.say("8. Paused: this automation alone stops, at once. Resumed: it goes on.");
  walk.change({"account", "pause", "ci-builds", "--reason", "trying it out"});
  walk.request(http::Method::kGet, "/rest/api/3/issue/A-1?fields=summary", token, 401);
  walk.change({"account", "resume", "ci-builds"});
  walk.request(http::Method::kGet, "/rest/api/3/issue/A-1?fields=summary", token, 200);

  walk.say("9. Everything that was changed is in a record that can't be altered unnoticed.");
  walk.command({"audit", "verify"});

  walk.say("10. A quick fix: a token that ends tonight. Three automations came to use it, and nobody wrote that down.");
  const std::string shared = trimmed(walk.command({"token", "create", "--account", "ci-builds", "--name", "quick-fix", "--scopes",
                                                   "read:jira-work", "--resource", "acme/A", "--expires-in", "6h"}));
  for (const char* agent : {"gitlab-runner/16.9", "nightly-report/2.1 python-requests/2.31", "n8n/1.30"}) {
    walk.quiet_request("/rest/api/3/issue/A-1?fields=summary", shared, agent);
  }
  walk.say("    Who wakes up tomorrow?");
  constexpr int kFound = cli::kFoundSomething;
  walk.command({"tonight"}, {}, kFound);
}

/// A folder of our own below the temporary one, removed at the end.
struct TemporaryFolder {
  std::string path;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
};

Result<void> write_key_file(const std::string& path, const SecretString& key) {
  return store::replace_file(path, key.expose() + "\n");
}

}  // namespace

int demo(const Settings& given, bool once, const cli::Context& context) {
  Settings settings = given;
  TemporaryFolder temporary;
  if (settings.data.empty()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-demo-XXXXXX").string();
    if (!mkdtemp(pattern.data())) {
      context.err << "gatehouse demo: no temporary folder can be made; say where with --data DIR.\n";
      return cli::kFailed;
    }
    temporary.path = pattern;
    settings.data = pattern + "/data";
  }
  const auto fail_with = [&context](const Error& error) {
    context.err << "gatehouse demo: " << error.public_detail << "\n";
    return error.code == Errc::kConflict ? cli::kConflict : cli::kFailed;
  };
  block_signals();
  if (const auto ready = read_environment(settings); !ready) return fail_with(ready.error());
  if (const auto ready = complete(settings); !ready) return fail_with(ready.error());

  sandbox::Sandbox site;
  if (const auto port = site.start(); !port) return fail_with(port.error());
  auto installation = Installation::create(settings);
  if (!installation) return fail_with(installation.error());
  if (const auto loaded = installation.value()->services().feed->load(); !loaded) return fail_with(loaded.error());
  const auto key = admin::initialize(installation.value()->services(), kAdministrator);
  if (!key) return fail_with(key.error());
  const std::string key_file = settings.data + "/demo.key";
  if (const auto written = write_key_file(key_file, key.value().text); !written) return fail_with(written.error());
  auto serving = Serving::start(settings, *installation.value());
  if (!serving) return fail_with(serving.error());

  context.out << "Gatehouse on " << serving.value()->gateway_url() << " stands before a sandbox Jira on " << site.base_url()
              << ",\n"
              << "which has the projects A and B and one account that sees both.\n";
  Walk walk(context.out, serving.value()->admin_url(), serving.value()->gateway_url(), key_file);
  try {
    walk_through(walk, site.base_url());
  } catch (const Unexpected& unexpected) {
    context.err << "\ngatehouse demo: " << unexpected.what << ".\n";
    return cli::kFailed;
  }
  context.out << "\nThe main job works." << std::endl;
  if (once) return cli::kDone;
  context.out << "\nIt stays up for you to try. In another shell:\n"
              << "  export GATEHOUSE_URL=" << serving.value()->admin_url() << " GATEHOUSE_KEY=$(cat " << key_file << ")\n"
              << "  gatehouse token list\n"
              << "Ctrl-C ends it" << (temporary.path.empty() ? "." : " and removes its data.") << std::endl;
  wait_for_signal(*serving.value());
  return cli::kDone;
}

}  // namespace gatehouse
