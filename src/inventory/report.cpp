#include "inventory/report.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "admin/judge.h"
#include "admin/recorder.h"
#include "admin/rotation.h"
#include "inventory/installation_report.h"
#include "inventory/migration.h"
#include "inventory/subject_document.h"
#include "inventory/viewer.h"
#include "policy/authority.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using store::Finding;
using store::Findings;
using store::Reports;
using store::Subject;

constexpr Duration kCountEvery = std::chrono::minutes(5);
constexpr Duration kTonight = std::chrono::hours(24);

struct Word {
  std::int64_t bit;
  std::string_view text;
};

json::array reasons_of(std::int64_t bits, const std::vector<Word>& words) {
  json::array reasons;
  for (const Word& word : words) {
    if ((bits & word.bit) != 0) reasons.emplace_back(word.text);
  }
  return reasons;
}

/// What a report adds to a finding's common members: reasons, detail, command.
struct Extra {
  json::array reasons;
  std::string detail;
  std::string command;
};

Document item_of(const Subject& subject, Extra extra, Instant now) {
  Document item = describe(subject, now);
  item["answers"] = text_or_null(answers_for(subject));
  item["reasons"] = std::move(extra.reasons);
  item["detail"] = std::move(extra.detail);
  item["command"] = text_or_null(extra.command);
  return item;
}

std::vector<std::string> token_ids(const Findings& findings) {
  std::vector<std::string> ids;
  for (const Finding& finding : findings.items) {
    if (finding.subject.kind == Subject::Kind::kToken) ids.push_back(finding.subject.id);
  }
  return ids;
}

/// The words of `all` that are not in `some`.
std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  std::vector<std::string> rest;
  std::copy_if(all.begin(), all.end(), std::back_inserter(rest),
               [&](const std::string& word) { return std::find(some.begin(), some.end(), word) == some.end(); });
  return rest;
}

Extra unused_extra(const Finding& finding, const std::vector<std::string>& boundary) {
  Extra extra;
  extra.reasons = reasons_of(finding.reasons, {{Reports::kNeverUsed, "never used"},
                                               {Reports::kIdle, "idle for 30 days"},
                                               {Reports::kUnusedScopes, "unused scopes"},
                                               {Reports::kUnusedResources, "unused resources"}});
  const std::string& id = finding.subject.id;
  if ((finding.reasons & (Reports::kNeverUsed | Reports::kIdle)) != 0) {
    extra.detail = finding.subject.last_used_at ? "last used " + format_instant(*finding.subject.last_used_at)
                                                : "not once since " + format_instant(finding.subject.created_at);
    extra.command = "gatehouse token revoke " + id;
    return extra;
  }
  const std::size_t bar = finding.note.find('|');
  const auto scopes = split_words(std::string_view(finding.note).substr(0, bar));
  const auto resources = split_words(std::string_view(finding.note).substr(bar + 1));
  std::string smaller;
  const auto kept_scopes = without(split_words(finding.subject.scopes), scopes);
  const auto kept_resources = without(boundary, resources);
  if (!scopes.empty()) extra.detail = "never needed " + join(scopes, ", ");
  if (!resources.empty()) extra.detail += (extra.detail.empty() ? "never reached " : "; never reached ") + join(resources, ", ");
  if (!scopes.empty() && !kept_scopes.empty()) smaller += " --scopes " + join(kept_scopes, ",");
  if (!resources.empty() && !kept_resources.empty()) smaller += " --resource " + join(kept_resources, ",");
  if (!smaller.empty()) extra.command = "gatehouse token narrow " + id + smaller;
  return extra;
}

