// What people do: hire accounts, make tokens, rotate, renew, extend, pause, leave, come back, acknowledge.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "admin/accounts.h"
#include "admin/grants.h"
#include "admin/pause.h"
#include "admin/rotation.h"
#include "admin/sites.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "lifecycle/notify.h"
#include "test/year/story.h"

namespace gatehouse::year {
namespace {

std::string id_of(const boost::json::object& document) { return std::string(document.at("id").as_string()); }

std::string numbered(const char* prefix, int number) { return prefix + std::to_string(1000 + number); }

}  // namespace

/// A member who is there.
const Person& Story::somebody() {
  for (;;) {
    const Person& one = model_.people.at(static_cast<std::size_t>(draw(static_cast<int>(model_.people.size()))));
    if (one.live && !one.org_admin && one.administers.empty()) return one;
  }
}

std::optional<std::size_t> Story::any_token() {
  for (int i = 0; i < 50; ++i) {
    const auto at = static_cast<std::size_t>(draw(static_cast<int>(model_.credentials.size())));
    const Credential& one = model_.credentials[at];
    if (!one.of_site && !one.ended(now() + kDay) && !model_.accounts.at(one.account).archived) return at;
  }
  return std::nullopt;
}

void Story::hire_account() {
  static const std::vector<std::string> kResources{"acme/A", "acme/B", "acme/C", "beta/A", "beta/B"};
  const std::size_t at = model_.accounts.size();
  Account account;
  account.handle = numbered("acct-", static_cast<int>(at));
  account.owner = somebody().email;
  if (chance(75)) {
    account.deputy = somebody().email;
    if (account.deputy == account.owner) account.deputy.clear();
  }
  account.criticality = chance(40) ? "low" : chance(50) ? "normal" : "high";
  account.docs = chance(80);
  account.runbook = chance(70);
  account.plan = chance(30);
  if (chance(50)) account.rotate_every = kDay * 90;
  const int every = chance(45) ? 1 : chance(40) ? 3 : 7;
  if (every == 1 && chance(40)) account.expected_every = kDay;
  account.granted = {chance(6) ? std::string("acme/*") : kResources.at(static_cast<std::size_t>(draw(5)))};
  if (account.granted.front() != "acme/*" && chance(30)) {
    const std::string& second = kResources.at(static_cast<std::size_t>(draw(5)));
    if (second != account.granted.front()) account.granted.push_back(second);
  }
  if (chance(25)) account.declared = {account.granted.front()};
  admin::CreateAccount request;
  request.handle = account.handle;
  request.owner = account.owner;
  request.deputy = account.deputy;
  request.purpose = "does what number " + std::to_string(at) + " does";
  request.runs_in = "CI";
  request.criticality = account.criticality;
  if (account.docs) request.docs = "https://docs.example.com/" + account.handle;
  if (account.runbook) request.runbook = "https://runbooks.example.com/" + account.handle;
  if (account.plan) request.rotation_plan = "by its owner";
  request.rotate_every = account.rotate_every;
  request.expected_every = account.expected_every;
  request.declared_resources = account.declared;
  account.id = id_of(must(admin::create_account(house_.services(), house_.caller(), request)));
  for (const std::string& resource : account.granted) {
    admin::AddGrant grant;
    grant.account = account.handle;
    grant.resource = resource;
    grant.scopes = {"read:jira-work", "write:jira-work"};
    grant.include_restricted = resource == "acme/*";
    account.grants[resource] = {id_of(must(admin::add_grant(house_.services(), house_.caller(), grant))), {}};
  }
  model_.accounts.push_back(account);
  static const std::vector<Duration> kLives{kDay * 3,  kDay * 14, kDay * 30,  kDay * 60,
                                            kDay * 60, kDay * 90, kDay * 120, kDay * 200};
  const bool permanent = chance(40);
  const Duration life = permanent ? Duration{} : kLives.at(static_cast<std::size_t>(draw(static_cast<int>(kLives.size()))));
  const std::size_t token = new_token(at, life, "main");
  const int slot = draw(2);
  new_client(token, slot);
  Client& client = model_.clients.back();
  client.every = every;
  const bool shared = chance(12);
  client.writes = model_.credentials[token].writes && chance(60) ? 1 + draw(3) : 0;
  if (shared) {
    const Client first = client;
    new_client(token, draw(2));
    Client& second = model_.clients.back();
    second.every = first.every;
    second.address = "10.99." + std::to_string(at % 250) + ".7";
    second.agent = "other-tool/2.1";
    model_.credentials[token].self_rotate = false;
  }
  if (chance(12)) new_token(at, chance(50) ? kDay * 90 : Duration{}, "spare");
  if (chance(8)) new_token(at, chance(50) ? Duration(45min) : Duration(12h), "moment");
}

/// `life` nothing: permanent.
std::size_t Story::new_token(std::size_t at, Duration life, const std::string& name) {
  const Account& account = model_.accounts.at(at);
  Credential token;
  token.account = at;
  token.name = account.handle + "-" + name + "-" + std::to_string(named_++);
  token.owner = chance(70) ? account.owner : somebody().email;
  if (!model_.live(token.owner)) token.owner = somebody().email;
  token.requested_by = chance(50) ? kAdministrator : somebody().email;
  token.created = now();
  token.resources = account.granted;
  token.writes = chance(50);
  token.relaxed = chance(4);
  token.overlap = kDay * (2 + draw(5));
  if (life == Duration{}) {
    token.rotate_every = kDay * (30 + 15 * draw(5));
    token.self_rotate = name == "main" && chance(40);
  } else if (life < kDay) {
    token.end = now() + life;
  } else {
    const int day = day_ + static_cast<int>(life / kDay);
    token.end = kStart + kDay * day + 1min * end_minutes_.at(static_cast<std::size_t>(day));
    if (life > kDay * 60 && chance(30)) token.rotate_every = kDay * 30;
  }
  admin::CreateToken request;
  request.account = account.handle;
  request.name = token.name;
  request.scopes = {"read:jira-work"};
  if (token.writes) request.scopes.emplace_back("write:jira-work");
  request.resources = token.resources;
  request.expires_at = token.end;
  request.permanent = !token.end;
  request.rotate_every = token.rotate_every;
  request.overlap = token.overlap;
  request.self_rotate = token.self_rotate;
  request.owner = token.owner;
  request.requested_by = token.requested_by;
  request.relaxed_queries = token.relaxed;
  const admin::CreatedToken made = must(admin::create_token(house_.services(), house_.caller(), request));
  token.id = id_of(made.document);
  Secret secret;
  secret.text = made.token.expose();
  secret.created = now();
  token.secrets.push_back(secret);
  model_.credentials.push_back(std::move(token));
  return model_.credentials.size() - 1;
}

void Story::new_client(std::size_t credential, int slot) {
  Client client;
  client.credential = credential;
  client.account = model_.credentials.at(credential).account;
  client.held = model_.credentials.at(credential).current().text;
  const int number = static_cast<int>(model_.clients.size());
  client.address = "10." + std::to_string(1 + number / 200) + "." + std::to_string(number % 200) + ".5";
  client.agent = "tool-" + std::to_string(number % 7) + "/1.0";
  client.slot = slot;
  client.offset = day_ + 1;
  model_.clients.push_back(std::move(client));
}

void Story::office() {
  while (model_.accounts.size() < kAccounts && model_.accounts.size() < kFirstAccounts + static_cast<std::size_t>(day_) / 3)
    hire_account();
  acknowledge_some();
  resume_due();
  rotations();
  finish_some();
  renewals();
  pauses();
  leavers();
  site_credentials();
  if (day_ % 9 == 3) revoke_one();
  if (day_ % 47 == 20) archive_one();
  // One moves to another network, one stands still for five days.
  if (day_ % 60 == 31) {
    Client& mover = model_.clients.at(static_cast<std::size_t>(draw(static_cast<int>(model_.clients.size()))));
    mover.address = "10.77." + std::to_string(day_ % 250) + ".5";
  }
  if (day_ % 70 == 40) {
    for (Client& client : model_.clients) {
      const Credential& token = model_.credentials.at(client.credential);
      const auto of_account = std::count_if(model_.clients.begin(), model_.clients.end(),
                                            [&](const Client& c) { return c.account == client.account; });
      const bool fit = client.every == 1 && client.offset + 20 < day_ && !client.retired && of_account == 1 && !token.end &&
                       !token.revoked && !token.pause.set && !token.self_rotate && token.secrets.size() == 1 &&
                       !model_.accounts.at(client.account).archived && !model_.accounts.at(client.account).pause.set;
      if (!fit || client.quiet_from) continue;
      client.quiet_from = now();
      client.quiet_until = now() + kDay * 5;
      expect_of_account("silent", client.account, 1, false);
      break;
    }
  }
}

/// What a new secret means for those who hold the old one: the first takes it on soon, the second while both are live.
void Story::take_over(std::size_t credential, const std::string& fresh) {
  const Credential& token = model_.credentials.at(credential);
  std::vector<Client*> users;
  for (Client& client : model_.clients) {
    if (client.credential == credential && !client.retired && !client.next_credential) users.push_back(&client);
  }
  Instant when = now() + 1h * draw(40);
  for (std::size_t i = 0; i < users.size(); ++i) {
    users[i]->next = fresh;
    users[i]->takes_next = when;
    when += i == 0 && users[0]->every == 1 && token.overlap >= kDay * 4 && chance(30) && !token.end ? token.overlap + kDay * 2
                                                                                                    : Duration(token.overlap / 2);
    if (i == 0 && users.size() > 1 && when > users[0]->takes_next + token.overlap)
      to_extend_overlap_.emplace_back(users[0]->takes_next + kDay * 2, credential);
  }
}

void Story::begin_rotation(std::size_t credential) {
  Credential& token = model_.credentials.at(credential);
  const auto once = [&] {
    const auto made = must(admin::rotate_token(house_.services(), house_.caller(), token.id, {}));
    for (Secret& one : token.secrets) {
      if (one.state != Secret::State::kCurrent) {
        one.state = Secret::State::kRetired;
        if (!one.ends || *one.ends > now()) one.ends = now();
      }
    }
    Secret fresh;
    fresh.text = made.token.expose();
    fresh.created = now();
    fresh.state = Secret::State::kPending;
    token.secrets.push_back(fresh);
    expect("rotated", credential, 1, true);
    ++rotations_;
    return fresh.text;
  };
  std::string fresh = once();
  // The answer was lost on its way: whoever asked asks again.
  if (chance(15)) fresh = once();
  take_over(credential, fresh);
}

void Story::rotations() {
  for (const auto& [when, credential] : std::exchange(to_extend_overlap_, {})) {
    if (when > now()) {
      to_extend_overlap_.emplace_back(when, credential);
      continue;
    }
    Credential& token = model_.credentials.at(credential);
    const auto old = std::find_if(token.secrets.begin(), token.secrets.end(), [&](const Secret& one) {
      return one.state == Secret::State::kOverlap && one.ends && *one.ends > now();
    });
    if (old != token.secrets.end() && !token.ended(now())) {
      const Instant until = *old->ends + token.overlap + kDay * 4;
      must(admin::extend_overlap(house_.services(), house_.caller(), token.id, until));
      old->ends = until;
      continue;
    }
    for (Client& client : model_.clients) {
      if (client.credential == credential && !client.next.empty()) client.takes_next = now();
    }
  }
  if (model_.frozen(now())) return;
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    Credential& token = model_.credentials[i];
    if (token.of_site || token.ended(now() + kDay) || token.self_rotate || model_.accounts.at(token.account).archived) continue;
    const auto period = token.rotate_every ? token.rotate_every : model_.accounts.at(token.account).rotate_every;
    if (!period || token.current().created + *period > now() || !chance(20) || !model_.live(token.owner)) continue;
    const bool runs = std::any_of(token.secrets.begin(), token.secrets.end(), [&](const Secret& one) {
      return one.state == Secret::State::kPending || (one.state == Secret::State::kOverlap && *one.ends > now());
    });
    const bool moving = std::any_of(model_.clients.begin(), model_.clients.end(), [&](const Client& one) {
      return one.credential == i && (one.next_credential || one.quiet_from);
    });
    // One that lives on for less than its overlap is not worth it.
    if (!runs && !moving && (!token.end || *token.end > now() + kDay * 10)) begin_rotation(i);
  }
}

