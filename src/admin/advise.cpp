#include "admin/advise.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

struct Ci {
  std::string_view word;
  std::string_view issuer;
  std::string_view subject;
  std::string_view claims;
};
constexpr std::array<Ci, 4> kCis{{
    {"github", "https://token.actions.githubusercontent.com", "repo:OWNER@OWNER-ID/NAME@ID:ref:refs/heads/main",
     " --claims repository_id=ID --claims repository_owner_id=OWNER-ID"},
    {"gitlab", "https://gitlab.com", "project_path:GROUP/NAME:ref_type:branch:ref:main",
     " --claims project_id=ID --claims namespace_id=ID"},
    {"kubernetes", "https://ISSUER-OF-THE-CLUSTER", "system:serviceaccount:NAMESPACE:NAME", ""},
    {"bitbucket", "https://api.bitbucket.org/2.0/workspaces/NAME/pipelines-config/identity/oidc", "{REPOSITORY-UUID}:*", ""},
}};

Result<void> check_answer(std::string_view answer, std::string_view question, std::initializer_list<std::string_view> known) {
  if (std::find(known.begin(), known.end(), answer) != known.end()) return success();
  std::string all;
  for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
  return fail(Errc::kInvalidArgument, "Say --" + std::string(question) + ": one of " + all + ".", {}, std::string(question));
}

struct Advice {
  std::string what;
  std::vector<std::string> reasons;
  std::vector<std::string> commands;
};

std::vector<std::string_view> resources_of(const JobAnswers& answers) {
  if (answers.projects == "all") return {"acme/*"};
  return answers.projects == "many" ? std::vector<std::string_view>{"acme/A", "acme/B"} : std::vector<std::string_view>{"acme/A"};
}

std::string resources(const JobAnswers& answers) {
  std::string options;
  for (const std::string_view one : resources_of(answers)) options.append(" --resource ").append(one);
  return options.substr(1);
}

Advice for_person(const JobAnswers& answers) {
  return {"app with consent",
          {"It can do no more than the person who uses it, and ends with that person.",
           "Each person chooses the projects, and can take it back.", "Jira's own history names the person."},
          {answers.runs_in == "tool"
               ? "gatehouse app create --name NAME --redirect-uri http://127.0.0.1/callback --scopes read:jira-work --public"
               : "gatehouse app create --name NAME --redirect-uri https://APP/callback --scopes read:jira-work",
           "gatehouse app consents"}};
}

Advice for_ci(const JobAnswers& answers, const Ci& ci) {
  Advice advice{
      "federation",
      {"The job proves itself by the token that its CI system gives it: no secret exists that could be found, shared or "
       "forgotten.",
       "Nothing has to be rotated."},
      {"gatehouse federation add --account HANDLE --issuer " + std::string(ci.issuer) +
       " --audience https://GATEWAY --subject '" + std::string(ci.subject) + "'" + std::string(ci.claims) +
       " --scopes read:jira-work " + resources(answers)}};
  if (ci.word == "github")
    advice.reasons.emplace_back(
        "GitHub writes the ids into the subject where the repository is new or renamed since July 2026; of others it is "
        "repo:OWNER/NAME:ref:refs/heads/main.");
  if (ci.word == "bitbucket")
    advice.reasons.emplace_back(
        "The step asks for that audience (oidc: audiences:); of a deployment the subject is "
        "{REPOSITORY-UUID}:{ENVIRONMENT-UUID}:*.");
  return advice;
}

Advice for_fixed_token(const JobAnswers& answers) {
  const bool once = answers.lasts == "once";
  std::string command = "gatehouse token create --account HANDLE --name NAME --scopes read:jira-work " + resources(answers);
  if (answers.runs_in == "outside") command += " --for EMAIL --role viewer";
  command += once ? " --expires-in 1d" : answers.lasts == "days" ? " --expires-in 30d" : " --expires-in 90d --self-rotate";
  Advice advice{"API token", {"The tool takes a fixed token or password and nothing else."}, {std::move(command)}};
  if (answers.runs_in == "outside") advice.reasons.emplace_back("It is handed over: the maker never sees it.");
  if (answers.lasts == "long") {
    advice.reasons.emplace_back("It ends, and is rotated with overlap by an agent beside the tool: no request fails.");
    advice.commands.emplace_back("gatehouse agent --help");
  } else {
    advice.reasons.emplace_back("It ends by itself when it is not needed any more.");
  }
  return advice;
}

