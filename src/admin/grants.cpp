#include "admin/grants.h"

#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/pause.h"

namespace gatehouse::admin {

Result<Documents> list_grants(Services& services, const GrantFilter& filter, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  store::Grants::Filter stored_filter;
  stored_filter.revoked = filter.removed;
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
    stored_filter.account = account.value.id;
  }
  std::string site = filter.site;
  std::string key;
  if (!filter.resource.empty()) {
    GH_TRY(const ResourceName name, parse_resource_name(filter.resource));
    site = name.site_key;
    key = name.key;
  }
  if (!site.empty()) {
    GH_TRY(const auto found, find_site(at, site));
    stored_filter.site = found.value.id;
  }
  if (key == "*") stored_filter.resource_id = "*";
  GH_TRY(const auto listed, at.grants.list(stored_filter, page));
  Describer describer(at, services.clock.now());
  Documents documents;
  for (const auto& stored : listed.items) {
    if (!key.empty() && key != "*" && stored.value.resource.key != key && stored.value.resource.id != key) continue;
    GH_TRY(Document document, describer.grant(stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_grant(Services& services, std::string_view grant) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto found, find_grant(*reader.operator->(), grant));
  return Describer(*reader.operator->(), services.clock.now()).grant(found.value);
}

Result<Document> pause_grant(Services& services, const Caller& caller, std::string_view grant, const PauseRequest& request) {
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  return change_grant(services, caller, grant, "grant.pause", pause.reason,
                      [&pause](Grant& record, store::Repositories&) -> Result<void> {
                        record.state = State::kPaused;
                        record.pause = pause;
                        return success();
                      });
}

Result<Document> resume_grant(Services& services, const Caller& caller, std::string_view grant) {
  return change_grant(services, caller, grant, "grant.resume", {},
                      [&caller](Grant& record, store::Repositories& at) -> Result<void> {
                        GH_TRY(const auto answerable, answerable_for(at, record));
                        GH_TRYV(check_may_resume(at, caller, record.pause, answerable));
                        record.state = State::kLive;
                        record.pause = {};
                        return success();
                      });
}

Result<Document> remove_grant(Services& services, const Caller& caller, std::string_view grant, std::string_view reason) {
  return change_grant(services, caller, grant, "grant.remove", reason, [](Grant& record, store::Repositories&) -> Result<void> {
    record.state = State::kRevoked;
    record.pause = {};
    return success();
  });
}

}  // namespace gatehouse::admin