/// Who is sure that nobody uses the old secret ends it; the product must agree with the model about when that may be.
void Story::finish_some() {
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    Credential& token = model_.credentials[i];
    if (token.of_site || token.ended(now()) || token.secrets.size() < 2 || !chance(10)) continue;
    const auto users = std::count_if(model_.clients.begin(), model_.clients.end(),
                                     [&](const Client& one) { return one.credential == i && !one.retired; });
    const auto old = std::find_if(token.secrets.begin(), token.secrets.end(),
                                  [&](const Secret& one) { return one.state == Secret::State::kOverlap && *one.ends > now(); });
    const bool pending = std::any_of(token.secrets.begin(), token.secrets.end(),
                                     [](const Secret& one) { return one.state == Secret::State::kPending; });
    if (users != 1 || old == token.secrets.end() || pending) continue;
    const Account& account = model_.accounts.at(token.account);
    const Duration quiet = std::min<Duration>(account.expected_every ? *account.expected_every * 2 : kDay, token.overlap / 2);
    // What it did before its successor was made is not looked at.
    const Instant began = *token.current().first_used;
    const Instant used = old->last_used && *old->last_used >= token.current().created ? *old->last_used : began;
    const bool may = std::max(began, used) + quiet <= now();
    const auto done = admin::finish_rotation(house_.services(), house_.caller(), token.id, {});
    if (static_cast<bool>(done) != may) {
      complain("the rotation of " + token.name + (may ? " could not be finished: " : " was finished too soon") +
               (done ? "" : done.error().public_detail));
    }
    if (!may) continue;
    old->state = Secret::State::kRetired;
    old->ends = now();
    if (chance(20)) model_.ghosts.push_back({i, old->text, now() + kDay, 2});
  }
}

