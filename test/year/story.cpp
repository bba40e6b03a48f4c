// The days: which hour it is, what is called, what the installation does by itself.
#include "test/year/story.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <stdexcept>

#include "admin/policy.h"
#include "admin/sites.h"
#include "admin/users.h"
#include "lifecycle/notify.h"
#include "token/token.h"

namespace gatehouse::year {
namespace {

constexpr int kDays = 400;
constexpr int kPeople = 50;
const std::vector<Duration> kLadder{kDay * 60, kDay * 30, kDay * 14, kDay * 7, kDay * 3, kDay, 1h};

lifecycle::NotifySettings settings_for(const MailServer& mail) {
  lifecycle::NotifySettings settings;
  settings.mail.host = "127.0.0.1";
  settings.mail.port = mail.port();
  settings.mail.security = lifecycle::MailSettings::Security::kNone;
  settings.mail.from = "gatehouse@example.com";
  settings.url = "http://127.0.0.1:8481";
  settings.receivers.allowed_hosts = {"127.0.0.1"};
  return settings;
}

std::string id_of(const boost::json::object& document) { return std::string(document.at("id").as_string()); }

std::string network_of(const std::string& address) { return address.substr(0, address.rfind('.')) + ".0/24"; }

}  // namespace

Story::Story(std::uint64_t seed) : engine_(seed), house_(seed, clock_, settings_for(mail_)) {}

void Story::complain(const std::string& what) const {
  throw std::runtime_error("day " + std::to_string(day_) + ", " + format_instant(now()) + ": " + what);
}

void Story::live() { live_until(kDays); }

void Story::live_until(int day) {
  if (model_.people.empty()) settle();
  for (; day_ < day; ++day_) one_day();
}

/// Before the first day: the sites, the people, the policy.
void Story::settle() {
  house_.refresh();
  must(acme_.start());
  must(beta_.start());
  const auto add_site = [this](const std::string& key, const sandbox::Sandbox& site, std::optional<Instant> ends) {
    admin::AddSite request;
    request.key = key;
    request.product = "jira";
    request.url = site.base_url();
    request.credential.auth = "basic";
    request.credential.username = sandbox::kUsername;
    request.credential.secret = SecretString(sandbox::kToken);
    request.credential.expires_at = ends;
    must(admin::add_site(house_.services(), house_.caller(), request));
    Credential own;
    own.of_site = true;
    own.site = key;
    own.owner = kAdministrator;
    own.created = now();
    own.end = ends;
    const auto listed = must(admin::list_site_credentials(house_.services(), key, false, store::Page{}));
    own.id = id_of(listed.items.at(0).as_object());
    own.name = "the credential of " + key;
    model_.credentials.push_back(own);
    model_.sites[key] = {};
  };
  add_site("acme", acme_, kStart + kDay * 120 + 11h);
  add_site("beta", beta_, std::nullopt);
  const auto add_person = [this](const std::string& email, const std::string& role, const std::string& administers) {
    Person person;
    person.email = email;
    person.org_admin = role == "org-admin";
    person.administers = administers;
    if (email == kAdministrator) {
      person.id = house_.caller().actor_id;
    } else {
      admin::AddUser request;
      request.email = email;
      request.name = email;
      request.role = role;
      if (!administers.empty()) request.resources = {administers};
      person.id = id_of(must(admin::add_user(house_.services(), house_.caller(), request)));
    }
    model_.people.push_back(person);
  };
  add_person(kAdministrator, "org-admin", {});
  add_person("boss@example.com", "org-admin", {});
  add_person("pa-a@example.com", "project-admin", "acme/A");
  add_person("pa-beta@example.com", "project-admin", "beta/*");
  for (int i = 0; i < kPeople; ++i) add_person("p" + std::to_string(100 + i) + "@example.com", "member", {});
  model_.freezes = {{kStart + kDay * 150, kStart + kDay * 160}, {kStart + kDay * 352, kStart + kDay * 366}};
  std::string windows;
  for (const auto& [from, until] : model_.freezes)
    windows += (windows.empty() ? "" : ",") + format_instant(from) + "/" + format_instant(until);
  must(admin::set_policy(house_.services(), house_.caller(), {{"service-accounts", "unlimited"}, {"freeze-windows", windows}}));
  lifecycle::AddWebhook hook;
  hook.name = "ops";
  hook.url = receiver_.url();
  hook.kinds = {"token.expired", "token.reuse", "token.revoked", "account."};
  must(lifecycle::add_webhook(house_.services(), house_.caller(), hook));
  for (int i = 0; i <= kDays + 400; ++i) end_minutes_.push_back(150 + draw(20 * 60));
  make_weather();
  for (int i = 0; i < kFirstAccounts; ++i) hire_account();
}

void Story::make_weather() {
  constexpr std::array<MailWeather, 5> kKinds{MailWeather::kAway, MailWeather::kRefuses, MailWeather::kGreylists,
                                              MailWeather::kBreaks, MailWeather::kForgets};
  std::size_t kind = 0;
  for (int day = 5; day < kDays - 8; day += 6 + draw(10)) {
    const Instant from = kStart + kDay * day + 1h * draw(24);
    // Once for longer than a mail is tried: those are given up, and later steps have to do.
    const Duration lasts = kind == 10 ? Duration(80h) : Duration(2h + 1h * draw(40));
    weather_.push_back({from, from + lasts, kKinds.at(kind++ % kKinds.size())});
  }
}

void Story::at(Instant when) {
  clock_.set(when);
  house_.refresh();
  MailWeather mail = MailWeather::kFair;
  for (const Weather& one : weather_) {
    if (one.from <= when && when < one.until) mail = one.mail;
  }
  mail_.set(mail);
  // Every third week a receiver that fails for a day and a half, or for an afternoon.
  const int week = day_ / 7;
  const bool fails = week % 3 == 2 && (week % 2 == 0 ? day_ % 7 < 2 : day_ % 7 == 3 && when - kStart > kDay * day_ + 12h);
  receiver_.answer(fails ? 503 : 200);
}

void Story::one_day() {
  const Instant midnight = kStart + kDay * day_;
  enum class What { kLook, kCalls, kOffice, kRestart };
  struct Step {
    Instant at{};
    What what = What::kLook;
    int slot = 0;
    bool operator<(const Step& other) const { return at < other.at; }
  };
  std::vector<Step> steps{{midnight + 3h + 10min, What::kCalls, 0},
                          {midnight + 10h + 10min, What::kOffice, 0},
                          {midnight + 15h + 20min, What::kCalls, 1}};
  std::set<Instant> exact;
  for (const Credential& one : model_.credentials) {
    if (one.revoked || !one.end || *one.end < midnight || *one.end >= midnight + kDay) continue;
    exact.insert(*one.end - 59min);
    exact.insert(*one.end + 1min);
  }
  for (const Instant when : exact) steps.push_back({when, What::kLook, 0});
  if (day_ % 6 == 5) steps.push_back({midnight + 22h + 30min, What::kRestart, 0});
  std::stable_sort(steps.begin(), steps.end());
  for (const Step& step : steps) {
    at(step.at);
    switch (step.what) {
      case What::kLook: break;
      case What::kCalls:
        calls_of(step.slot);
        if (step.slot == 1) call_ghosts();
        // Before anything of it was stored.
        if (step.slot == 0 && day_ % 90 == 77) restart(true);
        break;
      case What::kOffice:
        office();
        // After the commit of what is to be told, and before it is.
        if (day_ % 11 == 4) restart(day_ % 2 == 0);
        break;
      case What::kRestart: restart(day_ % 4 == 1); break;
    }
    tick();
  }
}

void Story::forget_unstored() {
  const std::vector<Use> lost(model_.uses.begin() + static_cast<std::ptrdiff_t>(stored_), model_.uses.end());
  model_.uses.resize(stored_);
  for (const Use& one : lost) {
    Credential& token = model_.credentials.at(one.credential);
    maybe_silent_.insert(model_.accounts.at(token.account).id);
    Secret* const secret = token.find(one.secret);
    const auto before = std::find_if(model_.uses.rbegin(), model_.uses.rend(),
                                     [&](const Use& use) { return use.secret == one.secret && !use.dead; });
    secret->last_used = before == model_.uses.rend() ? std::nullopt : std::optional(before->at);
    const bool seen = std::any_of(model_.uses.begin(), model_.uses.end(), [&](const Use& use) {
      return use.credential == one.credential && use.place == one.place && !use.dead;
    });
    if (!seen) places_.erase({one.credential, one.place});
  }
  std::erase_if(pending_, [](const Pending& one) { return one.expected.kind == "new_place"; });
}

void Story::restart(bool crash) {
  ++restarts_;
  if (!crash) {
    house_.shut();
    stored_ = model_.uses.size();
    promoted_.clear();
  } else {
    forget_unstored();
    // A first use that was not written down did not happen: the successor is pending still, and the old one current.
    for (const Promoted& one : promoted_) {
      Credential& token = model_.credentials.at(one.credential);
      Secret* const fresh = token.find(one.fresh);
      Secret* const old = token.find(one.old);
      fresh->state = Secret::State::kPending;
      fresh->first_used.reset();
      old->state = Secret::State::kCurrent;
      old->ends.reset();
    }
    promoted_.clear();
    house_.crash();
  }
  house_.open();
  house_.refresh();
}

void Story::expect(const std::string& kind, const std::string& subject, std::function<Rungs()> rungs, int first, bool calm,
                   const std::string& ends, bool optional) {
  Pending& pending = pending_.emplace_back();
  pending.expected.at = now();
  pending.expected.kind = kind;
  pending.expected.subject = subject;
  pending.expected.ends = ends;
  pending.expected.calm = calm;
  pending.rungs = std::move(rungs);
  pending.first = first;
  pending.optional = optional;
}

void Story::expect(const std::string& kind, std::size_t credential, int first, bool calm, const std::string& ends,
                   bool optional) {
  expect(
      kind, model_.credentials.at(credential).id, [this, credential] { return model_.rungs(model_.credentials.at(credential)); },
      first, calm, ends, optional);
}

void Story::expect_of_account(const std::string& kind, std::size_t account, int first, bool calm) {
  expect(
      kind, model_.accounts.at(account).id, [this, account] { return model_.rungs(model_.accounts.at(account)); }, first, calm);
}

void Story::address() {
  for (Pending& pending : pending_) {
    const Rungs rungs = pending.rungs();
    Expected& one = pending.expected;
    auto& responsible = responsible_[one.subject];
    for (std::size_t i = 0; i < rungs.size(); ++i) {
      // The first rungs, and on until somebody is told.
      if (!pending.optional && (static_cast<int>(i) < pending.first || one.required.empty()))
        one.required.insert(one.required.end(), rungs[i].begin(), rungs[i].end());
      responsible.insert(rungs[i].begin(), rungs[i].end());
    }
    expected_.push_back(std::move(one));
  }
  pending_.clear();
}

void Story::not_needed_any_more(const std::string& subject) {
  for (Expected& one : expected_) {
    if (one.subject == subject && one.kind == "expiring" && !one.needed_until) one.needed_until = now();
  }
}

void Story::expect_steps() {
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    Credential& one = model_.credentials[i];
    if (one.revoked || !one.end || one.end_told) continue;
    const Instant end = *one.end;
    // Programs make such tokens, and know when they end.
    if (end - one.created <= kLadder.back()) continue;
    if (end <= now()) {
      one.end_told = true;
      not_needed_any_more(one.id);
      expect("expired", i, 2, false, format_instant(end));
      continue;
    }
    std::optional<Duration> reached;
    for (const Duration step : kLadder) {
      if (end - step > one.created && end - step <= now()) reached = step;
    }
    if (reached && one.steps.insert(*reached).second) expect("expiring", i, 1, *reached >= kDay * 7, format_instant(end));
  }
  expect_old_secrets();
}

