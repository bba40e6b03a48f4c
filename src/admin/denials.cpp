#include "admin/denials.h"

#include <algorithm>
#include <map>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/json_values.h"
#include "admin/recorder.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

constexpr Duration kDay = std::chrono::hours(24);
constexpr std::int64_t kDays = 30;
constexpr std::int64_t kMostDays = 400;
constexpr Duration kLately = kDay * 7;

struct Window {
  Instant from;  ///< the beginning of a day
  Instant to;    ///< the end of one
};

Instant day_of(Instant at) { return std::chrono::floor<std::chrono::days>(at); }

Result<Window> window_of(const UsageWindow& wanted, Instant now) {
  if (wanted.days && (wanted.from || wanted.to)) return fail(Errc::kInvalidArgument, "Give days, or from and to.", {}, "days");
  if (wanted.days && (*wanted.days < 1 || *wanted.days > kMostDays))
    return fail(Errc::kInvalidArgument, "\"days\" must be from 1 to " + std::to_string(kMostDays) + ".", {}, "days");
  Window window;
  const Instant last = wanted.to.value_or(now);
  window.to = day_of(last) == last && wanted.to ? last : day_of(last) + kDay;
  window.from = wanted.from ? day_of(*wanted.from) : window.to - kDay * wanted.days.value_or(kDays);
  if (window.from >= window.to) return fail(Errc::kInvalidArgument, "The window ends before it begins.", {}, "from");
  if (window.to - window.from > kDay * kMostDays)
    return fail(Errc::kInvalidArgument, "A window has at most " + std::to_string(kMostDays) + " days.", {}, "from");
  return window;
}

/// Whether nothing of what the token does is withheld from `who`.
bool may_count(const Principal& who, const Credential& token, const ServiceAccount& account) {
  if (who.reads_all() || answers_for(who, token, account)) return true;
  return !token.boundary.empty() && std::all_of(token.boundary.begin(), token.boundary.end(),
                                                [&who](const BoundaryEntry& entry) { return who.covers(entry.resource); });
}

Result<Document> count(const store::Repositories& at, const std::vector<std::string>& tokens, const Window& window,
                       bool partial) {
  GH_TRY(const auto known, at.rollups.days_of(tokens, window.from, window.to));
  std::map<Instant, store::DayOfUse> by_day;
  for (const store::DayOfUse& one : known) by_day.emplace(one.day, one);
  std::int64_t calls = 0, errors = 0, denials = 0;
  json::array days;
  for (Instant day = window.from; day < window.to; day += kDay) {
    const auto found = by_day.find(day);
    const store::DayOfUse one = found == by_day.end() ? store::DayOfUse{} : found->second;
    calls += one.requests;
    errors += one.failed;
    denials += one.refused;
    days.push_back(json::object{
        {"day", format_instant(day).substr(0, 10)}, {"calls", one.requests}, {"errors", one.failed}, {"denials", one.refused}});
  }
  Document document;
  document["from"] = format_instant(window.from);
  document["to"] = format_instant(window.to);
  document["partial"] = partial;
  document["calls"] = calls;
  document["errors"] = errors;
  document["denials"] = denials;
  document["days"] = std::move(days);
  return document;
}

/// The word of a reason as it stands in the list.
Result<void> check_code(std::string_view code) {
  if (code.empty() || parse_reason(code)) return success();
  return fail(Errc::kInvalidArgument, "There is no such refusal; docs/limits.md and the list itself name them.", {}, "code");
}