void Story::self_rotate(Client& client) {
  Credential& token = model_.credentials.at(client.credential);
  const Account& account = model_.accounts.at(client.account);
  const auto period = token.rotate_every ? token.rotate_every : account.rotate_every;
  const bool usable = !token.pause.holds(now()) && !account.pause.holds(now()) && !account.archived && !token.ended(now());
  if (!period || token.current().text != client.held || token.current().created + *period > now() || !usable) return;
  if (model_.frozen(now())) {
    // A well-behaved agent asks whether it may before it asks for another.
    const Reply asked = house_.call("GET /v1/self", client.held, client.address, "gatehouse-agent/1");
    const boost::json::value itself = boost::json::parse(asked.body);
    if (asked.status != 200 || itself.at("frozen_until").is_null())
      complain(token.name + " was not told of the freeze: " + asked.body);
    return;
  }
  const Reply reply = house_.call("POST /v1/self/rotate", client.held, client.address, "gatehouse-agent/1");
  if (reply.status != 200) complain(token.name + " could not rotate itself: " + std::to_string(reply.status) + " " + reply.body);
  for (Secret& one : token.secrets) {
    if (one.state == Secret::State::kCurrent) continue;
    one.state = Secret::State::kRetired;
    if (!one.ends || *one.ends > now()) one.ends = now();
  }
  Secret fresh;
  fresh.text = boost::json::parse(reply.body).at("token").as_string();
  fresh.created = now();
  fresh.state = Secret::State::kPending;
  token.secrets.push_back(fresh);
  ++rotations_;
  expect("self_rotated", client.credential, 1, true);
  // Where the answer was lost, it asks again the next time.
  if (chance(80)) client.held = fresh.text;
}

