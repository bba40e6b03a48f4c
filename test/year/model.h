// Model: what the year test itself knows of its organization: people, accounts, tokens with their secrets, clients, and every
// use. From it alone is recounted who had to be told, which requests may fail, and what each report has to say.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"

namespace gatehouse::year {

using namespace std::chrono_literals;

inline constexpr Duration kDay = 24h;

/// Until an instant, or until somebody ends it.
struct Pause {
  bool set = false;
  std::optional<Instant> until;
  bool holds(Instant now) const { return set && (!until || now < *until); }
};

struct Person {
  std::string id;
  std::string email;
  bool org_admin = false;
  std::string administers;  ///< "acme/A", "beta/*"; empty: nothing
  bool live = true;
  std::vector<std::pair<Instant, Instant>> away;  ///< when she was suspended
};

struct Account {
  std::string id;
  std::string handle;
  std::string owner, deputy;  ///< e-mail addresses
  std::string criticality;
  bool docs = true, runbook = true, plan = true;
  std::optional<Duration> rotate_every, expected_every;
  std::vector<std::string> declared;  ///< resources
  std::vector<std::string> granted;
  std::map<std::string, std::pair<std::string, Pause>> grants;  ///< by resource: id and pause
  std::map<std::string, Pause> paused_resources;
  Pause pause;
  bool archived = false;
  bool orphan_told = false;  ///< its matter is open
};

struct Secret {
  enum class State { kRetired, kPending, kCurrent, kOverlap };
  std::string text;
  State state = State::kCurrent;
  Instant created{};
  std::optional<Instant> first_used, ends, last_used;
};

/// A token, or a credential of a site: what ends.
struct Credential {
  bool of_site = false;
  std::string id;
  std::string name;
  std::size_t account = 0;  ///< of tokens
  std::string site;         ///< of a site's credential
  std::string owner, deputy, requested_by;
  Instant created{};
  std::optional<Instant> end;
  std::optional<Instant> revoked;
  Pause pause;
  std::map<std::string, Pause> paused_resources;
  std::vector<std::string> resources;
  bool writes = false;
  bool relaxed = false;
  bool self_rotate = false;
  std::optional<Duration> rotate_every;
  Duration overlap{};
  std::vector<Secret> secrets;
  std::set<Duration> steps;  ///< of the ladder, told for the present end
  bool end_told = false;
  bool orphan_told = false;
  bool dead_told = false;

  bool ended(Instant now) const { return revoked || (end && *end <= now); }
  const Secret& current() const;
  Secret* find(const std::string& text);
};

/// One call that was let in or refused, and that the installation has stored.
struct Use {
  std::size_t credential = 0;
  std::string secret;
  Instant at{};
  std::string place;
  std::string tool;
  std::string resource;
  bool permitted = false;
  bool dead = false;  ///< by a secret that had ended: no use of the token
  bool write = false;
};

/// A program that calls by what it holds.
struct Client {
  std::size_t account = 0;
  std::size_t credential = 0;
  std::string held;
  std::string address, agent;
  int slot = 0;
  int every = 1;   ///< days
  int offset = 0;  ///< the day on which it begins
  std::size_t resource = 0;
  int writes = 0;        ///< issues at each call
  std::string next;      ///< a new secret that it takes on …
  Instant takes_next{};  ///< … then
  std::optional<std::size_t> next_credential;
  std::optional<Instant> quiet_from, quiet_until;  ///< it stands still
  bool retired = false;
};

/// Something that is still called although it has ended.
struct Ghost {
  std::size_t credential = 0;
  std::string held;
  Instant next{};
  int left = 0;
};

/// What somebody had to be told, once to each of these people.
struct Expected {
  Instant at{};
  std::string kind;
  std::string subject;
  std::string ends;
  bool calm = false;
  std::vector<std::string> required;    ///< addresses
  std::vector<std::string> allowed;     ///< all who may be told, too
  std::optional<Instant> needed_until;  ///< a later message would be wrong
};

struct Model {
  std::vector<Person> people;
  std::vector<Account> accounts;
  std::vector<Credential> credentials;
  std::vector<Client> clients;
  std::vector<Ghost> ghosts;
  std::vector<Use> uses;
  std::map<std::string, Pause> sites;
  std::map<std::string, Pause> site_resources;
  std::vector<std::pair<Instant, Instant>> freezes;

  Person& person(const std::string& email);
  bool live(const std::string& email) const;
  bool away(const std::string& email, Instant from, Instant until) const;
  bool frozen(Instant now) const;
  /// Who answers, rung by rung, as docs/operate/notifications.md says it; nobody twice.
  std::vector<std::vector<std::string>> rungs(const Credential& credential) const;
  std::vector<std::vector<std::string>> rungs(const Account& account) const;
  std::vector<std::vector<std::string>> rungs_of_site(const std::string& site) const;
  std::vector<std::vector<std::string>> rungs_of_grant(const Account& account, const std::string& resource) const;
  /// Whether a request by this secret is to be let in; `dead`: it has ended.
  bool admits(const Credential& credential, const std::string& secret, const std::string& resource, Instant now,
              bool& dead) const;

 private:
  std::vector<std::vector<std::string>> cleaned(std::vector<std::vector<std::string>> rungs,
                                                const std::vector<std::string>& resources) const;
};

}  // namespace gatehouse::year
