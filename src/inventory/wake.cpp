#include "inventory/wake.h"

#include <algorithm>

#include "admin/authority.h"
#include "admin/find.h"
#include "admin/recorder.h"
#include "inventory/installation_report.h"
#include "inventory/subject_document.h"
#include "inventory/viewer.h"
#include "policy/authority.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using store::Subject;

struct Evidence {
  std::vector<store::Seen> seen;
  std::vector<std::pair<std::string, std::string>> resources;
  std::vector<store::Reach> reach;
  std::vector<store::Told> told;
};

Result<Evidence> gather(const store::Reports& reports, const store::Findings& findings, Instant now) {
  std::vector<std::string> tokens, site_credentials, all;
  for (const store::Finding& finding : findings.items) {
    all.push_back(finding.subject.id);
    (finding.subject.kind == Subject::Kind::kSiteCredential ? site_credentials : tokens).push_back(finding.subject.id);
  }
  Evidence evidence;
  GH_TRY(evidence.seen, reports.seen(tokens));
  GH_TRY(evidence.resources, reports.resources(tokens));
  GH_TRY(evidence.reach, reports.reach(now, site_credentials));
  GH_TRY(evidence.told, reports.told(all));
  return evidence;
}

std::vector<std::string> resources_of(const Evidence& evidence, const std::string& credential) {
  std::vector<std::string> names;
  for (const auto& [id, name] : evidence.resources) {
    if (id == credential) names.push_back(name);
  }
  return names;
}

