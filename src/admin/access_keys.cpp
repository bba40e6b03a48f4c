#include "admin/access_keys.h"

#include <algorithm>
#include <array>

#include "admin/index_feed.h"
#include "admin/json_values.h"
#include "base/encoding.h"
#include "token/access_token.h"

namespace gatehouse::admin {
namespace {

constexpr std::array<token::AccessForm, 3> kForms{token::AccessForm::kOpaque, token::AccessForm::kEdDsa,
                                                  token::AccessForm::kEs256};

crypto::SealContext context_of(const std::string& id) { return {"access_token_key", id, ""}; }

bool is_form(int form) {
  return std::any_of(kForms.begin(), kForms.end(), [form](token::AccessForm one) { return static_cast<int>(one) == form; });
}

Result<store::OAuthKey> make_key(Services& services, token::AccessForm form, Instant now, Instant signs_from) {
  store::OAuthKey key;
  key.id = random_base62(services.random, kIdLength);
  key.form = static_cast<int>(form);
  key.created_at = now;
  key.signs_from = signs_from;
  std::array<std::byte, crypto::kKeySize> bytes{};
  services.random.fill(bytes);
  const crypto::Key secret(bytes);
  const SecretString text(to_base64url(bytes));
  secure_zero(bytes.data(), bytes.size());
  // One that could not be used must not be stored.
  GH_TRYV(token::AccessKey::make(key.id, form, secret, signs_from, Instant::max()));
  key.sealed_secret = services.sealer.seal(text, context_of(key.id));
  return key;
}

Document describe(const store::OAuthKey& key, Instant now) {
  Document document;
  document["id"] = key.id;
  document["form"] = token::to_string(static_cast<token::AccessForm>(key.form));
  document["state"] = key.ends_at && *key.ends_at <= now ? "ended"
                      : key.signs_from > now             ? "coming"
                      : key.ends_at                      ? "leaving"
                                                         : "live";
  document["created_at"] = format_instant(key.created_at);
  document["signs_from"] = format_instant(key.signs_from);
  document["ends_at"] = instant_or_null(key.ends_at);
  return document;
}

Caller job() {
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "access tokens";
  return caller;
}

/// Those of `forms` get a successor; the older ones of the same form end at `old_end`.
Result<Documents> add_keys(Services& services, const Caller& caller, const std::vector<token::AccessForm>& forms, Instant now,
                           Instant signs_from, Instant old_end) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto present, at.oauth.keys());
  Documents documents;
  AuditEvent event = make_event(caller, "access_key.rotate", "access_key", "", "");
  for (const token::AccessForm form : forms) {
    for (const store::OAuthKey& old : present) {
      if (old.form != static_cast<int>(form) || (old.ends_at && *old.ends_at <= old_end)) continue;
      GH_TRYV(at.oauth.end_key(old.id, old_end));
    }
    GH_TRY(const store::OAuthKey key, make_key(services, form, now, signs_from));
    GH_TRYV(at.oauth.insert_key(key));
    documents.items.push_back(describe(key, now));
    event.target_id += (event.target_id.empty() ? "" : " ") + key.id;
  }
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return documents;
}

}  // namespace

Result<token::AccessKey> open_access_key(const crypto::Sealer& sealer, const store::OAuthKey& stored) {
  if (!is_form(stored.form)) return fail(Errc::kDataCorrupt, "A key of access tokens is of a form that is not known.");
  GH_TRY(const SecretString text, sealer.open(stored.sealed_secret, context_of(stored.id)));
  GH_TRY(auto bytes, from_base64url(text.expose()));
  const SecretBytes wipe(std::move(bytes));
  if (wipe.expose().size() != crypto::kKeySize) return fail(Errc::kDataCorrupt, "A key of access tokens has a wrong length.");
  std::array<std::byte, crypto::kKeySize> raw{};
  std::copy(wipe.expose().begin(), wipe.expose().end(), raw.begin());
  const crypto::Key secret(raw);
  secure_zero(raw.data(), raw.size());
  return token::AccessKey::make(stored.id, static_cast<token::AccessForm>(stored.form), secret, stored.signs_from,
                                stored.ends_at.value_or(Instant::max()));
}

Result<std::string> seal_access_key_again(const crypto::Sealer& sealer, const store::OAuthKey& stored) {
  GH_TRY(const SecretString text, sealer.open(stored.sealed_secret, context_of(stored.id)));
  return sealer.seal(text, context_of(stored.id));
}

Result<void> ensure_access_keys(Services& services) {
  const Instant now = services.clock.now();
  const auto keys = services.feed->access_keys().snapshot();
  std::vector<token::AccessForm> missing;
  for (const token::AccessForm form : kForms) {
    if (!keys->signer(form, now)) missing.push_back(form);
  }
  if (missing.empty()) return success();
  GH_TRYV(add_keys(services, job(), missing, now, now, now + kKeyAhead + token::kLongestAccess));
  return success();
}

Result<Documents> rotate_access_keys(Services& services, const Caller& caller, bool at_once) {
  const Instant now = services.clock.now();
  const std::vector<token::AccessForm> all(kForms.begin(), kForms.end());
  const Instant from = at_once ? now : now + kKeyAhead;
  return add_keys(services, caller, all, now, from, at_once ? now : from + token::kLongestAccess);
}

Result<Documents> list_access_keys(Services& services) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto keys, reader->oauth.keys());
  Documents documents;
  for (const store::OAuthKey& key : keys) documents.items.push_back(describe(key, now));
  return documents;
}

Result<void> tend_access_tokens(Services& services, Instant now) {
  GH_TRYV(
      services.database.tend_oauth([now](store::OAuth& oauth, const store::Repositories&) { return oauth.forget_ended(now); }));
  GH_TRYV(services.database.tend_consents(
      [now](store::Consents& consents, const store::Repositories&) { return consents.forget_refresh_tokens(now); }));
  const auto keys = services.feed->access_keys().snapshot();
  std::vector<token::AccessForm> old;
  for (const token::AccessForm form : kForms) {
    const bool young = std::any_of(keys->all().begin(), keys->all().end(), [&](const token::AccessKey& key) {
      return key.form == form && key.ends_at == Instant::max() && key.signs_from + kKeyAge > now;
    });
    if (!young) old.push_back(form);
  }
  if (old.empty()) return success();
  const Instant from = now + kKeyAhead;
  GH_TRYV(add_keys(services, job(), old, now, from, from + token::kLongestAccess));
  return success();
}

}  // namespace gatehouse::admin
