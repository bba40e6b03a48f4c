#include "inventory/installation_report.h"

#include <utility>

#include "inventory/subject_document.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::OtherCredential;

constexpr Duration kSoon = std::chrono::hours(24 * 30);
constexpr Duration kOldKeys = std::chrono::hours(24 * 365);

/// Why somebody has to do something; empty: nobody has to.
std::string reason_of(const OtherCredential& one, Instant now) {
  if (!one.problem.empty()) return "can't be read";
  if (one.ends && !one.expires_at) return "its end is not known";
  if (one.expires_at && *one.expires_at <= now) return "has ended";
  if (one.expires_at && *one.expires_at <= now + kSoon) return "ends within 30 days";
  if (one.kind == "master key" && one.since && *one.since + kOldKeys <= now) return "its keys are older than a year";
  return {};
}

std::string command_of(const OtherCredential& one) {
  if (one.kind == "master key") return "gatehouse key rotate --data DIR";
  if (one.kind == "administrator key") return "gatehouse admin-key create --name NAME";
  return {};
}

}  // namespace

Result<std::vector<OtherCredential>> own_credentials(admin::Services& services, const store::Repositories& at,
                                                     std::optional<Duration> within, Instant now) {
  GH_TRY(auto all, admin::other_credentials(services, at, within));
  std::erase_if(all, [now](const OtherCredential& one) {
    return one.kind == "administrator key" && one.expires_at && *one.expires_at <= now;
  });
  return std::move(all);
}

admin::Document describe_own(const OtherCredential& credential, const std::vector<std::string>& answers) {
  admin::Document item = admin::describe(credential);
  item["account"] = nullptr;
  item["site"] = nullptr;
  item["owner_live"] = !answers.empty();
  item["account_owner"] = nullptr;
  item["deputy"] = nullptr;
  item["criticality"] = "high";
  item["purpose"] = "Gatehouse itself";
  item["runs_in"] = "Gatehouse";
  item["runbook"] = nullptr;
  item["last_used_at"] = nullptr;
  item["calls_a_day"] = 0;
  return item;
}

Result<std::vector<std::string>> live_administrators(const store::Repositories& at, Instant now) {
  std::vector<std::string> people;
  store::Users::Filter filter;
  filter.role = UserRole::kOrgAdmin;
  GH_TRY(const auto listed, at.users.list(filter, store::Page{{}, 1000}));
  for (const auto& stored : listed.items) {
    if (is_live(stored.value.state, stored.value.pause, now)) people.push_back(stored.value.email);
  }
  return people;
}

Result<admin::Document> report_installation(admin::Services& services, const store::Repositories& at, Instant now) {
  GH_TRY(const auto credentials, own_credentials(services, at, std::nullopt, now));
  GH_TRY(const auto administrators, live_administrators(at, now));
  json::array items;
  std::int64_t count = 0;
  for (const OtherCredential& one : credentials) {
    const std::vector<std::string> answers = one.owner.empty() ? administrators : std::vector<std::string>{one.owner};
    admin::Document item = describe_own(one, answers);
    const std::string reason = reason_of(one, now);
    const std::string since = one.since ? "since " + format_instant(*one.since) : std::string();
    const std::string end = one.expires_at ? "ends at " + format_instant(*one.expires_at) : std::string();
    item["answers"] = answers.empty() ? json::value(nullptr) : json::value(answers.front());
    item["reasons"] = json::array();
    if (!reason.empty()) item["reasons"].as_array().emplace_back(reason);
    item["detail"] = !one.problem.empty() ? one.problem : !since.empty() && !end.empty() ? since + ", " + end : since + end;
    const std::string command = reason.empty() ? std::string() : command_of(one);
    item["command"] = command.empty() ? json::value(nullptr) : json::value(command);
    if (!reason.empty()) ++count;
    items.push_back(std::move(item));
  }
  admin::Document document;
  document["report"] = "installation";
  document["now"] = format_instant(now);
  document["count"] = count;
  document["items"] = std::move(items);
  return document;
}

}  // namespace gatehouse::inventory