std::string counted(std::int64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

/// What a token's end stops, from what was seen of it.
std::string stops(const Subject& subject, const Evidence& evidence, std::size_t consumers, Instant now) {
  if (subject.credential_kind == CredentialKind::kExternal) return "what uses it outside of Gatehouse; its use is not seen here";
  if (!subject.last_used_at) return "nothing that was seen: it was never used";
  std::vector<std::string> operations;
  for (const store::Seen* seen : seen_of(evidence.seen, subject.id, store::SeenKind::kOperation)) operations.push_back(seen->b);
  std::string text =
      counted(calls_a_day(subject, now), "call") + " a day by " + counted(static_cast<std::int64_t>(consumers), "automation");
  if (operations.size() > 4) {
    operations.resize(4);
    operations.emplace_back("…");
  }
  if (!operations.empty()) text += ": " + join(operations, ", ");
  const auto resources = resources_of(evidence, subject.id);
  if (!resources.empty()) text += " on " + join(resources, ", ");
  return text;
}

/// Those who would notice: live, and not the one who leaves.
std::vector<std::string> wakes(const Subject& subject, const std::string& leaving) {
  auto people = people_of(subject);
  std::erase(people, leaving);
  return people;
}

/// What puts it right: a later end or a successor, and somebody who answers for it.
json::array commands(const Subject& subject, const std::vector<std::string>& people, const std::string& leaving, bool ends) {
  json::array list;
  const bool site = subject.kind == Subject::Kind::kSiteCredential;
  if (site && ends)
    list.emplace_back("gatehouse site credential rotate " + subject.id + " --site " + subject.site + " --secret-file -");
  if (!site && ends && subject.credential_kind != CredentialKind::kExternal)
    list.emplace_back("gatehouse token extend " + subject.id + " --expires-in 30d --reason WHY");
  const bool owner_stays = subject.owner.live && subject.owner.email != leaving;
  const bool account_owner_stays = subject.account_owner.live && subject.account_owner.email != leaving;
  const bool deputy_stays = subject.deputy.live && subject.deputy.email != leaving;
  if (site) {
    if (!owner_stays)
      list.emplace_back("gatehouse site credential edit " + subject.id + " --site " + subject.site + " --owner EMAIL");
    if (!deputy_stays)
      list.emplace_back("gatehouse site credential edit " + subject.id + " --site " + subject.site + " --deputy EMAIL");
    return list;
  }
  if (!owner_stays)
    list.emplace_back("gatehouse token transfer " + subject.id + " --to " + (people.empty() ? "EMAIL" : people.front()));
  if (!account_owner_stays) list.emplace_back("gatehouse account transfer " + subject.account + " --to EMAIL");
  if (!deputy_stays) list.emplace_back("gatehouse account edit " + subject.account + " --deputy EMAIL");
  return list;
}

void add_told(Document& item, const std::vector<store::Told>& all, const std::string& subject) {
  json::array told, acknowledged;
  for (const store::Told& one : all) {
    if (one.subject != subject) continue;
    if (one.acknowledged) {
      acknowledged.push_back(json::object{{"who", one.email}, {"at", format_instant(one.at)}});
    } else {
      told.push_back(json::object{{"who", text_or_null(one.email)}, {"channel", one.channel}, {"at", format_instant(one.at)}});
    }
  }
  item["told"] = std::move(told);
  item["acknowledged"] = std::move(acknowledged);
}

Document item_of(const Subject& subject, const Evidence& evidence, const Viewer& viewer, const std::string& leaving, Instant now,
                 Instant until) {
  Document item = describe(subject, now);
  json::array automations;
  for (const store::Seen* seen : seen_of(evidence.seen, subject.id, store::SeenKind::kConsumer)) {
    automations.push_back(describe_consumer(*seen));
  }
  const bool ends = subject.expires_at && *subject.expires_at > now && *subject.expires_at <= until;
  if (subject.kind == Subject::Kind::kSiteCredential) {
    item["purpose"] = "Gatehouse's own way into " + subject.site;
    item["runs_in"] = "Gatehouse";
    item["resources"] = json::array{json::value(subject.site + "/*")};
    item["stops"] = "nothing: no live token is for this site";
    for (const store::Reach& reach : evidence.reach) {
      if (reach.site_credential != subject.id) continue;
      // Whose automations they are is not the business of who only keeps the site's credential.
      if (!viewer.reads_all()) {
        item["stops"] = "every request to this site by those who use this credential";
        item["calls_a_day"] = nullptr;
        continue;
      }
      item["stops"] = "every request of " + counted(reach.tokens, "token") + " of " + counted(reach.account_count, "account") +
                      ": " + join(reach.accounts, ", ") +
                      (reach.account_count > static_cast<std::int64_t>(reach.accounts.size()) ? ", …" : "");
      item["calls_a_day"] = (reach.month_requests + 29) / 30;
      for (const std::string& account : reach.accounts) automations.push_back(json::object{{"account", account}});
    }
  } else {
    const bool whole = viewer.answers_for(subject);
    auto resources = resources_of(evidence, subject.id);
    if (!whole) resources = viewer.theirs(resources);
    item["resources"] = as_array(resources);
    item["stops"] = whole ? stops(subject, evidence, automations.size(), now) : "what it does on " + join(resources, ", ");
  }
  item["automations"] = std::move(automations);
  const auto people = wakes(subject, leaving);
  item["wakes"] = as_array(people);
  item["alarm"] = people.empty()
                      ? json::value("Nobody would wake up: whoever answers for it is suspended, leaves, or was never named.")
                      : json::value(nullptr);
  add_told(item, evidence.told, subject.id);
  item["commands"] = commands(subject, people, leaving, ends);
  item["partial"] = false;
  if (!viewer.answers_for(subject)) keep_theirs(item);
  return item;
}

/// Certificates, the master key, administrator keys: the organization's administrators answer where no owner is named.
Result<void> add_others(admin::Services& services, const store::Repositories& at, const Viewer& viewer, const WakeFilter& filter,
                        const std::string& leaving, Instant now, std::vector<Document>& items) {
  if (!filter.token.empty() || !filter.account.empty() || !filter.site.empty()) return success();
  const std::optional<Duration> within = leaving.empty() ? std::optional<Duration>(filter.within) : std::nullopt;
  GH_TRY(const auto others, own_credentials(services, at, within, now));
  GH_TRY(auto people, live_administrators(at, now));
  std::erase(people, leaving);
  // As the ladder names them (lifecycle/ladder.cpp).
  const auto subject_of = [](const admin::OtherCredential& other) { return other.kind + " " + other.id; };
  std::vector<std::string> subjects;
  for (const admin::OtherCredential& other : others) subjects.push_back(subject_of(other));
  GH_TRY(const auto told, at.reports.told(subjects));
  for (const admin::OtherCredential& other : others) {
    if (!leaving.empty() && other.owner != leaving) continue;
    if (!viewer.reads_all() && (other.owner.empty() || other.owner != viewer.who().email)) continue;
    const std::vector<std::string> who =
        other.owner.empty() || other.owner == leaving ? people : std::vector<std::string>{other.owner};
    Document item = describe_own(other, who);
    item["resources"] = json::array();
    item["automations"] = json::array();
    item["stops"] = other.problem.empty() ? other.effect : other.problem;
    item["wakes"] = as_array(who);
    item["alarm"] =
        who.empty() ? json::value("Nobody would wake up: there is no other live administrator.") : json::value(nullptr);
    add_told(item, told, subject_of(other));
    item["commands"] = json::array();
    item["partial"] = false;
    items.push_back(std::move(item));
  }
  return success();
}

/// What is asked about must be theirs to see; of what is not they learn not even whether it is there.
Result<void> check_may_ask(const store::Repositories& at, const Viewer& viewer, const WakeFilter& filter) {
  if (viewer.reads_all()) return success();
  const Principal& who = viewer.who();
  if (!filter.token.empty()) {
    GH_TRY(const auto token, admin::find_token(at, filter.token));
    GH_TRY(const auto account, at.accounts.get(token.value.account));
    if (!admin::may_see(who, token.value, account.value)) return admin::no_token();
  }
  if (!filter.account.empty()) {
    GH_TRY(const auto account, admin::find_account(at, filter.account));
    GH_TRY(const bool seen, admin::may_see(at, who, account.value));
    if (!seen) return admin::no_account();
  }
  if (!filter.user.empty() && filter.user != who.email && filter.user != who.user.value)
    return policy::refusal_of(policy::Need::kAuditor);
  if (!filter.site.empty()) {
    const auto site = admin::find_site(at, filter.site);
    if (!site || !viewer.administers_on(site.value().value.id)) return policy::refusal_of(policy::Need::kAuditor);
  }
  return success();
}

Result<store::WakeWanted> wanted_of(const store::Repositories& at, const WakeFilter& filter, Instant now, std::string& leaving) {
  store::WakeWanted wanted;
  wanted.from = now;
  wanted.until = now + filter.within;
  if (!filter.token.empty()) {
    GH_TRY(const auto token, admin::find_token(at, filter.token));
    wanted.token = token.value.id;
  }
  if (!filter.account.empty()) {
    GH_TRY(const auto account, admin::find_account(at, filter.account));
    wanted.account = account.value.id;
  }
  if (!filter.site.empty()) {
    GH_TRY(const auto site, admin::find_site(at, filter.site));
    wanted.site = site.value.id;
  }
  if (!filter.user.empty()) {
    GH_TRY(const auto user, admin::find_user(at, filter.user));
    wanted.user = user.value.id;
    leaving = user.value.email;
  }
  return wanted;
}

}  // namespace