Extra drift_extra(const Finding& finding, const std::vector<const store::Seen*>& consumers, Instant now) {
  Extra extra;
  extra.reasons = reasons_of(finding.reasons, {{Reports::kNewPlace, "new place"},
                                               {Reports::kQuieterThanDeclared, "quieter than declared"},
                                               {Reports::kBeyondDeclared, "beyond what is declared"}});
  if ((finding.reasons & Reports::kBeyondDeclared) != 0) {
    extra.detail = "used and not declared: " + join(split_words(finding.note), ", ");
    extra.command = "gatehouse account edit " + finding.subject.account + " --declared-resource …";
    return extra;
  }
  if ((finding.reasons & Reports::kQuieterThanDeclared) != 0) {
    extra.detail = "it has not called for three times as long as its account says that it may";
    return extra;
  }
  for (const store::Seen* seen : consumers) {
    if (seen->first_at + std::chrono::hours(24 * 7) < now) continue;
    extra.detail += (extra.detail.empty() ? "" : "; ") + seen->b + " at " + seen->a + " since " + format_instant(seen->first_at);
  }
  return extra;
}

std::string split_command(const std::string& token) { return "gatehouse report shared --plan --token " + token; }

Extra shared_extra(const Finding& finding, const std::vector<const store::Seen*>& consumers, json::array& evidence) {
  std::set<std::string> places, tools;
  std::vector<std::int64_t> rhythms;
  for (const store::Seen* seen : consumers) {
    places.insert(seen->a);
    tools.insert(seen->b);
    if ((seen->hours & 0xffffff) != 0) rhythms.push_back(seen->hours & 0xffffff);
    evidence.push_back(describe_consumer(*seen));
  }
  Extra extra;
  if (places.size() > 1) extra.reasons.emplace_back("several places");
  if (tools.size() > 1) extra.reasons.emplace_back("several tools");
  const bool apart = std::any_of(rhythms.begin(), rhythms.end(), [&](std::int64_t one) {
    return std::any_of(rhythms.begin(), rhythms.end(), [one](std::int64_t other) { return (one & other) == 0; });
  });
  if (apart) extra.reasons.emplace_back("several rhythms");
  extra.detail = std::to_string(finding.weight) + " consumers in 30 days: " + join({tools.begin(), tools.end()}, ", ") + " at " +
                 join({places.begin(), places.end()}, ", ");
  extra.command = split_command(finding.subject.id);
  return extra;
}

Extra orphan_extra(const Finding& finding) {
  const Subject& subject = finding.subject;
  Extra extra;
  extra.reasons = reasons_of(finding.reasons, {{Reports::kNoOwner, "no owner"},
                                               {Reports::kOwnerGone, "its owner is suspended"},
                                               {Reports::kNobodyLeft, "nobody is left"}});
  const std::string left = answers_for(subject);
  extra.detail = left.empty() ? "nobody answers for it" : left + " is left";
  const std::string to = left.empty() ? "EMAIL" : left;
  if (subject.kind == Subject::Kind::kToken) extra.command = "gatehouse token transfer " + subject.id + " --to " + to;
  if (subject.kind == Subject::Kind::kAccount) extra.command = "gatehouse account transfer " + subject.account + " --to " + to;
  if (subject.kind == Subject::Kind::kSiteCredential)
    extra.command = "gatehouse site credential edit " + subject.id + " --site " + subject.site + " --owner " + to;
  return extra;
}

Extra incomplete_extra(const Finding& finding) {
  const Subject& subject = finding.subject;
  Extra extra;
  extra.reasons = reasons_of(finding.reasons, {{Reports::kNoDocs, "no documentation"},
                                               {Reports::kNoRunbook, "no runbook"},
                                               {Reports::kNoRotation, "no rotation plan"},
                                               {Reports::kNoDeputy, "no deputy"},
                                               {Reports::kNoPurpose, "no purpose"},
                                               {Reports::kNoPlace, "not said where it runs"},
                                               {Reports::kNoExpiry, "its end is not known"}});
  std::string options;
  for (const auto& [bit, option] :
       std::vector<std::pair<std::int64_t, std::string_view>>{{Reports::kNoDocs, " --docs URL"},
                                                              {Reports::kNoRunbook, " --runbook URL"},
                                                              {Reports::kNoRotation, " --rotate-every 90d"},
                                                              {Reports::kNoDeputy, " --deputy EMAIL"},
                                                              {Reports::kNoPurpose, " --purpose TEXT"},
                                                              {Reports::kNoPlace, " --runs-in TEXT"},
                                                              {Reports::kNoExpiry, " --expires-at T"}}) {
    if ((finding.reasons & bit) != 0) options += option;
  }
  const bool site = subject.kind == Subject::Kind::kSiteCredential;
  extra.command = (site ? "gatehouse site credential edit " + subject.id + " --site " + subject.site
                        : "gatehouse account edit " + subject.account) +
                  options;
  return extra;
}

