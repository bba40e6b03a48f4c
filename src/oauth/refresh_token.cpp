// grant_type=refresh_token (RFC 6749 section 6), and the families of oauth/families.h.
#include <algorithm>
#include <boost/json.hpp>

#include "admin/common.h"
#include "oauth/code.h"
#include "oauth/families.h"
#include "oauth/issue.h"
#include "token/token.h"

namespace gatehouse::oauth {
namespace {

OAuthError bad_grant() {
  return {
      "invalid_grant",
      "The refresh token is not good: it is unknown, over, used before, or of another client. The person has to consent anew.",
      400, 0};
}

crypto::SealContext context_of(const std::string& id) { return {"refresh_token", id, ""}; }

struct Fresh {
  store::RefreshToken record;
  SecretString text;
};

Fresh make(Context& context, const std::string& family, const std::string& consent, const std::string& client,
           const std::string& content, Instant ends_at) {
  const Instant now = context.now();
  Fresh fresh;
  store::RefreshToken& record = fresh.record;
  record.id = random_base62(context.services.random, kIdLength);
  record.family = family;
  record.consent = ConsentId(consent);
  record.client = CredentialId(client);
  record.content = content;
  record.created_at = now;
  record.ends_at = ends_at;
  record.idle_ends_at = std::min(now + kIdleRefresh, ends_at);
  token::Minted minted = token::mint(token::TokenKind::kRefresh, record.id, context.services.random);
  record.hash = crypto::format_token_hash(context.services.hasher.hash(record.id, minted.secret.expose()));
  fresh.text = std::move(minted.text);
  return fresh;
}

/// The record behind a token whose secret is right. Nothing for whatever else.
Answered<std::optional<store::RefreshToken>> find(const Context& context, const std::string& text) {
  const auto parsed = token::parse(text);
  if (!parsed || parsed->kind != token::TokenKind::kRefresh) return std::optional<store::RefreshToken>();
  auto reader = context.services.database.read();
  if (!reader) return server_error(reader.error());
  auto found = reader.value()->consents.refresh_token(std::string(parsed->id));
  if (!found && found.error().code == Errc::kNotFound) return std::optional<store::RefreshToken>();
  if (!found) return server_error(found.error());
  const auto stored = crypto::parse_token_hash(found.value().hash);
  if (!stored || !context.services.hasher.matches(stored.value(), parsed->id, parsed->secret))
    return std::optional<store::RefreshToken>();
  return std::optional<store::RefreshToken>(std::move(found.value()));
}

/// The successor: made now by whoever comes first; the same once more for an answer that was lost; nothing where it is reuse.
Answered<std::optional<SecretString>> succeed(Context& context, const store::RefreshToken& old) {
  const Instant now = context.now();
  Fresh fresh = make(context, old.family, old.consent.value, old.client.value, old.content, old.ends_at);
  const std::string sealed = context.services.sealer.seal(fresh.text, context_of(fresh.record.id));
  bool first = false;
  store::RefreshToken present = old;
  const auto done =
      context.services.database.tend_consents([&](store::Consents& consents, const store::Repositories&) -> Result<void> {
        GH_TRY(first, consents.use_refresh_token(old.id, now, fresh.record.id, sealed));
        if (first) {
          // Who shows it has got the answer in which it stood.
          GH_TRYV(consents.forget_sealed(old.id));
          return consents.insert_refresh_token(fresh.record);
        }
        GH_TRY(present, consents.refresh_token(old.id));
        return success();
      });
  if (!done) return server_error(done.error());
  if (first) return std::optional<SecretString>(std::move(fresh.text));
  if (present.sealed_successor.empty() || !present.used_at || now > *present.used_at + kLeeway)
    return std::optional<SecretString>();
  auto again = context.services.sealer.open(present.sealed_successor, context_of(present.successor));
  if (!again) return server_error(again.error());
  return std::optional<SecretString>(std::move(again.value()));
}

}  // namespace

Answered<boost::json::object> issue_for_person(Context& context, const ProvenClient& client, const Family& family,
                                               FamilyAge age) {
  const token::LiveIndex& index = context.services.index;
  const token::LiveCredentialPtr consent = context.find(family.consent).credential;
  const auto id = token::to_key(family.id);
  const bool good = consent && consent->kind == CredentialKind::kApp && consent->account &&
                    token::subject_of(*consent) == family.user && consent->live(context.now()) && id &&
                    (age == FamilyAge::kBegins || !index.ended_locked(*id));
  if (!good) return bad_grant();
  token::AccessClaims claims;
  claims.client = client.credential->id;
  claims.consent = consent->id;
  claims.secret = client.secret;
  claims.subject = family.user;
  claims.family = *id;
  return issue(context, std::move(claims), family.wanted, std::min(client.credential->expires_at, consent->expires_at));
}

Answered<std::string> first_refresh_token(Context& context, const ProvenClient& client, const Family& family) {
  const Instant ends_at = std::min(context.now() + kLongestRefresh, client.credential->expires_at);
  Fresh fresh = make(context, family.id, family.consent, std::string(token::as_view(client.credential->id)),
                     write_wanted(family.wanted), ends_at);
  const auto done = context.services.database.tend_consents(
      [&](store::Consents& consents, const store::Repositories&) { return consents.insert_refresh_token(fresh.record); });
  if (!done) return server_error(done.error());
  return std::string(fresh.text.expose());
}

Answered<bool> end_family(Context& context, const std::string& family, const ProvenClient& client,
                          const AuthorizationRequest& request, std::string_view action) {
  const Instant now = context.now();
  auto work = context.services.database.begin();
  if (!work) return server_error(work.error());
  // Its refresh tokens ask for it as long as they could live.
  const auto ended = work.value()->oauth.end_token({family, now, now + kLongestRefresh + token::kLongestAccess});
  if (!ended) return server_error(ended.error());
  if (!ended.value()) return true;
  Caller caller;
  caller.actor_kind = "client";
  caller.actor_id = std::string(token::as_view(client.credential->id));
  caller.address = format_ip(request.client);
  caller.user_agent = request.user_agent;
  const auto done =
      admin::commit(context.services, std::move(work).value(), admin::make_event(caller, action, "token_family", family, ""));
  if (!done) return server_error(done.error());
  return true;
}

Answered<bool> revoke_refresh_token(Context& context, const std::string& text, const ProvenClient& client,
                                    const AuthorizationRequest& request) {
  GH_TRY(const auto found, find(context, text));
  if (!found) return true;
  if (found->client.value != token::as_view(client.credential->id))
    return OAuthError{"unauthorized_client", "The token was issued to another client.", 400, 0};
  return end_family(context, found->family, client, request, "refresh_token.revoke");
}

Answered<boost::json::object> refresh_token(Context& context, const AuthorizationRequest& request, const Parameters& parameters,
                                            const ProvenClient& client) {
  GH_TRY(const auto found, find(context, parameters.text("refresh_token")));
  const Instant now = context.now();
  if (!found || found->client.value != token::as_view(client.credential->id) || now >= found->ends_at) return bad_grant();
  const auto family_id = token::to_key(found->family);
  if (!family_id || context.services.index.ended_locked(*family_id)) return bad_grant();
  if (!found->used_at && now >= found->idle_ends_at) return bad_grant();
  const auto wanted = read_wanted(found->content);
  if (!wanted) return bad_grant();
  Family family;
  family.id = found->family;
  family.consent = found->consent.value;
  {
    const token::LiveCredentialPtr consent = context.find(family.consent).credential;
    if (!consent || !consent->account) return bad_grant();
    family.user = token::subject_of(*consent);
  }
  family.wanted = *wanted;
  if (parameters.has("scope")) {
    GH_TRY(family.wanted.scopes, read_scope(parameters.text("scope"), wanted->scopes, {"offline_access"}));
  }
  GH_TRY(const std::optional<SecretString> successor, succeed(context, *found));
  if (!successor) {
    GH_TRYV(end_family(context, found->family, client, request, "refresh_token.reuse"));
    return bad_grant();
  }
  GH_TRY(boost::json::object answer, issue_for_person(context, client, family, FamilyAge::kGoesOn));
  answer["refresh_token"] = successor->expose();
  return answer;
}

}  // namespace gatehouse::oauth
