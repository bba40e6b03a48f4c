#include "inventory/register.h"

#include <algorithm>
#include <map>
#include <set>

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/json_values.h"
#include "admin/rotation.h"
#include "inventory/register_file.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::Document;

using admin::instant_or_null;
using admin::text_or_null;
json::array texts(const std::set<std::string>& all) {
  json::array out;
  for (const std::string& one : all) out.emplace_back(one);
  return out;
}

/// When its secret was made, and when the next is due: by its rhythm, and before its end.
void add_rotation(Document& out, const Credential& credential, const ServiceAccount& account, const admin::Policy& policy,
                  const std::optional<store::ExternalCredential>& external) {
  std::optional<Instant> rotated = external ? external->made_at : std::optional(credential.created_at);
  for (const SecretRecord& secret : credential.secrets) {
    if (secret.state == SecretState::kCurrent || secret.state == SecretState::kPending) rotated = secret.created_at;
  }
  const std::optional<Duration> every = admin::rotation_period(credential, account, policy);
  std::optional<Instant> due = credential.expires_at;
  const Instant since = rotated.value_or(credential.created_at);
  if (every && (!due || since + *every < *due)) due = since + *every;
  out["rotate_every"] = every ? json::value(format_duration(*every)) : json::value(nullptr);
  out["rotated_at"] = instant_or_null(rotated);
  out["rotation_due_at"] = instant_or_null(due);
}

std::string_view source_word(store::ExternalSource source) {
  switch (source) {
    case store::ExternalSource::kByHand: return "by hand";
    case store::ExternalSource::kAtlassianApi: return "atlassian api";
    case store::ExternalSource::kAtlassianCsv: return "atlassian csv";
  }
  return "by hand";
}

void add_external(Document& out, const std::optional<store::ExternalCredential>& external) {
  out["source"] = external ? json::value(source_word(external->source)) : json::value(nullptr);
  out["upstream_id"] = external ? text_or_null(external->upstream_id) : json::value(nullptr);
  out["holder"] = external ? text_or_null(external->holder_email.empty() ? external->holder_name : external->holder_email)
                           : json::value(nullptr);
  out["personal"] = external && external->person;
  out["upstream_status"] = external ? text_or_null(external->status) : json::value(nullptr);
  out["vanished_at"] = external ? instant_or_null(external->vanished_at) : json::value(nullptr);
}

/// Looks up what one account's entry is made of.
class Entry {
 public:
  Entry(const admin::Services& services, const store::Repositories& at, const ServiceAccount& account, admin::Policy policy)
      : services_(services), at_(at), account_(account), policy_(std::move(policy)), describer_(at, services.clock.now()) {}

  Result<Document> make() {
    GH_TRY(const Document account, describer_.account(account_));
    Document out;
    for (const char* member : {"id",           "handle",       "external",      "owner",        "deputy",         "purpose",
                               "runs_in",      "tool",         "repository",    "job",          "link",           "docs",
                               "runbook",      "criticality",  "rotation_plan", "rotate_every", "expected_every", "state",
                               "pause_reason", "paused_until", "created_at"}) {
      out[member] = account.at(member);
    }
    out["declared"] = json::object{{"sites", account.at("declared_sites")},
                                   {"resources", account.at("declared_resources")},
                                   {"scopes", account.at("declared_scopes")}};
    GH_TRY(out["observed"], observed());
    GH_TRY(out["permissions"], permissions());
    GH_TRY(out["credentials"], credentials());
    return out;
  }

 private:
  Result<json::value> permissions() {
    GH_TRY(const auto grants, at_.grants.of_account(account_.id));
    json::array out;
    for (const Grant& grant : grants) {
      if (grant.state == State::kRevoked) continue;
      GH_TRY(const Document shown, describer_.grant(grant));
      out.push_back(json::object{{"resource", shown.at("resource")},
                                 {"scopes", shown.at("scopes")},
                                 {"role", shown.at("role")},
                                 {"state", shown.at("state")}});
    }
    return out;
  }

  Result<json::value> credentials() {
    GH_TRY(auto all, at_.credentials.of_account(account_.id));
    std::sort(all.begin(), all.end(), [](const Credential& left, const Credential& right) {
      return std::tie(left.created_at, left.id) < std::tie(right.created_at, right.id);
    });
    json::array out;
    for (const Credential& one : all) {
      GH_TRY(Document document, credential(one));
      out.push_back(std::move(document));
    }
    return out;
  }

  Result<Document> credential(const Credential& one) {
    GH_TRY(const Document shown, describer_.token(one));
    std::optional<store::ExternalCredential> external;
    if (one.kind == CredentialKind::kExternal) {
      GH_TRY(external, at_.register_records.get(one.id));
    }
    Document out;
    for (const char* member : {"id", "kind", "name", "state", "owner", "scopes", "resources", "expires_at"}) {
      out[member] = shown.at(member);
    }
    add_rotation(out, one, account_, policy_, external);
    GH_TRY(const std::optional<Instant> used, at_.usage.last_used(one.id));
    out["last_used_at"] = instant_or_null(external ? external->last_active_at : used);
    add_external(out, external);
    return out;
  }

  Result<std::string> site_key(const std::string& id) {
    auto& key = sites_[id];
    if (!key.empty()) return key;
    const auto site = at_.sites.get(SiteId(id));
    if (!site && site.error().code != Errc::kNotFound) return site.error();
    key = site ? site.value().value.key : id;
    return key;
  }

