#include "admin/sites.h"

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/pause.h"
#include "admin/probe_site.h"
#include "admin/site_credentials.h"
#include "admin/site_entries.h"
#include "admin/site_spec.h"
#include "admin/tell.h"
#include "admin/upstream_tokens.h"
#include "http/upstream_options.h"

namespace gatehouse::admin {
namespace {

/// Revokes all credentials of a site; their sealed bytes go too.
Result<void> drop_credentials(store::Repositories& at, const SiteId& site, bool also_without_secret) {
  store::UpstreamCredentials::Filter filter;
  filter.site = site;
  GH_TRY(const auto listed, at.upstream_credentials.list(filter, store::Page{{}, 1000}));
  for (auto stored : listed.items) {
    if (stored.value.auth == UpstreamAuth::kNone && !also_without_secret) continue;
    stored.value.state = State::kRevoked;
    stored.value.sealed_secret.clear();
    GH_TRYV(at.upstream_credentials.update(stored.value, stored.version));
  }
  return success();
}

Result<Document> set_state(Services& services, const Caller& caller, std::string_view name, State state, const Pause& pause,
                           std::string_view action) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto site, find_site(at, name));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.site(site.value));
  if (state == State::kLive) {
    GH_TRY(const auto answerable, answerable_for(at, site.value));
    GH_TRY(const Principal who, authority_of(services, at, caller));
    GH_TRYV(check_may_resume(who, site.value.pause, answerable, false));
  }
  site.value.state = state;
  site.value.pause = pause;
  if (state == State::kArchived) {
    GH_TRYV(drop_credentials(at, site.value.id, true));
  }
  GH_TRYV(at.sites.update(site.value, site.version));
  GH_TRYV(tell_of_change(services, at.outbox, caller, action, site.value.id.value, site.value.key, pause.reason, pause));
  GH_TRY(Document after, describer.site(site.value));
  AuditEvent event = make_event(caller, action, "site", site.value.id.value, site.value.key);
  event.reason = pause.reason;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

bool same_origin(std::string_view left, std::string_view right) {
  const auto one = http::parse_base_url(left);
  const auto other = http::parse_base_url(right);
  return one && other && one.value().scheme == other.value().scheme && one.value().host == other.value().host &&
         one.value().port == other.value().port;
}

/// Which operations of the site's catalogue a credential can't serve, by what was declared of it: null where nothing was.
void tell_covered(const Services& services, const upstream::SiteEntry& site, const std::vector<upstream::RouteChoice>& choices,
                  Document& document) {
  const catalogue::Catalogue* const catalogue = services.gateway.catalogue_of(site);
  if (!catalogue) return;
  boost::json::array uncovered;
  for (const catalogue::Operation& operation : catalogue->operations()) {
    if (!site.own_routes.least(operation)) uncovered.emplace_back(operation.id);
  }
  document["uncovered"] = std::move(uncovered);
  boost::json::array& credentials = document.at("credentials").as_array();
  for (std::size_t i = 0; i < choices.size() && i < credentials.size(); ++i) {
    boost::json::value& list = credentials[i].as_object()["uncovered"];
    list = nullptr;
    if (!choices[i].scopes) continue;
    const upstream::RouteChoices alone({choices[i]});
    boost::json::array missing;
    for (const catalogue::Operation& operation : catalogue->operations()) {
      if (!alone.least(operation)) missing.emplace_back(operation.id);
    }
    list = std::move(missing);
  }
}

}  // namespace

Result<Documents> list_sites(Services& services, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto listed, reader->sites.list({}, page));
  Describer describer(*reader.operator->(), services.clock.now());
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(Document document, describer.site(stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_site(Services& services, std::string_view site) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, find_site(*reader.operator->(), site));
  Describer describer(*reader.operator->(), services.clock.now());
  GH_TRY(Document document, describer.site(found.value));
  GH_TRY(const auto own, reader->upstream_credentials.live_of(found.value.id, {}));
  boost::json::array credentials;
  for (const auto& credential : own) {
    GH_TRY(Document shown, describer.upstream_credential(credential.value));
    credentials.push_back(std::move(shown));
  }
  document["credential"] = credentials.empty() ? boost::json::value(nullptr) : credentials.front();
  document["credentials"] = std::move(credentials);
  return document;
}

Result<Document> edit_site(Services& services, const Caller& caller, std::string_view site, const EditSite& request) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, find_site(at, site));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.site(found.value));
  const std::string old_url = found.value.base_url;
  if (request.url) found.value.base_url = *request.url;
  if (request.cloud_id) found.value.cloud_id = *request.cloud_id;
  if (request.host) found.value.host = *request.host;
  if (request.budget) {
    GH_TRY(found.value.budget, parse_budget(*request.budget));
  }
  GH_TRYV(check_site(found.value));
  const bool moved = !same_origin(old_url, found.value.base_url);
  if (moved) {
    GH_TRYV(drop_credentials(at, found.value.id, false));
  }
  GH_TRYV(at.sites.update(found.value, found.version));
  GH_TRY(Document after, describer.site(found.value));
  after["credentials_dropped"] = moved;
  AuditEvent event = make_event(caller, "site.edit", "site", found.value.id.value, found.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<Document> test_site(Services& services, const Caller& caller, std::string_view site,
                           const std::vector<std::string>& probe) {
  upstream::SiteEntryPtr entry;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto found, find_site(*reader.operator->(), site));
    GH_TRY(entry, read_site(reader, services.sealer, *services.upstream_tokens, found.value.id));
  }
  std::vector<upstream::RouteChoice> choices = entry->own_routes.all();
  if (choices.empty()) choices.emplace_back();
  Document document;
  boost::json::array credentials;
  for (const upstream::RouteChoice& choice : choices) {
    GH_TRY(const upstream::SiteTest test, try_credential(services, *entry, choice.scopes, choice.route));
    Document one;
    one["ok"] = test.reached && test.authenticated;
    one["reached"] = test.reached;
    one["authenticated"] = test.authenticated;
    one["status"] = test.status;
    one["account_name"] = test.account_name;
    one["detail"] = test.detail;
    if (document.empty() || (document.at("ok").as_bool() && !one.at("ok").as_bool())) document = one;
    one["credential"] = choice.credential;
    credentials.push_back(std::move(one));
  }
  document["site"] = entry->site.key;
  document["credentials"] = std::move(credentials);
  GH_TRY(const store::Committed done,
         services.log.record(
             with_change(make_event(caller, "site.test", "site", entry->site.id.value, entry->site.key), nullptr, &document)));
  static_cast<void>(done);
  tell_covered(services, *entry, choices, document);
  if (!probe.empty()) {
    GH_TRY(Document found, probe_site(services, *entry, probe));
    document["probe"] = std::move(found);
  }
  return document;
}

Result<Document> pause_site(Services& services, const Caller& caller, std::string_view site, const PauseRequest& request) {
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  return set_state(services, caller, site, State::kPaused, pause, "site.pause");
}

Result<Document> resume_site(Services& services, const Caller& caller, std::string_view site) {
  return set_state(services, caller, site, State::kLive, {}, "site.resume");
}

Result<Document> remove_site(Services& services, const Caller& caller, std::string_view site) {
  return set_state(services, caller, site, State::kArchived, {}, "site.remove");
}

}  // namespace gatehouse::admin
