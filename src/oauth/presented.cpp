#include "oauth/presented.h"

#include <algorithm>

namespace gatehouse::oauth {

std::optional<Presented> look_at_access_token(const Context& context, const std::string& text) {
  const Instant now = context.now();
  const auto keys = context.services.feed->access_keys().snapshot();
  auto claims = token::open_access_token(text, *keys, context.issuer(), now);
  if (!claims) return std::nullopt;
  Presented out;
  out.claims = std::move(*claims);
  const token::LiveIndex& index = context.services.index;
  const token::LiveCredentialPtr named = index.find_locked(token::as_view(out.claims.acts_as())).credential;
  const bool consent = out.claims.consent != token::Key{};
  const CredentialKind kind = consent ? CredentialKind::kApp : CredentialKind::kOAuthClient;
  if (!named || named->kind != kind || token::subject_of(*named) != out.claims.subject) return out;
  token::LiveCredentialPtr app;
  if (consent) {
    app = index.find_locked(token::as_view(out.claims.client)).credential;
    if (!app || app->kind != CredentialKind::kApp || !app->acts(now)) return out;
  }
  out.credential = token::narrowed(named, app, out.claims);
  const ServiceAccount& account = named->account->account;
  const auto ended = [&index](const token::Key& id) { return id != token::Key{} && index.ended_locked(id); };
  out.active = now < out.claims.expires_at && out.credential->live(now) && is_live(account.state, account.pause, now) &&
               !ended(out.claims.id) && !ended(out.claims.family) &&
               std::none_of(out.claims.ancestors.begin(), out.claims.ancestors.end(), ended);
  return out;
}

}  // namespace gatehouse::oauth
