#include "admin/tell.h"

#include <optional>

namespace gatehouse::admin {
namespace {

std::optional<NoticeKind> kind_of(std::string_view verb) {
  if (verb == "pause" || verb == "suspend") return NoticeKind::kPaused;
  if (verb == "resume" || verb == "restore") return NoticeKind::kResumed;
  if (verb == "revoke" || verb == "archive" || verb == "remove") return NoticeKind::kRevoked;
  if (verb == "transfer") return NoticeKind::kAdopted;
  return std::nullopt;
}

Result<bool> is_live_user(const store::Repositories& at, const UserId& id) {
  if (id.empty()) return false;
  const auto user = at.users.get(id);
  if (user) return user.value().value.state == State::kLive;
  if (user.error().code == Errc::kNotFound) return false;
  return user.error();
}

template <class Take>
Result<void> each_account(const store::Repositories& at, const UserId& person, const Take& take) {
  store::Accounts::Filter filter;
  filter.owner = person;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.accounts.list(filter, page));
    for (const auto& stored : listed.items) {
      GH_TRYV(take(stored.value));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

/// Of what has ended nobody need be told whose it is.
template <class Take>
Result<void> each_token(const store::Repositories& at, const UserId& person, Instant now, const Take& take) {
  store::Credentials::Filter filter;
  filter.owner = person;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.credentials.list(filter, page));
    for (const auto& stored : listed.items) {
      const Credential& token = stored.value;
      if (token.state == State::kRevoked || (token.expires_at && *token.expires_at <= now)) continue;
      GH_TRYV(take(token));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

template <class Take>
Result<void> each_site_credential(const store::Repositories& at, const UserId& person, Instant now, const Take& take) {
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.upstream_credentials.list({}, page));
    for (const auto& stored : listed.items) {
      const UpstreamCredential& one = stored.value;
      if (one.owner != person || one.state != State::kLive || (one.expires_at && *one.expires_at <= now)) continue;
      GH_TRY(const auto site, at.sites.get(one.site));
      GH_TRYV(take(one, site.value.key));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

}  // namespace

std::string site_credential_name(const std::string& site) { return "the credential of " + site; }

Result<void> tell_of_change(Services& services, store::Outbox& outbox, const Caller& caller, std::string_view action,
                            const std::string& id, const std::string& name, std::string_view reason, const Pause& pause,
                            std::string_view resource) {
  const std::size_t dot = action.find('.');
  const std::optional<NoticeKind> kind = dot == std::string_view::npos ? std::nullopt : kind_of(action.substr(dot + 1));
  if (!kind) return success();
  Notice notice{*kind, std::string(action.substr(0, dot)), id, name};
  notice.facts["by"] = who(caller);
  if (!reason.empty()) notice.facts["reason"] = reason;
  if (!resource.empty()) notice.facts["resource"] = resource;
  if (*kind == NoticeKind::kPaused && pause.until) notice.facts["until"] = format_instant(*pause.until);
  return queue_notice(services, outbox, std::move(notice));
}

Result<void> tell_of_leaver(Services& services, store::Repositories& at, const User& user) {
  GH_TRYV(each_account(at, user.id, [&](const ServiceAccount& account) -> Result<void> {
    GH_TRY(const bool owner, is_live_user(at, account.owner));
    GH_TRY(const bool deputy, is_live_user(at, account.deputy));
    if (owner) return success();
    Notice notice{NoticeKind::kOrphaned, "account", account.id.value, account.handle};
    notice.facts["because"] = "Its owner " + user.email + " is suspended" +
                              (deputy ? ", and only the deputy is left." : ", and there is no deputy who could act.");
    return queue_notice(services, at.outbox, std::move(notice));
  }));
  const Instant now = services.clock.now();
  GH_TRYV(each_site_credential(at, user.id, now, [&](const UpstreamCredential& one, const std::string& site) {
    Notice notice{NoticeKind::kOrphaned, "site_credential", one.id.value, site_credential_name(site)};
    notice.facts["because"] = "Its owner " + user.email + " is suspended.";
    notice.facts["site"] = site;
    return queue_notice(services, at.outbox, std::move(notice));
  }));
  return each_token(at, user.id, now, [&](const Credential& token) -> Result<void> {
    // Where the account's people are there, they are told of its tokens by the account.
    const auto account = at.accounts.get(token.account);
    if (account && account.value().value.owner == user.id) return success();
    Notice notice{NoticeKind::kOrphaned, "token", token.id.value, token.name};
    notice.facts["because"] = "The owner of the token, " + user.email + ", is suspended.";
    return queue_notice(services, at.outbox, std::move(notice));
  });
}

Result<void> tell_of_return(Services& services, store::Repositories& at, const User& user) {
  const Instant now = services.clock.now();
  GH_TRYV(each_account(at, user.id, [&](const ServiceAccount& account) -> Result<void> {
    // A deputy who comes back is no owner.
    if (account.owner != user.id) return success();
    return queue_notice(services, at.outbox, Notice{NoticeKind::kAdopted, "account", account.id.value, account.handle});
  }));
  GH_TRYV(each_site_credential(at, user.id, now, [&](const UpstreamCredential& one, const std::string& site) {
    return queue_notice(services, at.outbox,
                        Notice{NoticeKind::kAdopted, "site_credential", one.id.value, site_credential_name(site)});
  }));
  return each_token(at, user.id, now, [&](const Credential& token) {
    return queue_notice(services, at.outbox, Notice{NoticeKind::kAdopted, "token", token.id.value, token.name});
  });
}

}  // namespace gatehouse::admin