Result<Document> report_wake(admin::Services& services, const Caller& caller, const WakeFilter& filter) {
  const int filters = !filter.token.empty() + !filter.account.empty() + !filter.user.empty() + !filter.site.empty();
  if (filters > 1) return fail(Errc::kInvalidArgument, "Give one of token, account, user and site.", {}, "token");
  GH_TRYV(admin::flush_records(services));
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Viewer viewer, Viewer::of(services, at, caller));
  GH_TRYV(check_may_ask(at, viewer, filter));
  std::string leaving;
  GH_TRY(const store::WakeWanted wanted, wanted_of(at, filter, now, leaving));
  const store::Reports reports = viewer.narrow(at.reports, false);
  GH_TRY(const store::Findings findings, reports.wake(now, wanted, filter.limit));
  GH_TRY(const Evidence evidence, gather(reports, findings, now));
  std::vector<Document> items;
  for (const store::Finding& finding : findings.items)
    items.push_back(item_of(finding.subject, evidence, viewer, leaving, now, wanted.until));
  const std::size_t found = items.size();
  GH_TRYV(add_others(services, at, viewer, filter, leaving, now, items));
  std::stable_sort(items.begin(), items.end(), [](const Document& left, const Document& right) {
    const json::value &one = left.at("expires_at"), &other = right.at("expires_at");
    if (one.is_null() || other.is_null()) return !one.is_null() && other.is_null();
    return one.as_string() < other.as_string();
  });
  Document document;
  document["report"] = "wake";
  document["now"] = format_instant(now);
  document["until"] = format_instant(wanted.until);
  document["what_if"] = wanted.what_if();
  document["count"] = findings.count + static_cast<std::int64_t>(items.size() - found);
  document["alarms"] = static_cast<std::int64_t>(
      std::count_if(items.begin(), items.end(), [](const Document& item) { return !item.at("alarm").is_null(); }));
  json::array array;
  for (Document& item : items) array.push_back(std::move(item));
  document["items"] = std::move(array);
  return document;
}

}  // namespace gatehouse::inventory