void Story::renewals() {
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    const Credential& token = model_.credentials[i];
    if (token.of_site || !token.end || token.ended(now()) || decided_.contains(i)) continue;
    const Duration life = *token.end - token.created;
    if (life < kDay * 2 || *token.end - now() > std::min<Duration>(kDay * 9, life / 2) || *token.end - now() < 1h) continue;
    decided_.insert(i);
    const bool used = std::any_of(model_.clients.begin(), model_.clients.end(),
                                  [&](const Client& one) { return one.credential == i && !one.retired; });
    const bool can = !model_.accounts.at(token.account).archived && !model_.accounts.at(token.account).pause.set;
    if (!used || !can) continue;
    const int choice = draw(100);
    if (choice < 50) {
      renew(i);
    } else if (choice < 75) {
      Credential& extended = model_.credentials[i];
      const int day = day_ + 20 + draw(50);
      admin::ExtendToken request;
      request.expires_at = kStart + kDay * day + 1min * end_minutes_.at(static_cast<std::size_t>(day));
      request.reason = "it is still needed";
      must(admin::extend_token(house_.services(), house_.caller(), extended.id, request));
      not_needed_any_more(extended.id);
      extended.end = request.expires_at;
      extended.steps.clear();
      decided_.erase(i);
      expect("extended", i, 1, true, format_instant(*extended.end));
    }
  }
}