Extra grown_extra(const Finding& finding) {
  Extra extra;
  extra.reasons = reasons_of(finding.reasons, {{Reports::kMostDays, "runs most days"},
                                               {Reports::kManyObjects, "touches many issues"},
                                               {Reports::kSecondPlace, "is used from a second place"}});
  const auto numbers = split_words(finding.note);
  if (numbers.size() == 2)
    extra.detail = "on " + numbers[0] + " of 30 days, " + numbers[1] + " objects written, and its criticality is low";
  extra.command = "gatehouse account edit " + finding.subject.account + " --criticality normal";
  return extra;
}

Extra weak_extra(const Finding& finding, const std::vector<std::string>& boundary) {
  const Subject& subject = finding.subject;
  Extra extra;
  extra.reasons = reasons_of(finding.reasons, {{Reports::kPermanent, "permanent"},
                                               {Reports::kWholeSite, "whole site"},
                                               {Reports::kOwnerSuspended, "its owner is suspended"},
                                               {Reports::kRelaxedQueries, "relaxed queries"}});
  extra.detail = "for " + join(boundary, ", ");
  if ((finding.reasons & Reports::kOwnerSuspended) != 0) {
    const std::string left = answers_for(subject);
    extra.command = "gatehouse token transfer " + subject.id + " --to " + (left.empty() ? "EMAIL" : left);
  } else if ((finding.reasons & Reports::kWholeSite) != 0) {
    extra.command = "gatehouse token narrow " + subject.id + " --resource SITE/KEY";
  } else if ((finding.reasons & Reports::kPermanent) != 0) {
    extra.command = "gatehouse token narrow " + subject.id + " --expires-at T";
  }
  return extra;
}

Extra overdue_extra(const Finding& finding) {
  constexpr std::int64_t kDay = 24 * 3'600'000LL;
  Extra extra;
  extra.reasons.emplace_back("rotation overdue");
  extra.detail = "its secret ought to have been replaced " + std::to_string(finding.weight / kDay) + " days ago";
  if (finding.subject.credential_kind == CredentialKind::kExternal) {
    extra.detail += ", where it was issued; an import, or rotated_at in a file of the register, then says so here";
  } else {
    extra.command = "gatehouse token rotate " + finding.subject.id;
  }
  return extra;
}

Result<Findings> find(const store::Repositories& at, const Reports& reports, std::string_view name, Instant now, int limit) {
  if (name == "overdue") {
    GH_TRY(const admin::Policy policy, admin::read_policy(at));
    // Nothing is overdue while a freeze window holds.
    if (admin::frozen_until(policy.freeze_windows, now)) return Findings{};
    return reports.overdue(now, policy.longest_rotation, limit);
  }
  if (name == "shared") return reports.shared(now, limit);
  if (name == "drift") return reports.drift(now, limit);
  if (name == "unused") return reports.unused(now, limit);
  if (name == "orphans") return reports.orphans(now, limit);
  if (name == "incomplete") return reports.incomplete(now, limit);
  if (name == "grown") return reports.grown(now, limit);
  if (name == "weak") return reports.weak(now, limit);
  return fail(Errc::kNotFound, "There is no such report.", {}, "report");
}

std::vector<std::string> boundary_of(const std::vector<std::pair<std::string, std::string>>& all, const std::string& id) {
  std::vector<std::string> names;
  for (const auto& [credential, name] : all) {
    if (credential == id) names.push_back(name);
  }
  return names;
}