/// Before the end of an overlap whose old secret was used after its successor was, and lately.
void Story::expect_old_secrets() {
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    const Credential& one = model_.credentials[i];
    if (one.of_site || one.ended(now()) || one.secrets.size() < 2) continue;
    const Account& account = model_.accounts.at(one.account);
    const Duration quiet = std::min<Duration>(account.expected_every ? *account.expected_every * 2 : kDay, one.overlap / 2);
    const bool pending = std::any_of(one.secrets.begin(), one.secrets.end(),
                                     [](const Secret& secret) { return secret.state == Secret::State::kPending; });
    for (const Secret& old : one.secrets) {
      if (pending || old.state != Secret::State::kOverlap || *old.ends <= now() || !old.last_used) continue;
      const bool near = *old.ends - now() <= std::min<Duration>(kDay, one.overlap / 4);
      const bool used = *old.last_used >= *one.current().first_used && *old.last_used + quiet > now();
      if (!near || !used || (one.end && *one.end <= *old.ends)) continue;
      if (old_secrets_told_.emplace(old.text, *old.ends).second) expect("old_secret_used", i, 1, false);
    }
  }
}

void Story::tick() {
  expect_steps();
  address();
  house_.flush();
  stored_ = model_.uses.size();
  promoted_.clear();
  house_.run_jobs();
  if (refreshed_ < kStart + kDay * day_) refreshed_ = now();
  deliver();
}