/// A new token in the place of one that ends; those who hold the old one take it on before that.
void Story::renew(std::size_t credential) {
  const Credential old = model_.credentials.at(credential);
  const std::size_t fresh = new_token(old.account, std::max<Duration>(kDay * 3, *old.end - old.created), "main");
  for (Client& client : model_.clients) {
    if (client.credential != credential || client.retired) continue;
    client.next = model_.credentials.at(fresh).current().text;
    client.next_credential = fresh;
    client.takes_next = now() + std::min<Duration>(kDay * 2, (*old.end - now()) / 2);
    client.writes = model_.credentials.at(fresh).writes ? client.writes : 0;
  }
}

void Story::suspend(Person& person) {
  must(admin::suspend_user(house_.services(), house_.caller(), person.email, {}));
  person.live = false;
  person.away.emplace_back(now(), Instant::max());
  for (std::size_t i = 0; i < model_.accounts.size(); ++i) {
    Account& account = model_.accounts[i];
    const bool concerned = account.owner == person.email || account.deputy == person.email;
    if (!concerned || account.archived || model_.live(account.owner)) continue;
    account.orphan_told = true;
    expect_of_account("orphaned", i, 2, false);
  }
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    Credential& one = model_.credentials[i];
    if (one.owner != person.email || one.ended(now())) continue;
    if (!one.of_site && model_.accounts.at(one.account).owner == person.email) continue;
    one.orphan_told = true;
    expect("orphaned", i, 2, false);
  }
}

void Story::restore(Person& person) {
  must(admin::restore_user(house_.services(), house_.caller(), person.email));
  person.live = true;
  person.away.back().second = now();
  for (std::size_t i = 0; i < model_.accounts.size(); ++i) {
    Account& account = model_.accounts[i];
    if (account.owner == person.email && std::exchange(account.orphan_told, false)) expect_of_account("adopted", i, 1, true);
  }
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    Credential& one = model_.credentials[i];
    if (one.owner == person.email && !one.ended(now()) && std::exchange(one.orphan_told, false)) expect("adopted", i, 1, true);
  }
}

/// Everything of somebody who left goes to others.
void Story::put_right(const std::string& leaver) {
  for (std::size_t i = 0; i < model_.accounts.size(); ++i) {
    Account& account = model_.accounts[i];
    if (account.archived || account.owner != leaver) continue;
    const std::string to = somebody().email;
    must(admin::transfer_account(house_.services(), house_.caller(), account.handle, to));
    account.owner = to;
    responsible_[account.id].insert(to);
    for (const Credential& token : model_.credentials) {
      if (!token.of_site && token.account == i) responsible_[token.id].insert(to);
    }
    for (const auto& [resource, grant] : account.grants) responsible_[grant.first].insert(to);
    if (account.deputy == to) account.deputy.clear();
    if (std::exchange(account.orphan_told, false)) expect_of_account("adopted", i, 1, true);
  }
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    Credential& token = model_.credentials[i];
    if (token.of_site || token.ended(now()) || token.owner != leaver) continue;
    const std::string to = somebody().email;
    must(admin::transfer_token(house_.services(), house_.caller(), token.id, to));
    token.owner = to;
    responsible_[token.id].insert(to);
    if (std::exchange(token.orphan_told, false)) expect("adopted", i, 1, true);
  }
}

void Story::leavers() {
  for (const auto& [when, email] : std::exchange(to_put_right_, {})) {
    if (when > now())
      to_put_right_.emplace_back(when, email);
    else if (!model_.live(email))
      put_right(email);
  }
  for (const auto& [when, email] : std::exchange(to_restore_, {})) {
    if (when > now())
      to_restore_.emplace_back(when, email);
    else
      restore(model_.person(email));
  }
  if (day_ % 15 != 6) return;
  Person& person = model_.person(somebody().email);
  suspend(person);
  const int choice = draw(100);
  if (choice < 50) to_put_right_.emplace_back(now() + kDay * draw(10), person.email);
  if (choice >= 50 && choice < 75) to_restore_.emplace_back(now() + kDay * (2 + draw(20)), person.email);
}

