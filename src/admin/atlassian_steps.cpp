#include "admin/atlassian_steps.h"

#include <string>

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

/// Atlassian's form takes no more scopes for one token.
constexpr std::size_t kMostScopes = 50;

std::string joined(const ScopeSet& scopes) {
  std::string text;
  for (const std::string& name : scope_names(scopes)) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Service accounts' addresses end so; anybody else's token lies in the profile of that person.
bool is_service_account(const UpstreamCredential& credential) {
  return credential.username.ends_with("@serviceaccount.atlassian.com");
}

std::string name_of(const UpstreamCredential* credential) {
  return credential && !credential->username.empty() ? credential->username : std::string("the account that Gatehouse uses");
}

}  // namespace

json::array steps_to_make(const Site& site, const UpstreamCredential* credential, const ScopeSet& needed) {
  json::array steps;
  if (site.product == Product::kOpenApi) {
    steps.emplace_back("Make a new secret where " + site.base_url + " gives them out, without ending the old one.");
  } else {
    if (credential && !credential->username.empty() && !is_service_account(*credential)) {
      steps.emplace_back("Sign in to https://id.atlassian.com/manage-profile/security/api-tokens as " + name_of(credential) +
                         " and choose \"Create API token with scopes\".");
    } else {
      steps.emplace_back(
          "As an organization administrator open https://admin.atlassian.com, then Directory > Service accounts > " +
          name_of(credential) + ", and choose \"Create credentials\" > \"API token\".");
    }
    steps.emplace_back(
        "Give it a name that says Gatehouse, and the latest expiry that your policy allows (365 days at most); note that date.");
    const ScopeSet& wanted = credential && credential->scopes ? *credential->scopes : needed;
    const std::size_t count = wanted.list().size();
    if (count > 0)
      steps.emplace_back("Choose these scopes: " + joined(wanted) + ". They can neither be seen nor changed afterwards.");
    if (count > kMostScopes) {
      steps.emplace_back("These are " + std::to_string(count) + " scopes and one token takes " + std::to_string(kMostScopes) +
                         ": make two tokens and declare the scopes of each; Gatehouse uses the least that covers an operation.");
    }
    steps.emplace_back("Copy the token: it is shown once. Do not revoke the old one yet.");
    if (site.base_url.find("api.atlassian.com") == std::string::npos) {
      steps.emplace_back("A token with scopes works at https://api.atlassian.com/ex/" +
                         std::string(site.product == Product::kConfluence ? "confluence/" : "jira/") +
                         (site.cloud_id.empty() ? "CLOUD_ID" : site.cloud_id) + " only, not at " + site.base_url +
                         ": the site's URL here must be that one.");
    }
  }
  const std::string verb = credential ? "rotate " + credential->id.value : std::string("add");
  steps.emplace_back("Hand it over: gatehouse site credential " + verb + " --site " + site.key +
                     " --secret-file - --expires-at DATE");
  return steps;
}

json::array steps_after_rotation(const Site& site, const UpstreamCredential& old) {
  json::array steps;
  if (old.auth == UpstreamAuth::kNone) return steps;
  if (site.product == Product::kOpenApi) {
    steps.emplace_back("End the old secret where " + site.base_url + " gave it out: Gatehouse does not use it any more.");
  } else if (!old.username.empty() && !is_service_account(old)) {
    steps.emplace_back("Sign in to https://id.atlassian.com/manage-profile/security/api-tokens as " + old.username +
                       " and revoke the old token: Gatehouse does not use it any more, but it still opens the site.");
  } else {
    steps.emplace_back("At https://admin.atlassian.com, Directory > Service accounts > " + name_of(&old) +
                       ", revoke the old token: Gatehouse does not use it any more, but it still opens the site.");
  }
  steps.emplace_back(
      "Before that, look whether its \"last used\" goes on rising there: then something beside Gatehouse uses it.");
  return steps;
}

}  // namespace gatehouse::admin