void Story::deliver() {
  // In a storm each turn tries one mail; there is one turn a second, so more would show nothing new.
  const int most = mail_.weather() == MailWeather::kFair ? 20 : 3;
  for (int turn = 0; turn < most; ++turn) {
    const int before = mail_.connections();
    must(house_.notifier().deliver(now()));
    if (mail_.connections() == before && turn >= 1) break;
  }
}

void Story::promote(Credential& token, const std::string& secret) {
  Secret* const fresh = token.find(secret);
  if (!fresh || fresh->state != Secret::State::kPending) return;
  std::string old;
  for (Secret& one : token.secrets) {
    if (one.state != Secret::State::kCurrent) continue;
    one.state = Secret::State::kOverlap;
    one.ends = now() + token.overlap;
    old = one.text;
  }
  fresh->state = Secret::State::kCurrent;
  fresh->first_used = now();
  promoted_.push_back({static_cast<std::size_t>(&token - model_.credentials.data()), secret, old});
}

bool Story::ask(std::size_t index, const std::string& secret, const std::string& resource, const std::string& address,
                const std::string& agent, bool write) {
  Credential& token = model_.credentials.at(index);
  bool dead = false;
  const bool admitted = model_.admits(token, secret, resource, now(), dead);
  const std::string site = resource.substr(0, resource.find('/'));
  std::string project = resource.substr(resource.find('/') + 1);
  if (project == "*") project = "A";
  // Of reads some are located by a look-up, and some by their own answer.
  const std::string read = "/" + project + (calls_ % 2 == 0 ? "-1" : "-1/comment");
  const std::string path = "/ex/jira/" + site + "/rest/api/3/issue" + (write ? "" : read);
  const std::string body =
      write ? R"({"fields":{"project":{"key":")" + project + R"("},"issuetype":{"id":"10001"},"summary":"new"}})" : std::string();
  const Reply reply = house_.call((write ? "POST " : "GET ") + path, secret, address, agent, body);
  ++calls_;
  if (reply.permitted() != admitted) {
    complain(std::string(admitted ? "a well-behaved client was refused: " : "what has ended or is paused was let in: ") +
             token.name + " (" + token.id + ") on " + resource + ": " + std::to_string(reply.status) + " " +
             reply.body.substr(0, 300));
  }
  if (!admitted) ++refused_;
  if (!dead && !token.pause.holds(now())) promote(token, secret);
  if (Secret* const used = token.find(secret); used && !dead) used->last_used = now();
  Use use;
  use.credential = index;
  use.secret = secret;
  use.at = now();
  use.place = network_of(address);
  use.tool = agent.substr(0, agent.find('/'));
  use.resource = resource;
  use.permitted = admitted;
  use.dead = dead;
  use.write = write && admitted;
  if (!dead) {
    const auto any = places_.lower_bound({index, std::string()});
    const bool known = any != places_.end() && any->first == index;
    if (places_.emplace(index, use.place).second && known) {
      const auto first = std::find_if(model_.uses.begin(), model_.uses.end(),
                                      [&](const Use& one) { return one.credential == index && !one.dead; });
      // Whoever joins in the first days may have been seen with the first one.
      expect("new_place", index, 1, false, {}, first == model_.uses.end() || first->at + kDay * 2 > now());
    }
  }
  model_.uses.push_back(std::move(use));
  return admitted;
}