void Story::pause_one() {
  const auto found = any_token();
  if (!found) return;
  Credential& token = model_.credentials[*found];
  Account& account = model_.accounts.at(token.account);
  const std::string& resource = token.resources.front();
  admin::PauseRequest request;
  request.reason = "looked into";
  const bool by_hand = chance(40);
  if (!by_hand) request.until = now() + 1h * (1 + draw(70));
  const Pause pause{true, request.until};
  const Instant resumed_at = now() + kDay * (1 + draw(2));
  const bool whole = resource.ends_with("/*");
  switch (draw(whole ? 2 : 5)) {
    case 0:
      if (token.pause.set) return;
      must(admin::pause_token(house_.services(), house_.caller(), token.id, request));
      token.pause = pause;
      expect("paused", *found, 2, false);
      if (by_hand) to_resume_.push_back({resumed_at, "token", token.id, {}});
      break;
    case 1:
      if (account.pause.set) return;
      must(admin::pause_account(house_.services(), house_.caller(), account.handle, request));
      account.pause = pause;
      expect_of_account("paused", token.account, 2, false);
      if (by_hand) to_resume_.push_back({resumed_at, "account", account.handle, {}});
      break;
    case 2: {
      auto& [grant, holds] = account.grants.at(resource);
      if (holds.set) return;
      must(admin::pause_grant(house_.services(), house_.caller(), grant, request));
      holds = pause;
      expect(
          "paused", grant,
          [this, at = token.account, resource] { return model_.rungs_of_grant(model_.accounts.at(at), resource); }, 2, false);
      if (by_hand) to_resume_.push_back({resumed_at, "grant", account.handle, resource});
      break;
    }
    case 3:
      if (token.paused_resources[resource].set) return;
      must(admin::pause_resource(house_.services(), house_.caller(), PausedFor::kToken, token.id, resource, request));
      token.paused_resources[resource] = pause;
      expect("paused", *found, 2, false);
      if (by_hand) to_resume_.push_back({resumed_at, "token resource", token.id, resource});
      break;
    default:
      if (account.paused_resources[resource].set) return;
      must(admin::pause_resource(house_.services(), house_.caller(), PausedFor::kAccount, account.handle, resource, request));
      account.paused_resources[resource] = pause;
      expect_of_account("paused", token.account, 2, false);
      if (by_hand) to_resume_.push_back({resumed_at, "account resource", account.handle, resource});
      break;
  }
}

void Story::pauses() {
  if (chance(70)) pause_one();
  admin::PauseRequest request;
  request.reason = "maintenance";
  request.until = now() + 1h * (3 + draw(20));
  if (day_ % 120 == 77) {
    must(admin::pause_site(house_.services(), house_.caller(), "beta", request));
    model_.sites["beta"] = {true, request.until};
    const std::string id = id_of(must(admin::show_site(house_.services(), "beta")));
    expect(
        "paused", id, [this] { return model_.rungs_of_site("beta"); }, 2, false);
  }
  if (day_ % 90 == 50) {
    must(admin::pause_resource(house_.services(), house_.caller(), PausedFor::kSite, "acme", "acme/B", request));
    model_.site_resources["acme/B"] = {true, request.until};
    const std::string id = id_of(must(admin::show_site(house_.services(), "acme")));
    expect(
        "paused", id, [this] { return model_.rungs_of_site("acme"); }, 2, false);
  }
}

