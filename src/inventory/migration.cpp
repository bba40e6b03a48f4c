#include "inventory/migration.h"

#include <algorithm>
#include <map>

#include "admin/describe.h"
#include "admin/json_values.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::Document;

/// Usage is kept by the hour: what was seen within the hour of the first call may have been before it.
constexpr Duration kHour = std::chrono::hours(1);

using admin::instant_or_null;

struct OldToken {
  Credential credential;
  store::ExternalCredential external;
  bool live = false;
};

/// Used at Atlassian after its automation had begun to use Gatehouse.
bool bypasses(const OldToken& token, const std::optional<Instant>& first_use) {
  const std::optional<Instant>& active = token.external.last_active_at;
  return first_use && active && *active >= *first_use + kHour;
}

struct Automation {
  ServiceAccount account;
  std::vector<OldToken> old;
  std::optional<Instant> first_use;  ///< of Gatehouse

  std::int64_t live() const {
    return std::count_if(old.begin(), old.end(), [](const OldToken& one) { return one.live; });
  }
  std::int64_t personal() const {
    return std::count_if(old.begin(), old.end(), [](const OldToken& one) { return one.live && one.external.person; });
  }
};

/// All accounts with external credentials that could be replaced; entries by hand never pass the gateway.
Result<std::vector<Automation>> read_automations(const store::Repositories& at, Instant now) {
  GH_TRY(const auto externals, at.register_records.list());
  std::map<std::string, std::size_t> by_account;
  std::vector<Automation> out;
  for (const store::ExternalCredential& external : externals) {
    if (external.source == store::ExternalSource::kByHand) continue;
    GH_TRY(auto stored, at.credentials.get(external.credential));
    OldToken token{std::move(stored.value), external, false};
    token.live =
        token.credential.state != State::kRevoked && (!token.credential.expires_at || *token.credential.expires_at > now);
    const auto [place, fresh] = by_account.emplace(token.credential.account.value, out.size());
    if (fresh) {
      GH_TRY(auto account, at.accounts.get(token.credential.account));
      GH_TRY(const store::AccountUsage usage, at.register_records.usage(account.value.id, now));
      out.push_back({std::move(account.value), {}, usage.first_at});
    }
    out[place->second].old.push_back(std::move(token));
  }
  std::sort(out.begin(), out.end(),
            [](const Automation& left, const Automation& right) { return left.account.handle < right.account.handle; });
  return out;
}

}  // namespace

Result<Document> report_migration(admin::Services& services) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const std::vector<Automation> all, read_automations(at, now));
  admin::Describer describer(at, now);
  std::int64_t moved = 0, moving = 0, personal = 0, old_left = 0;
  json::array items;
  for (const Automation& one : all) {
    const std::int64_t live = one.live();
    const bool uses = one.first_use.has_value();
    moved += live == 0 ? 1 : 0;
    moving += live > 0 && uses ? 1 : 0;
    personal += one.personal();
    old_left += live;
    std::optional<Instant> last_active;
    for (const OldToken& token : one.old) last_active = std::max(last_active, token.external.last_active_at);
    GH_TRY(const std::string owner, describer.email_of(one.account.owner));
    items.push_back(json::object{{"account", one.account.handle},
                                 {"owner", owner},
                                 {"progress", live == 0 ? (uses ? "moved" : "ended")
                                              : uses    ? "moving"
                                                        : "not moved"},
                                 {"old_tokens", live},
                                 {"personal_tokens", one.personal()},
                                 {"old_last_active_at", instant_or_null(last_active)},
                                 {"gateway_since", instant_or_null(one.first_use)}});
  }
  Document document;
  document["now"] = format_instant(now);
  document["automations"] = static_cast<std::int64_t>(all.size());
  document["done"] = moved;
  document["moving"] = moving;
  document["not_moved"] = static_cast<std::int64_t>(all.size()) - moved - moving;
  document["old_tokens_left"] = old_left;
  document["personal_left"] = personal;
  document["items"] = std::move(items);
  return document;
}

Result<MigrationCounts> count_migration(const store::Repositories& at, Instant now) {
  GH_TRY(const std::vector<Automation> all, read_automations(at, now));
  MigrationCounts counts;
  for (const Automation& one : all) {
    counts.personal_left += one.personal();
    counts.bypass +=
        std::count_if(one.old.begin(), one.old.end(), [&](const OldToken& token) { return bypasses(token, one.first_use); });
  }
  return counts;
}

Result<Document> report_bypass(admin::Services& services) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const std::vector<Automation> all, read_automations(at, now));
  admin::Describer describer(at, now);
  std::vector<std::pair<Instant, Document>> found;
  for (const Automation& one : all) {
    for (const OldToken& token : one.old) {
      if (!bypasses(token, one.first_use)) continue;
      const std::optional<Instant>& active = token.external.last_active_at;
      GH_TRY(const std::string owner, describer.email_of(token.credential.owner));
      found.emplace_back(*active, json::object{{"id", token.credential.id.value},
                                               {"name", token.credential.name},
                                               {"account", one.account.handle},
                                               {"owner", owner},
                                               {"holder", token.external.holder_email.empty() ? token.external.holder_name
                                                                                              : token.external.holder_email},
                                               {"personal", token.external.person},
                                               {"live", token.live},
                                               {"last_active_at", format_instant(*active)},
                                               {"gateway_since", format_instant(*one.first_use)},
                                               {"imported_at", format_instant(token.external.imported_at)}});
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) { return left.first > right.first; });
  json::array items;
  for (auto& [active, item] : found) items.push_back(std::move(item));
  Document document;
  document["now"] = format_instant(now);
  document["count"] = static_cast<std::int64_t>(items.size());
  document["items"] = std::move(items);
  return document;
}

}  // namespace gatehouse::inventory