Advice for_server(const JobAnswers& answers) {
  return {"OAuth client",
          {"It asks for a token when it starts; what it sends with each request ends within the hour.",
           "Where it can keep a key of its own, there is no secret: --auth private_key_jwt --jwks-file FILE."},
          {"gatehouse client create --account HANDLE --name NAME --scopes read:jira-work " + resources(answers)}};
}

/// What the credential rests on: the service account, if it is one of its own, and what is granted to it.
std::vector<std::string> commands_before(const JobAnswers& answers, bool own) {
  std::vector<std::string> commands;
  if (own) {
    commands.emplace_back("gatehouse account create HANDLE --owner EMAIL --deputy EMAIL --purpose WHAT-FOR --runs-in WHERE" +
                          std::string(answers.critical ? " --criticality high" : ""));
  }
  if (answers.named) {
    commands.emplace_back(
        "gatehouse site credential add --site acme --account HANDLE --auth basic --username BOT-EMAIL --secret-file -");
  }
  for (const std::string_view one : resources_of(answers)) {
    commands.emplace_back("gatehouse grant add --account HANDLE --resource " + std::string(one) + " --scopes read:jira-work" +
                          (answers.runs_in == "outside" ? " --role viewer" : ""));
  }
  return commands;
}

Advice choose(const JobAnswers& answers) {
  if (answers.acts_as == "person") return for_person(answers);
  const auto ci = std::find_if(kCis.begin(), kCis.end(), [&](const Ci& one) { return one.word == answers.runs_in; });
  if (ci != kCis.end()) return for_ci(answers, *ci);
  return answers.runs_in == "server" ? for_server(answers) : for_fixed_token(answers);
}

json::array texts(const std::vector<std::string>& all) {
  json::array out;
  for (const std::string& one : all) out.emplace_back(one);
  return out;
}

}  // namespace

Result<Document> advise_on_job(const JobAnswers& answers) {
  GH_TRYV(check_answer(answers.acts_as, "acts-as", {"person", "system"}));
  GH_TRYV(check_answer(answers.runs_in, "runs-in", {"github", "gitlab", "kubernetes", "bitbucket", "server", "tool", "outside"}));
  GH_TRYV(check_answer(answers.projects, "projects", {"one", "many", "all"}));
  GH_TRYV(check_answer(answers.lasts, "lasts", {"once", "days", "long"}));
  Advice advice = choose(answers);
  if (answers.projects == "all")
    advice.reasons.emplace_back("The whole site is much: --propose acme/A --until T shows what a smaller boundary would break.");
  const bool own = answers.critical || answers.other_team || answers.named;
  if (answers.acts_as == "system") {
    auto before = commands_before(answers, own);
    advice.commands.insert(advice.commands.begin(), std::make_move_iterator(before.begin()),
                           std::make_move_iterator(before.end()));
    advice.reasons.emplace_back("If it stops, its owner is woken, then its deputy: name two who can act.");
  }
  Document document;
  document["recommendation"] = advice.what;
  document["reasons"] = texts(advice.reasons);
  document["commands"] = texts(advice.commands);
  document["account"] = own ? "own" : "shared";
  document["account_reason"] =
      answers.named        ? "Jira's history must name it: give the account an upstream credential of its own too."
      : answers.critical   ? "It is critical: it must not stop because of what another automation does."
      : answers.other_team ? "Another team answers for it."
                           : "One account for each integration, with a credential for each place that it runs in, is enough.";
  document["rate_limit"] = answers.named
                               ? "Its own upstream account has Atlassian's rate limits to itself."
                               : "It shares Atlassian's rate limits with all that use the site's credential: give it a --rate.";
  return document;
}

}  // namespace gatehouse::admin