Result<json::array> items_of(const Reports& reports, const Viewer& viewer, std::string_view name, const Findings& findings,
                             Instant now) {
  const auto ids = token_ids(findings);
  std::vector<store::Seen> seen;
  std::vector<std::pair<std::string, std::string>> boundaries;
  if (name == "shared" || name == "drift") {
    GH_TRY(seen, reports.seen(ids));
  }
  if (name == "unused" || name == "weak" || name == "shared") {
    GH_TRY(boundaries, reports.resources(ids));
  }
  json::array items;
  for (const Finding& finding : findings.items) {
    const std::string& id = finding.subject.id;
    json::array evidence;
    Extra extra;
    const bool whole = viewer.answers_for(finding.subject);
    auto boundary = boundary_of(boundaries, id);
    if (!whole) boundary = viewer.theirs(boundary);
    if (name == "shared") extra = shared_extra(finding, seen_of(seen, id, store::SeenKind::kConsumer), evidence);
    if (name == "drift") extra = drift_extra(finding, seen_of(seen, id, store::SeenKind::kConsumer), now);
    if (name == "unused") extra = unused_extra(finding, boundary);
    if (name == "overdue") extra = overdue_extra(finding);
    if (name == "orphans") extra = orphan_extra(finding);
    if (name == "incomplete") extra = incomplete_extra(finding);
    if (name == "grown") extra = grown_extra(finding);
    if (name == "weak") extra = weak_extra(finding, boundary);
    Document item = item_of(finding.subject, std::move(extra), now);
    if (name == "shared") item["consumers"] = std::move(evidence);
    if (!boundary.empty()) item["resources"] = as_array(boundary);
    item["partial"] = false;
    if (!whole) keep_theirs(item);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

Result<Document> report(admin::Services& services, const Caller& caller, std::string_view name, int limit) {
  GH_TRYV(admin::flush_records(services));
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Viewer viewer, Viewer::of(services, at, caller));
  if (name == "installation") {
    if (!viewer.reads_all()) return policy::refusal_of(policy::Need::kAuditor);
    return report_installation(services, at, now);
  }
  // Whose secret is late, and what nobody answers for or is too wide, concerns whose project it touches; how it is used does not.
  const bool theirs_too = name == "orphans" || name == "overdue" || name == "weak";
  const Reports reports = viewer.narrow(at.reports, !theirs_too);
  Document document;
  document["report"] = name;
  document["now"] = format_instant(now);
  GH_TRY(const Findings findings, find(at, reports, name, now, limit));
  GH_TRY(json::array items, items_of(reports, viewer, name, findings, now));
  document["count"] = findings.count;
  document["items"] = std::move(items);
  return document;
}

std::map<std::string, std::int64_t> ReportCounts::get(admin::Services& services) {
  const std::lock_guard lock(mutex_);
  const Instant now = services.clock.now();
  if (counted_at_ && *counted_at_ <= now && now < *counted_at_ + kCountEvery) return counts_;
  counted_at_ = now;
  const auto reader = services.database.read();
  if (!reader) return counts_;
  store::WakeWanted tonight;
  tonight.from = now;
  tonight.until = now + kTonight;
  const store::Repositories& at = *reader.value().operator->();
  for (const std::string_view name : kReports) {
    const auto found = find(at, at.reports, name, now, 1);
    if (found) counts_[std::string(name)] = found.value().count;
  }
  const auto found = at.reports.wake(now, tonight, 1);
  const auto own = own_credentials(services, at, kTonight, now);
  if (found && own) counts_["wake"] = found.value().count + static_cast<std::int64_t>(own.value().size());
  if (const auto installation = report_installation(services, at, now))
    counts_["installation"] = installation.value().at("count").as_int64();
  if (const auto migration = count_migration(at, now)) {
    counts_["migration"] = migration.value().personal_left;
    counts_["bypass"] = migration.value().bypass;
  }
  if (const auto refused = admin::count_would_deny(at)) counts_["would-deny"] = refused.value();
  return counts_;
}

}  // namespace gatehouse::inventory