  Result<std::vector<store::Seen>> seen() {
    GH_TRY(const auto credentials, at_.credentials.of_account(account_.id));
    std::vector<std::string> ids;
    for (const Credential& one : credentials) ids.push_back(one.id.value);
    if (ids.empty()) return std::vector<store::Seen>();
    return at_.reports.seen(ids);
  }

  /// The scopes of an operation, by the form that most tokens hold.
  void add_scopes(const std::string& site, const std::string& operation, std::set<std::string>& scopes) {
    const auto found = at_.sites.get(SiteId(site));
    const auto catalogue = found ? services_.gateway.catalogue_of(found.value().value) : nullptr;
    const catalogue::Operation* known = catalogue ? catalogue->find(operation) : nullptr;
    if (!known) return;
    for (std::string& name : scope_names(known->has_classic ? known->classic : known->granular)) scopes.insert(std::move(name));
  }

  Result<json::value> observed() {
    GH_TRY(const std::vector<store::Seen> all, seen());
    GH_TRY(const store::AccountUsage usage, at_.register_records.usage(account_.id, services_.clock.now()));
    std::set<std::string> sites, resources, scopes, operations, addresses, agents;
    for (const store::Seen& one : all) {
      if (one.kind == store::SeenKind::kConsumer) {
        // As they were sent: an address, a space, a user agent.
        const std::size_t space = one.sample.find(' ');
        addresses.insert(one.sample.substr(0, space));
        if (space != std::string::npos && space + 1 < one.sample.size()) agents.insert(one.sample.substr(space + 1));
        continue;
      }
      GH_TRY(const std::string site, site_key(one.a));
      sites.insert(site);
      if (one.kind == store::SeenKind::kOperation) {
        operations.insert(site + " " + one.b);
        add_scopes(one.a, one.b, scopes);
        continue;
      }
      for (std::size_t from = 0; from < one.b.size();) {
        const std::size_t end = std::min(one.b.find(' ', from), one.b.size());
        if (end > from) resources.insert(format_resource_name(site, one.b.substr(from, end - from)));
        from = end + 1;
      }
    }
    json::array hours;
    for (std::size_t hour = 0; hour < usage.by_hour.size(); ++hour) {
      if (usage.by_hour[hour] > 0)
        hours.push_back(json::object{{"hour", static_cast<std::int64_t>(hour)}, {"requests", usage.by_hour[hour]}});
    }
    return json::object{{"sites", texts(sites)},
                        {"resources", texts(resources)},
                        {"scopes", texts(scopes)},
                        {"operations", texts(operations)},
                        {"addresses", texts(addresses)},
                        {"user_agents", texts(agents)},
                        {"requests", usage.requests},
                        {"refused", usage.refused},
                        {"failed", usage.failed},
                        {"first_used_at", instant_or_null(usage.first_at)},
                        {"last_used_at", instant_or_null(usage.last_at)},
                        {"hours", std::move(hours)}};
  }

  const admin::Services& services_;
  const store::Repositories& at_;
  const ServiceAccount& account_;
  admin::Policy policy_;
  admin::Describer describer_;
  std::map<std::string, std::string> sites_;
};

Result<store::Accounts::Filter> stored_filter(const store::Repositories& at, const RegisterFilter& filter) {
  store::Accounts::Filter out;
  out.archived = filter.archived;
  if (!filter.owner.empty()) {
    GH_TRY(const auto owner, admin::find_user(at, filter.owner));
    out.owner = owner.value.id;
  }
  return out;
}

}  // namespace

Result<Document> describe_entry(const admin::Services& services, const store::Repositories& at, const ServiceAccount& account) {
  GH_TRY(admin::Policy policy, admin::read_policy(at));
  return Entry(services, at, account, std::move(policy)).make();
}

Result<admin::Documents> list_register(admin::Services& services, const RegisterFilter& filter, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const store::Accounts::Filter wanted, stored_filter(at, filter));
  GH_TRY(const auto listed, at.accounts.list(wanted, page));
  admin::Documents out;
  for (const auto& stored : listed.items) {
    GH_TRY(Document entry, describe_entry(services, at, stored.value));
    out.items.push_back(std::move(entry));
  }
  out.next = listed.next;
  return out;
}

Result<Document> show_register(admin::Services& services, std::string_view account) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, admin::find_account(*reader.operator->(), account));
  return describe_entry(services, *reader.operator->(), found.value);
}

Result<std::string> register_page(admin::Services& services, std::string_view account) {
  GH_TRY(const Document entry, show_register(services, account));
  return markdown_page(entry);
}

Result<std::string> export_register(admin::Services& services, const RegisterFilter& filter, std::string_view format) {
  json::array entries;
  store::Page page{{}, 200};
  do {
    GH_TRY(admin::Documents listed, list_register(services, filter, page));
    for (json::value& entry : listed.items) entries.push_back(std::move(entry));
    page.after = listed.next;
  } while (!page.after.empty());
  // By handle, so that two exports can be compared line by line.
  std::sort(entries.begin(), entries.end(), [](const json::value& left, const json::value& right) {
    return left.at("handle").as_string() < right.at("handle").as_string();
  });
  if (format == "csv") return to_csv(entries);
  if (format == "json") return to_json(std::move(entries));
  if (format == "yaml") return to_yaml(entries);
  if (format == "markdown") {
    std::string out;
    for (const json::value& entry : entries) out += (out.empty() ? "" : "\n") + markdown_page(entry.as_object());
    return out;
  }
  return fail(Errc::kInvalidArgument, "\"format\" must be one of: csv, json, yaml, markdown.", {}, "format");
}

}  // namespace gatehouse::inventory
