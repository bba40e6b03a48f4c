#include "gateway/access_memory.h"

#include "crypto/digest.h"
#include "gateway/checks.h"
#include "gateway/request.h"
#include "gateway/thread_state.h"

namespace gatehouse::gateway {
namespace {

Refusal unknown_token() {
  return refuse_because(Reason::kInvalidToken, {}, "This access token is not known here, or it has ended.");
}

/// What an access token of each kind may name: an API token is not for sale under another name.
bool may_be_named(const token::LiveCredential& credential, const token::AccessClaims& claims) noexcept {
  const bool consent = claims.consent != token::Key{};
  const CredentialKind wanted = consent ? CredentialKind::kApp : CredentialKind::kOAuthClient;
  return credential.kind == wanted && credential.account && token::subject_of(credential) == claims.subject;
}

}  // namespace

AccessMemory::Known* AccessMemory::verified(std::string_view text, const http::Now& now, const ThreadState& thread) {
  bool changed = false;
  const token::AccessKeys* keys = keys_.get(changed);
  // A key may have been taken away: then what it signed is to be verified anew.
  if (changed) known_.clear();
  if (!keys || text.size() > token::kMostAccessToken) return nullptr;
  const Digest digest = crypto::sha256(text);
  if (const auto found = known_.find(digest); found != known_.end()) return &found->second;
  auto claims = token::open_access_token(text, *keys, thread.shared.settings.public_url, now.wall);
  if (!claims) return nullptr;
  if (known_.size() >= kMost) known_.clear();
  return &known_.emplace(digest, Known{std::move(*claims), nullptr}).first->second;
}

Step<token::LiveCredentialPtr> AccessMemory::find(std::string_view text, const http::Now& now, ThreadState& thread,
                                                  Request& request) {
  Known* const known = verified(text, now, thread);
  if (!known) return unknown_token();
  const token::AccessClaims& claims = known->claims;
  const token::LiveIndex& index = *thread.shared.index;
  const token::LiveCredentialPtr named = index.find(token::as_view(claims.acts_as())).credential;
  // Its client may have been made on another node a moment ago.
  request.unknown_token = !named;
  if (!named || !may_be_named(*named, claims)) return unknown_token();
  token::LiveCredentialPtr app;
  if (claims.consent != token::Key{}) {
    app = index.find(token::as_view(claims.client)).credential;
    if (!app || app->kind != CredentialKind::kApp) return unknown_token();
    if (!app->acts(now.wall)) {
      request.refused = app;
      return refuse_because(app->live(now.wall) ? Reason::kAccountPaused : Reason::kRevoked);
    }
  }
  const token::Narrowing* const before = known->credential ? known->credential->narrowing.get() : nullptr;
  if (!before || before->client != named || before->app != app)
    known->credential = check_enabled("access_narrowed") ? token::narrowed(named, app, claims) : named;
  request.secret = claims.secret;
  if (index.ended(*known->credential)) {
    request.refused = known->credential;
    return refuse_because(Reason::kRevoked);
  }
  return known->credential;
}

}  // namespace gatehouse::gateway
