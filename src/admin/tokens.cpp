#include "admin/tokens.h"

#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/pause.h"
#include "admin/recorder.h"
#include "admin/rotation.h"

namespace gatehouse::admin {
namespace {

Result<store::Credentials::Filter> stored_filter(const store::Repositories& at, const TokenFilter& filter, Instant now) {
  store::Credentials::Filter wanted;
  wanted.kind = CredentialKind::kApiToken;
  if (!filter.account.empty()) {
    GH_TRY(const auto account, find_account(at, filter.account));
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

bool names_resource(const Document& token, std::string_view resource) {
  for (const boost::json::value& one : token.at("resources").as_array()) {
    if (one.as_string() == resource) return true;
  }
  return false;
}

}  // namespace

Result<Documents> list_tokens(Services& services, const TokenFilter& filter, const store::Page& page) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const auto wanted, stored_filter(at, filter, now));
  GH_TRY(const auto listed, at.credentials.list(wanted, page));
  Describer describer(at, now);
  Documents documents;
  for (const auto& stored : listed.items) {
    GH_TRY(Document document, describer.token(stored.value));
    const std::string_view state = document.at("state").as_string();
    if (!filter.state.empty() && state != filter.state) continue;
    // What is revoked won't wake anybody when it ends.
    if (filter.expiring_within && state == "revoked") continue;
    if (!filter.resource.empty() && !names_resource(document, filter.resource)) continue;
    documents.items.push_back(std::move(document));
  }
  documents.next = listed.next;
  return documents;
}

Result<Document> show_token(Services& services, std::string_view token) {
  GH_TRY(Document document, show_rotation(services, token));
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const std::optional<Instant> used, reader->usage.last_used(CredentialId(std::string(document.at("id").as_string()))));
  document["last_used_at"] = used ? boost::json::value(format_instant(*used)) : boost::json::value(nullptr);
  return document;
}

Result<Document> transfer_token(Services& services, const Caller& caller, std::string_view token, std::string_view to) {
  return change_token(services, caller, token, "token.transfer", {},
                      [to](Credential& credential, store::Repositories& at) -> Result<void> {
                        GH_TRY(const auto owner, find_live_user(at, to, "to"));
                        credential.owner = owner.value.id;
                        return success();
                      });
}

Result<Document> pause_token(Services& services, const Caller& caller, std::string_view token, const PauseRequest& request) {
  GH_TRY(const Pause pause, make_pause(request, services.clock.now()));
  return change_token(services, caller, token, "token.pause", pause.reason,
                      [&pause](Credential& credential, store::Repositories&) -> Result<void> {
                        credential.state = State::kPaused;
                        credential.pause = pause;
                        return success();
                      });
}

Result<Document> resume_token(Services& services, const Caller& caller, std::string_view token) {
  return change_token(services, caller, token, "token.resume", {},
                      [&caller](Credential& credential, store::Repositories& at) -> Result<void> {
                        GH_TRY(const auto answerable, answerable_for(at, credential));
                        GH_TRYV(check_may_resume(at, caller, credential.pause, answerable));
                        credential.state = State::kLive;
                        credential.pause = {};
                        return success();
                      });
}

Result<Document> revoke_token(Services& services, const Caller& caller, std::string_view token, std::string_view reason) {
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto found, find_token(*reader.operator->(), token));
    if (found.value.state == State::kRevoked) return Describer(*reader.operator->(), services.clock.now()).token(found.value);
  }
  GH_TRYV(check_note(reason, "reason"));
  return change_token(services, caller, token, "token.revoke", reason,
                      [](Credential& credential, store::Repositories&) -> Result<void> {
                        credential.state = State::kRevoked;
                        credential.pause = {};
                        return success();
                      });
}

}  // namespace gatehouse::admin
