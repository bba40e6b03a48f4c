// gatehouse export: what is there, in the form that apply reads.
#include <set>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/policy.h"
#include "inventory/apply.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::Describer;
using admin::Document;

/// A scalar that no YAML reader takes for anything but this text (YAML 1.2, section 7.3.1: double quotes, JSON's escapes).
std::string quoted(const json::value& value) { return json::serialize(value); }

/// The members of an entry that say something, in this order.
std::string entry(const Document& document, const std::vector<std::string_view>& members) {
  std::string text;
  for (const std::string_view name : members) {
    const json::value* const value = document.if_contains(name);
    const bool empty = !value || value->is_null() || (value->is_array() && value->get_array().empty()) ||
                       (value->is_string() && value->get_string().empty()) || (value->is_bool() && !value->get_bool());
    if (empty) continue;
    text += (text.empty() ? "  - " : "    ") + std::string(name) + ": ";
    if (const json::array* const list = value->if_array()) {
      text += "[";
      for (std::size_t i = 0; i < list->size(); ++i) text += (i == 0 ? "" : ", ") + quoted((*list)[i]);
      text += "]";
    } else {
      text += value->is_bool() ? std::string("true") : quoted(*value);
    }
    text += "\n";
  }
  return text;
}

class Export {
 public:
  Export(const store::Repositories& at, Principal who, std::string label, Instant now)
      : at_(at), who_(std::move(who)), label_(std::move(label)), now_(now), describer_(at, now) {}

  Result<std::string> run() {
    std::string text = "version: 1\n";
    if (!label_.empty()) {
      text += "label: " + quoted(json::value(label_)) + "\n";
      GH_TRY(const auto owned, at_.applied.of_label(label_));
      owned_.insert(owned.begin(), owned.end());
    }
    if (who_.reads_all()) {
      if (label_.empty()) {
        GH_TRY(const std::string policies, this->policies());
        text += policies;
      }
      GH_TRYV(sites(text));
      GH_TRYV(users(text));
    }
    GH_TRYV(accounts());
    GH_TRYV(grants());
    GH_TRYV(tokens());
    add(text, "accounts", accounts_);
    add(text, "grants", grants_);
    add(text, "tokens", tokens_);
    return text;
  }

 private:
  static void add(std::string& text, std::string_view name, const std::string& entries) {
    if (!entries.empty()) text += std::string(name) + ":\n" + entries;
  }
  bool wanted(const std::string& kind, const std::string& id) const { return label_.empty() || owned_.contains({kind, id}); }

  template <class List, class Filter, class Take>
  static Result<void> each(const List& repository, const Filter& filter, const Take& take) {
    store::Page page{{}, 1000};
    do {
      GH_TRY(const auto listed, repository.list(filter, page));
      for (const auto& stored : listed.items) {
        GH_TRYV(take(stored.value));
      }
      page.after = listed.next;
    } while (!page.after.empty());
    return success();
  }

  Result<std::string> policies() {
    GH_TRY(const admin::Policy policy, admin::read_policy(at_));
    const Document now = admin::describe_policy(policy);
    const Document usual = admin::describe_policy({});
    std::string text;
    for (const auto& member : now) {
      if (usual.at(member.key()) == member.value()) continue;
      text += "  " + std::string(member.key()) + ": " + quoted(member.value()) + "\n";
    }
    return text.empty() ? text : "policies:\n" + text;
  }

  Result<void> sites(std::string& text) {
    std::string entries;
    GH_TRYV(each(at_.sites, store::Sites::Filter(), [&](const Site& site) -> Result<void> {
      if (!wanted("site", site.id.value)) return success();
      GH_TRY(const Document document, describer_.site(site));
      entries += entry(document, {"key", "product", "url", "cloud_id", "host"});
      return success();
    }));
    add(text, "sites", entries);
    return success();
  }

  Result<void> users(std::string& text) {
    std::string entries;
    GH_TRYV(each(at_.users, store::Users::Filter(), [&](const User& user) -> Result<void> {
      if (user.state == State::kRevoked || !wanted("user", user.id.value)) return success();
      GH_TRY(const Document document, describer_.user(user));
      entries += entry(document, {"email", "name", "role", "resources"});
      return success();
    }));
    add(text, "users", entries);
    return success();
  }

  Result<void> accounts() {
    store::Accounts::Filter filter;
    filter.external = false;
    filter.sight = admin::sight_of(who_);
    return each(at_.accounts, filter, [&](const ServiceAccount& account) -> Result<void> {
      // What one may only see a part of would say that the rest is not there.
      if (!wanted("account", account.id.value) || (!who_.reads_all() && !admin::answers_for(who_, account))) return success();
      GH_TRY(const Document document, describer_.account(account));
      accounts_ += entry(document, {"handle", "owner", "deputy", "purpose", "runs_in", "tool", "repository", "job", "link",
                                    "declared_sites", "declared_resources", "declared_scopes", "docs", "runbook", "rotation_plan",
                                    "rotate_every", "expected_every", "criticality"});
      return success();
    });
  }

  Result<void> grants() {
    store::Grants::Filter filter;
    filter.sight = admin::sight_of(who_);
    return each(at_.grants, filter, [&](const Grant& grant) -> Result<void> {
      if (!wanted("grant", grant.id.value) || grant.backing == Backing::kUnbacked) return success();
      GH_TRY(Document document, describer_.grant(grant));
      if (document.at("restricted").as_string() == "exclude") document["restricted"] = nullptr;
      grants_ += entry(document, {"account", "resource", "scopes", "role", "directory", "restricted"});
      return success();
    });
  }

  Result<void> tokens() {
    store::Credentials::Filter filter;
    filter.kind = CredentialKind::kApiToken;
    filter.sight = admin::sight_of(who_);
    return each(at_.credentials, filter, [&](const Credential& token) -> Result<void> {
      const bool ended = token.state == State::kRevoked || (token.expires_at && *token.expires_at <= now_);
      if (ended || !wanted("token", token.id.value)) return success();
      GH_TRY(const auto account, at_.accounts.get(token.account));
      if (!who_.reads_all() && !admin::answers_for(who_, token, account.value)) return success();
      GH_TRY(Document document, describer_.token(token));
      json::array resources;
      for (const json::value& one : document.at("boundary").as_array()) {
        const json::value& role = one.at("role");
        const std::string name(one.at("resource").as_string());
        resources.emplace_back(role.is_string() ? name + "=" + std::string(role.as_string()) : name);
      }
      document["resources"] = std::move(resources);
      tokens_ += entry(document, {"account", "name", "resources", "scopes", "role", "expires_at", "rotate_every", "owner",
                                  "allow_ips", "rate"});
      return success();
    });
  }

  const store::Repositories& at_;
  const Principal who_;
  const std::string label_;
  const Instant now_;
  Describer describer_;
  std::set<std::pair<std::string, std::string>> owned_;
  std::string accounts_, grants_, tokens_;
};

}  // namespace

Result<std::string> export_file(admin::Services& services, const Caller& caller, std::string_view label) {
  AuditEvent event = admin::make_event(caller, "export", "installation", "installation", "apply file");
  event.reason = label;
  GH_TRYV(services.log.record(std::move(event)));
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(Principal who, admin::authority_of(services, at, caller));
  return Export(at, std::move(who), std::string(label), services.clock.now()).run();
}

}  // namespace gatehouse::inventory