void Story::resume_due() {
  // What ended by itself may be paused again.
  const auto clear = [this](Pause& pause) {
    if (pause.set && !pause.holds(now())) pause = {};
  };
  for (Credential& one : model_.credentials) {
    clear(one.pause);
    for (auto& [name, pause] : one.paused_resources) clear(pause);
  }
  for (Account& one : model_.accounts) {
    clear(one.pause);
    for (auto& [name, pause] : one.paused_resources) clear(pause);
    for (auto& [name, grant] : one.grants) clear(grant.second);
  }
  for (const ToResume& one : std::exchange(to_resume_, {})) {
    if (one.at > now()) {
      to_resume_.push_back(one);
      continue;
    }
    if (one.level.starts_with("token")) {
      const auto found = std::find_if(model_.credentials.begin(), model_.credentials.end(),
                                      [&](const Credential& token) { return token.id == one.subject; });
      if (found->revoked) continue;
      if (one.resource.empty()) {
        must(admin::resume_token(house_.services(), house_.caller(), one.subject));
        found->pause = {};
      } else {
        must(admin::resume_resource(house_.services(), house_.caller(), PausedFor::kToken, one.subject, one.resource));
        found->paused_resources[one.resource] = {};
      }
      expect("resumed", static_cast<std::size_t>(found - model_.credentials.begin()), 2, true);
      continue;
    }
    const auto found = std::find_if(model_.accounts.begin(), model_.accounts.end(),
                                    [&](const Account& account) { return account.handle == one.subject; });
    const auto at = static_cast<std::size_t>(found - model_.accounts.begin());
    if (found->archived) continue;
    if (one.level == "account") {
      must(admin::resume_account(house_.services(), house_.caller(), one.subject));
      found->pause = {};
      expect_of_account("resumed", at, 2, true);
    } else if (one.level == "grant") {
      auto& [grant, pause] = found->grants.at(one.resource);
      must(admin::resume_grant(house_.services(), house_.caller(), grant));
      pause = {};
      expect(
          "resumed", grant,
          [this, at, resource = one.resource] { return model_.rungs_of_grant(model_.accounts.at(at), resource); }, 2, true);
    } else {
      must(admin::resume_resource(house_.services(), house_.caller(), PausedFor::kAccount, one.subject, one.resource));
      found->paused_resources[one.resource] = {};
      expect_of_account("resumed", at, 2, true);
    }
  }
}

void Story::site_credentials() {
  if (day_ == 50) {
    for (Credential& one : model_.credentials) {
      if (!one.of_site || one.site != "beta") continue;
      admin::EditSiteCredential edit;
      edit.owner = somebody().email;
      edit.deputy = "boss@example.com";
      edit.expires_at = kStart + kDay * 130 + 12h;
      must(admin::edit_site_credential(house_.services(), house_.caller(), "beta", one.id, edit));
      one.owner = *edit.owner;
      one.deputy = *edit.deputy;
      one.end = edit.expires_at;
    }
  }
  for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
    const Credential old = model_.credentials[i];
    if (!old.of_site || old.revoked || !old.end || *old.end - now() > kDay * 12) continue;
    admin::SiteSecret secret;
    secret.auth = "basic";
    secret.username = sandbox::kUsername;
    secret.secret = SecretString(sandbox::kToken);
    secret.expires_at = now() + kDay * 120 + 3h;
    if (!model_.live(old.owner)) secret.owner = kAdministrator;
    const auto made = must(admin::rotate_site_credential(house_.services(), house_.caller(), old.site, {}, old.id, secret));
    not_needed_any_more(old.id);
    model_.credentials[i].revoked = now();
    Credential fresh = old;
    fresh.id = id_of(made);
    if (!secret.owner.empty()) fresh.owner = secret.owner;
    fresh.created = now();
    fresh.end = secret.expires_at;
    fresh.steps.clear();
    model_.credentials.push_back(fresh);
  }
}

/// By the link of the mail, as somebody clicks it.
void Story::acknowledge_some() {
  const auto news = mail_.told(told_seen_);
  told_seen_ += news.size();
  for (const Told& one : news) {
    if (one.link.empty() || !model_.live(one.to) || !chance(60)) continue;
    must(lifecycle::acknowledge_by_link(house_.services(), one.link.substr(one.link.rfind('/') + 1), "10.0.0.1", "a browser"));
  }
}

void Story::revoke_one() {
  const auto found = any_token();
  if (!found) return;
  Credential& token = model_.credentials[*found];
  must(admin::revoke_token(house_.services(), house_.caller(), token.id, "not needed any more"));
  token.revoked = now();
  not_needed_any_more(token.id);
  expect("revoked", *found, 2, false);
}

void Story::archive_one() {
  const auto found = any_token();
  if (!found) return;
  const std::size_t at = model_.credentials[*found].account;
  Account& account = model_.accounts.at(at);
  // Who it concerns is found out when its tokens are gone already.
  must(admin::archive_account(house_.services(), house_.caller(), account.handle, "its work is done"));
  account.archived = true;
  account.orphan_told = false;
  for (Credential& token : model_.credentials) {
    if (token.of_site || token.account != at || token.revoked) continue;
    token.revoked = now();
    not_needed_any_more(token.id);
  }
  expect_of_account("revoked", at, 2, false);
}

}  // namespace gatehouse::year