Result<Document> describe(Describer& describer, const store::Repositories& at, const store::Denial& one,
                          const std::optional<Credential>& token, bool whole) {
  Document document;
  std::string account, owner, site;
  if (token) {
    GH_TRY(account, describer.handle_of(token->account));
    GH_TRY(owner, describer.email_of(token->owner));
  }
  if (!one.site.empty()) {
    GH_TRY(const auto found, at.sites.get(one.site));
    site = found.value.key;
  }
  document["token"] = text_or_null(one.credential.value);
  document["name"] = text_or_null(token ? token->name : std::string());
  document["account"] = text_or_null(account);
  document["owner"] = text_or_null(owner);
  document["site"] = text_or_null(site);
  document["operation"] = text_or_null(one.operation);
  document["code"] = one.reason;
  const bool named = !one.resource.empty() && !site.empty() && one.resource.find(' ') == std::string::npos;
  document["resource"] = text_or_null(named ? format_resource_name(site, one.resource) : one.resource);
  document["count"] = one.count;
  document["first_at"] = format_instant(one.first_at);
  document["last_at"] = format_instant(one.last_at);
  document["request_id"] = text_or_null(whole ? one.request_id : std::string());
  return document;
}

}  // namespace

Result<Document> usage_of_token(Services& services, const Caller& caller, std::string_view token, const UsageWindow& wanted) {
  GH_TRY(const Window window, window_of(wanted, services.clock.now()));
  GH_TRYV(flush_records(services));
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const auto found, find_token(at, token));
  GH_TRY(const auto account, at.accounts.get(found.value.account));
  if (!may_see(who, found.value, account.value)) return no_token();
  if (!may_count(who, found.value, account.value))
    return policy::not_allowed("owner of the token, or organization administrator: it is used beyond your projects", "org-admin");
  return count(at, {found.value.id.value}, window, false);
}

Result<Document> usage_of_account(Services& services, const Caller& caller, std::string_view account, const UsageWindow& wanted) {
  GH_TRY(const Window window, window_of(wanted, services.clock.now()));
  GH_TRYV(flush_records(services));
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const auto found, find_account(at, account));
  GH_TRY(const bool seen, may_see(at, who, found.value));
  if (!seen) return no_account();
  GH_TRY(const auto tokens, at.credentials.of_account(found.value.id));
  std::vector<std::string> counted;
  for (const Credential& one : tokens) {
    if (may_count(who, one, found.value)) counted.push_back(one.id.value);
  }
  // Said whether or not something was left out: that there is more is not theirs to know.
  return count(at, counted, window, !who.reads_all() && !answers_for(who, found.value));
}

Result<Documents> list_denials(Services& services, const Caller& caller, const DenialFilter& filter, std::int64_t limit) {
  if (limit < 1 || limit > 1000) return fail(Errc::kInvalidArgument, "\"limit\" must be from 1 to 1000.", {}, "limit");
  GH_TRYV(check_code(filter.code));
  GH_TRYV(flush_records(services));
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  store::Denials::Filter wanted;
  wanted.reason = filter.code;
  wanted.since = filter.since.value_or(now - kLately);
  wanted.sight = sight_of(who);
  if (!filter.token.empty()) {
    GH_TRY(const auto token, find_token(at, filter.token));
    GH_TRY(const auto account, at.accounts.get(token.value.account));
    if (!may_see(who, token.value, account.value)) return no_token();
    wanted.credential = token.value.id;
  }
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
    GH_TRY(const bool seen, may_see(at, who, account.value));
    if (!seen) return no_account();
    wanted.account = account.value.id;
  }
  GH_TRY(const auto denials, at.denials.list(wanted, static_cast<int>(limit)));
  Describer describer(at, now);
  std::map<std::string, std::pair<Credential, bool>> tokens;  // a list names few of them; with whether `who` answers for it
  Documents documents;
  for (const store::Denial& one : denials) {
    std::optional<Credential> token;
    bool whole = who.reads_all();
    if (!one.credential.empty()) {
      auto known = tokens.find(one.credential.value);
      if (known == tokens.end()) {
        GH_TRY(auto found, at.credentials.get(one.credential));
        GH_TRY(const auto account, at.accounts.get(found.value.account));
        const bool answers = whole || answers_for(who, found.value, account.value);
        known = tokens.emplace(one.credential.value, std::pair(std::move(found.value), answers)).first;
      }
      token = known->second.first;
      whole = known->second.second;
    }
    GH_TRY(Document document, describe(describer, at, one, token, whole));
    documents.items.push_back(std::move(document));
  }
  return documents;
}

}  // namespace gatehouse::admin
