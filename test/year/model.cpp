#include "test/year/model.h"

#include <algorithm>
#include <stdexcept>

namespace gatehouse::year {
namespace {

std::string site_of(const std::string& resource) { return resource.substr(0, resource.find('/')); }

bool covers(const std::string& administers, const std::string& resource) {
  if (administers == resource) return true;
  const bool whole = administers.ends_with("/*") || resource.ends_with("/*");
  return !administers.empty() && whole && site_of(administers) == site_of(resource);
}

bool paused(const std::map<std::string, Pause>& pauses, const std::string& resource, Instant now) {
  const auto found = pauses.find(resource);
  return found != pauses.end() && found->second.holds(now);
}

}  // namespace

const Secret& Credential::current() const {
  for (const Secret& one : secrets) {
    if (one.state == Secret::State::kCurrent) return one;
  }
  throw std::runtime_error("the model lost a secret of " + name);
}

Secret* Credential::find(const std::string& text) {
  const auto found = std::find_if(secrets.begin(), secrets.end(), [&](const Secret& one) { return one.text == text; });
  return found == secrets.end() ? nullptr : &*found;
}

Person& Model::person(const std::string& email) {
  for (Person& one : people) {
    if (one.email == email) return one;
  }
  throw std::runtime_error("the model does not know " + email);
}

bool Model::live(const std::string& email) const {
  return std::any_of(people.begin(), people.end(), [&](const Person& one) { return one.email == email && one.live; });
}

/// At any moment between these.
bool Model::away(const std::string& email, Instant from, Instant until) const {
  const auto person = std::find_if(people.begin(), people.end(), [&](const Person& one) { return one.email == email; });
  return person == people.end() || std::any_of(person->away.begin(), person->away.end(),
                                               [&](const auto& one) { return one.first <= until && from < one.second; });
}

bool Model::frozen(Instant now) const {
  return std::any_of(freezes.begin(), freezes.end(), [&](const auto& one) { return one.first <= now && now < one.second; });
}

std::vector<std::vector<std::string>> Model::cleaned(std::vector<std::vector<std::string>> rungs,
                                                     const std::vector<std::string>& resources) const {
  auto& administrators = rungs.emplace_back();
  for (const Person& one : people) {
    if (std::any_of(resources.begin(), resources.end(), [&](const std::string& r) { return covers(one.administers, r); }))
      administrators.push_back(one.email);
  }
  auto& last = rungs.emplace_back();
  for (const Person& one : people) {
    if (one.org_admin) last.push_back(one.email);
  }
  std::set<std::string> known;
  for (auto& rung : rungs)
    std::erase_if(rung, [&](const std::string& email) { return !live(email) || !known.insert(email).second; });
  return rungs;
}

std::vector<std::vector<std::string>> Model::rungs(const Credential& one) const {
  if (one.of_site) return cleaned({{one.owner}, {one.deputy}}, {one.site + "/*"});
  const Account& account = accounts.at(one.account);
  return cleaned({{one.owner}, {account.owner, account.deputy}, {one.requested_by}}, one.resources);
}

std::vector<std::vector<std::string>> Model::rungs(const Account& account) const {
  std::vector<std::string> of_tokens;
  for (const Credential& one : credentials) {
    if (one.of_site || accounts.at(one.account).id != account.id || one.revoked) continue;
    of_tokens.push_back(one.owner);
    of_tokens.push_back(one.requested_by);
  }
  // What it was granted went with it.
  return cleaned({{account.owner}, {account.deputy}, of_tokens}, account.archived ? std::vector<std::string>() : account.granted);
}

std::vector<std::vector<std::string>> Model::rungs_of_site(const std::string& site) const {
  std::vector<std::string> owners, deputies;
  for (const Credential& one : credentials) {
    if (!one.of_site || one.site != site || one.revoked) continue;
    owners.push_back(one.owner);
    deputies.push_back(one.deputy);
  }
  owners.insert(owners.end(), deputies.begin(), deputies.end());
  return cleaned({owners}, {site + "/*"});
}

std::vector<std::vector<std::string>> Model::rungs_of_grant(const Account& account, const std::string& resource) const {
  return cleaned({{account.owner, account.deputy}}, {resource});
}

bool Model::admits(const Credential& one, const std::string& secret, const std::string& resource, Instant now, bool& dead) const {
  const auto found = std::find_if(one.secrets.begin(), one.secrets.end(), [&](const Secret& s) { return s.text == secret; });
  const bool over = found == one.secrets.end() || found->state == Secret::State::kRetired ||
                    (found->state == Secret::State::kOverlap && found->ends && *found->ends <= now);
  dead = over || one.ended(now);
  if (dead || one.pause.holds(now)) return false;
  const Account& account = accounts.at(one.account);
  const auto grant = account.grants.find(resource);
  if (account.archived || account.pause.holds(now) || grant == account.grants.end() || grant->second.second.holds(now))
    return false;
  const auto site = sites.find(site_of(resource));
  if (site != sites.end() && site->second.holds(now)) return false;
  return !paused(one.paused_resources, resource, now) && !paused(account.paused_resources, resource, now) &&
         !paused(site_resources, resource, now);
}

}  // namespace gatehouse::year
