#include "admin/wake.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/recorder.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

/// A token that ends in the window, with those who answer for it.
Result<Document> token_item(const store::Repositories& at, Describer& describer, const Credential& credential) {
  GH_TRY(const auto account, at.accounts.get(credential.account));
  GH_TRY(const Document token, describer.token(credential));
  GH_TRY(const std::string account_owner, describer.email_of(account.value.owner));
  GH_TRY(const std::string deputy, describer.email_of(account.value.deputy));
  Document item;
  item["kind"] = "token";
  item["id"] = credential.id.value;
  item["name"] = credential.name;
  item["account"] = account.value.handle;
  item["site"] = nullptr;
  item["expires_at"] = token.at("expires_at");
  item["owner"] = token.at("owner").is_null() ? json::value(account_owner) : token.at("owner");
  item["deputy"] = deputy.empty() ? json::value(nullptr) : json::value(deputy);
  item["criticality"] = to_string(account.value.criticality);
  item["purpose"] = account.value.purpose;
  item["runs_in"] = account.value.runs_in;
  item["runbook"] = account.value.runbook_url.empty() ? json::value(nullptr) : json::value(account.value.runbook_url);
  item["resources"] = token.at("resources");
  GH_TRY(const std::optional<Instant> used, at.usage.last_used(credential.id));
  item["last_used_at"] = used ? json::value(format_instant(*used)) : json::value(nullptr);
  return item;
}

Result<Document> upstream_item(const store::Repositories& at, Describer& describer, const UpstreamCredential& credential) {
  GH_TRY(const Document shown, describer.upstream_credential(credential));
  GH_TRY(const std::string deputy, describer.email_of(credential.deputy));
  GH_TRY(const auto site, at.sites.get(credential.site));
  Document item;
  item["kind"] = "site credential";
  item["id"] = credential.id.value;
  item["name"] = "the credential of " + site.value.key;
  item["account"] = shown.at("account");
  item["site"] = site.value.key;
  item["expires_at"] = shown.at("expires_at");
  item["owner"] = shown.at("owner");
  item["deputy"] = deputy.empty() ? json::value(nullptr) : json::value(deputy);
  item["criticality"] = "high";
  item["purpose"] = credential.account.empty() ? "Gatehouse's own way into this site: every token on it stops"
                                               : "this account's own way into this site";
  item["runs_in"] = "Gatehouse";
  item["runbook"] = nullptr;
  item["resources"] = json::array{json::value(site.value.key + "/*")};
  item["last_used_at"] = nullptr;
  return item;
}

struct Window {
  Instant from;
  Instant until;
  bool holds(const std::optional<Instant>& at) const { return at && *at > from && *at <= until; }
};

Result<void> add_tokens(const store::Repositories& at, Describer& describer, const WakeFilter& filter, const Window& window,
                        std::vector<Document>& items) {
  store::Credentials::Filter wanted;
  wanted.expires_after = window.from;
  wanted.expires_before = window.until;
  CredentialId only;
  UserId person;
  if (!filter.token.empty()) {
    GH_TRY(const auto token, find_token(at, filter.token));
    only = token.value.id;
  }
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
    wanted.account = account.value.id;
  }
  if (!filter.site.empty()) {
    GH_TRY(const auto site, find_site(at, filter.site));
    wanted.site = site.value.id;
  }
  if (!filter.user.empty()) {
    GH_TRY(const auto user, find_user(at, filter.user));
    person = user.value.id;
  }
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.credentials.list(wanted, page));
    for (const auto& stored : listed.items) {
      const Credential& credential = stored.value;
      if (credential.state == State::kRevoked || !window.holds(credential.expires_at)) continue;
      if (!only.empty() && credential.id != only) continue;
      if (!person.empty()) {
        GH_TRY(const auto account, at.accounts.get(credential.account));
        if (credential.owner != person && account.value.owner != person && account.value.deputy != person) continue;
      }
      GH_TRY(Document item, token_item(at, describer, credential));
      items.push_back(std::move(item));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

Result<void> add_upstream(const store::Repositories& at, Describer& describer, const WakeFilter& filter, const Window& window,
                          std::vector<Document>& items) {
  if (!filter.token.empty()) return success();
  store::UpstreamCredentials::Filter wanted;
  wanted.expires_before = window.until + Duration(1);
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
    wanted.account = account.value.id;
  }
  if (!filter.site.empty()) {
    GH_TRY(const auto site, find_site(at, filter.site));
    wanted.site = site.value.id;
  }
  if (!filter.user.empty()) {
    GH_TRY(const auto user, find_user(at, filter.user));
    wanted.owner = user.value.id;
  }
  GH_TRY(const auto listed, at.upstream_credentials.list(wanted, store::Page{{}, 1000}));
  for (const auto& stored : listed.items) {
    if (!window.holds(stored.value.expires_at)) continue;
    GH_TRY(Document item, upstream_item(at, describer, stored.value));
    items.push_back(std::move(item));
  }
  return success();
}

}  // namespace

Result<Document> report_wake(Services& services, const WakeFilter& filter) {
  GH_TRYV(flush_records(services));
  const Instant now = services.clock.now();
  const Window window{now, now + filter.within};
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  Describer describer(at, now);
  std::vector<Document> items;
  GH_TRYV(add_tokens(at, describer, filter, window, items));
  GH_TRYV(add_upstream(at, describer, filter, window, items));
  std::sort(items.begin(), items.end(), [](const Document& left, const Document& right) {
    return left.at("expires_at").as_string() < right.at("expires_at").as_string();
  });
  json::array array;
  for (Document& item : items) array.push_back(std::move(item));
  Document document;
  document["now"] = format_instant(now);
  document["until"] = format_instant(window.until);
  document["items"] = std::move(array);
  return document;
}

}  // namespace gatehouse::admin