void Story::calls_of(int slot) {
  for (Client& client : model_.clients) {
    const bool today = day_ >= client.offset && (day_ - client.offset) % client.every == 0;
    const bool quiet = client.quiet_from && *client.quiet_from <= now() && now() < *client.quiet_until;
    if (client.slot == slot && today && !quiet && !client.retired) call(client);
  }
}

void Story::call(Client& client) {
  if (!client.next.empty() && client.takes_next <= now()) {
    client.held = std::exchange(client.next, {});
    if (client.next_credential) client.credential = *std::exchange(client.next_credential, std::nullopt);
  }
  const Credential& token = model_.credentials.at(client.credential);
  if (token.ended(now())) {
    // Its people let it end: it goes on for a while, as such things do.
    client.retired = true;
    model_.ghosts.push_back({client.credential, client.held, now() + kDay, chance(60) ? 5 : 0});
    return;
  }
  if (client.quiet_until && *client.quiet_until <= now()) {
    client.quiet_from.reset();
    client.quiet_until.reset();
    expect_of_account("recovered", client.account, 1, false);
  }
  const std::string resource = token.resources.at(client.resource % token.resources.size());
  if (token.self_rotate) self_rotate(client);
  ask(client.credential, client.held, resource, client.address, client.agent, false);
  for (int i = 0; i < client.writes && token.writes; ++i)
    ask(client.credential, client.held, resource, client.address, client.agent, true);
}

void Story::call_ghosts() {
  for (Ghost& ghost : model_.ghosts) {
    Credential& token = model_.credentials.at(ghost.credential);
    if (ghost.left == 0 || ghost.next > now() || (!token.ended(now()) && token.pause.holds(now()))) continue;
    bool dead = false;
    model_.admits(token, ghost.held, token.resources.front(), now(), dead);
    if (!dead) continue;
    --ghost.left;
    ghost.next = now() + kDay * 2 - 1h;
    ask(ghost.credential, ghost.held, token.resources.front(), "10.250.0.9", "ghost/1", false);
    if (!token.ended(now())) {
      expect("reuse", ghost.credential, 2, false);
    } else if (!token.dead_told) {
      token.dead_told = true;
      expect("dead_used", ghost.credential, 1, false);
    }
  }
}

}  // namespace gatehouse::year
