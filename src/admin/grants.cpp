#include "admin/grants.h"

#include "admin/authority.h"
#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/pause.h"

namespace gatehouse::admin {

using policy::Need;

Result<Documents> list_grants(Services& services, const Caller& caller, const GrantFilter& filter, const store::Page& page) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  store::Grants::Filter stored_filter;
  stored_filter.revoked = filter.removed;
  GH_TRY(const Principal viewer, authority_of(services, at, caller));
  stored_filter.sight = sight_of(viewer);
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
    GH_TRY(const bool seen, may_see(at, viewer, account.value));
    if (!seen) return no_account();
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
    const Backing backing = stored.value.backing;
    const bool wanted = filter.backing.empty() || (filter.backing == "backed" && backing == Backing::kBacked) ||
                        (filter.backing == "in-grace" && backing == Backing::kInGrace) ||
                        (filter.backing == "unbacked" && backing == Backing::kUnbacked);
    if (!wanted) continue;
    if (!key.empty() && key != "*" && stored.value.resource.key != key && stored.value.resource.id != key) continue;
    GH_TRY(Document document, describer.grant(stored.value));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_grant(Services& services, const Caller& caller, std::string_view grant) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal viewer, authority_of(services, at, caller));
  GH_TRY(const auto found, find_grant(at, grant));
  GH_TRY(const auto account, at.accounts.get(found.value.account));
  if (!may_see(viewer, found.value, account.value)) return no_grant();
  return Describer(at, services.clock.now()).grant(found.value);
}

Result<Document> pause_grant(Services& services, const Caller& caller, std::string_view grant, const PauseRequest& request) {
  const Instant now = services.clock.now();
  GH_TRY(const Pause pause, make_pause(request, now));
  return change_grant(services, caller, Need::kEndGrant, grant, "grant.pause", pause.reason,
                      [&pause, now](Grant& record, const Editing& in) -> Result<void> {
                        GH_TRY(const auto answerable, answerable_for(in.at, record));
                        const auto present = pause_in_force(record.state, record.pause, now);
                        const bool covers = in.who.covers(record.resource);
                        GH_TRY(record.pause, replace_pause(in.who, pause, present, answerable, covers, now));
                        record.state = State::kPaused;
                        return success();
                      });
}

Result<Document> resume_grant(Services& services, const Caller& caller, std::string_view grant) {
  return change_grant(services, caller, Need::kEndGrant, grant, "grant.resume", {},
                      [&services](Grant& record, const Editing& in) -> Result<void> {
                        GH_TRY(const auto answerable, answerable_for(in.at, record));
                        if (const auto present = pause_in_force(record.state, record.pause, services.clock.now())) {
                          GH_TRYV(check_may_resume(in.who, *present, answerable, in.who.covers(record.resource)));
                        }
                        record.state = State::kLive;
                        record.pause = {};
                        return success();
                      });
}

Result<Document> remove_grant(Services& services, const Caller& caller, std::string_view grant, std::string_view reason) {
  return change_grant(services, caller, Need::kEndGrant, grant, "grant.remove", reason,
                      [](Grant& record, const Editing&) -> Result<void> {
                        record.state = State::kRevoked;
                        record.pause = {};
                        return success();
                      });
}

}  // namespace gatehouse::admin
