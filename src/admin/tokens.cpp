#include "admin/tokens.h"

#include "admin/authority.h"
#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/pause.h"
#include "admin/recorder.h"
#include "admin/rotation.h"

namespace gatehouse::admin {

using policy::Need;

namespace {

Result<store::Credentials::Filter> stored_filter(const store::Repositories& at, const Principal& viewer,
                                                 const TokenFilter& filter, Instant now) {
  store::Credentials::Filter wanted;
  wanted.sight = sight_of(viewer);
  wanted.kind = filter.kind;
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
    GH_TRY(const bool seen, may_see(at, viewer, account.value));
    if (!seen) return no_account();
    wanted.account = account.value.id;
  }
  if (!filter.owner.empty()) {
    GH_TRY(const auto owner, find_user(at, filter.owner));
    wanted.owner = owner.value.id;
  }
  if (filter.expiring_within) {
    wanted.expires_after = now;
    wanted.expires_before = now + *filter.expiring_within;
  }
  if (!filter.resource.empty()) {
    GH_TRY(const ResourceName name, parse_resource_name(filter.resource));
    GH_TRY(const auto site, find_site(at, name.site_key));
    wanted.site = site.value.id;
    if (name.key == "*") wanted.resource_id = "*";
  }
  return wanted;
}

Result<void> add_last_use(const store::Repositories& at, Document& token) {
  GH_TRY(const std::optional<Instant> used, at.usage.last_used(CredentialId(std::string(token.at("id").as_string()))));
  token["last_used_at"] = used ? boost::json::value(format_instant(*used)) : boost::json::value(nullptr);
  return success();
}

bool names_resource(const Document& token, std::string_view resource) {
  for (const boost::json::value& one : token.at("resources").as_array()) {
    if (one.as_string() == resource) return true;
  }
  return false;
}

}  // namespace

Result<Documents> list_tokens(Services& services, const Caller& caller, const TokenFilter& filter, const store::Page& page) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal viewer, authority_of(services, at, caller));
  GH_TRY(const auto wanted, stored_filter(at, viewer, filter, now));
  GH_TRY(const auto listed, at.credentials.list(wanted, page));
  Describer describer(at, now);
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(const auto account, at.accounts.get(stored.value.account));
    GH_TRY(Document document, token_for(describer, viewer, stored.value, account.value));
    const std::string_view state = document.at("state").as_string();
    if (!filter.state.empty() && state != filter.state) continue;
    // What is revoked won't wake anybody when it ends.
    if (filter.expiring_within && state == "revoked") continue;
    if (!filter.resource.empty() && !names_resource(document, filter.resource)) continue;
    if (filter.waiting && (state != "live" || document.at("waiting").as_array().empty())) continue;
    GH_TRYV(add_last_use(at, document));
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_token(Services& services, const Caller& caller, std::string_view token) {
  GH_TRY(Document document, show_rotation(services, caller, token));
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRYV(add_last_use(*reader.operator->(), document));
  return document;
}

Result<Document> transfer_token(Services& services, const Caller& caller, std::string_view token, std::string_view to) {
  return change_token(services, caller, Need::kOrgAdmin, token, "token.transfer", {},
                      [to](Credential& credential, const Editing& in) -> Result<void> {
                        GH_TRY(const auto owner, find_live_user(in.at, to, "to"));
                        credential.owner = owner.value.id;
                        return success();
                      });
}

Result<Document> pause_token(Services& services, const Caller& caller, std::string_view token, const PauseRequest& request) {
  const Instant now = services.clock.now();
  GH_TRY(const Pause pause, make_pause(request, now));
  return change_token(services, caller, Need::kPause, token, "token.pause", pause.reason,
                      [&pause, now](Credential& credential, const Editing& in) -> Result<void> {
                        GH_TRY(const auto answerable, answerable_for(in.at, credential));
                        const auto present = pause_in_force(credential.state, credential.pause, now);
                        GH_TRY(credential.pause, replace_pause(in.who, pause, present, answerable, false, now));
                        credential.state = State::kPaused;
                        return success();
                      });
}

Result<Document> resume_token(Services& services, const Caller& caller, std::string_view token) {
  return change_token(services, caller, Need::kPause, token, "token.resume", {},
                      [&services](Credential& credential, const Editing& in) -> Result<void> {
                        GH_TRY(const auto answerable, answerable_for(in.at, credential));
                        if (const auto present = pause_in_force(credential.state, credential.pause, services.clock.now())) {
                          GH_TRYV(check_may_resume(in.who, *present, answerable, false));
                        }
                        credential.state = State::kLive;
                        credential.pause = {};
                        return success();
                      });
}

Result<Document> revoke_token(Services& services, const Caller& caller, std::string_view token, std::string_view reason) {
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const store::Repositories& at = *reader.operator->();
    GH_TRY(const Principal who, authority_of(services, at, caller));
    GH_TRY(const auto found, find_token(at, token));
    GH_TRY(const auto account, at.accounts.get(found.value.account));
    GH_TRYV(check_reach(Need::kChangeOwn, who, found.value, account.value));
    Describer describer(at, services.clock.now());
    if (found.value.state == State::kRevoked) return token_for(describer, who, found.value, account.value);
  }
  GH_TRYV(check_note(reason, "reason"));
  return change_token(services, caller, Need::kChangeOwn, token, "token.revoke", reason,
                      [](Credential& credential, const Editing&) -> Result<void> {
                        credential.state = State::kRevoked;
                        credential.pause = {};
                        return success();
                      });
}

}  // namespace gatehouse::admin
